/** The replicated state machine: names, sessions, locks, repeats. */
@NullMarked
package io.lockservice.cell;

import org.jspecify.annotations.NullMarked;
