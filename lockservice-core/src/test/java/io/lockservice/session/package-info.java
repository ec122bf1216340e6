/** What a leader does beside leading the log, with a state machine that applies at once. */
@NullMarked
package io.lockservice.session;

import org.jspecify.annotations.NullMarked;
