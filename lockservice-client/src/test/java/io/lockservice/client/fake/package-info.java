/** A cell and a clock for tests: everything happens in one thread, at virtual times, the same way each time. */
@NullMarked
package io.lockservice.client.fake;

import org.jspecify.annotations.NullMarked;
