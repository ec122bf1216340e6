/** Very many sessions at once, against cells of real processes. How to run it is in {@code docs/performance.md}. */
@NullMarked
package io.lockservice.server.evidence.sessions;

import org.jspecify.annotations.NullMarked;
