/** Slots, the window of the log in memory, and what a journal must promise. */
@NullMarked
package io.lockservice.log;

import org.jspecify.annotations.NullMarked;
