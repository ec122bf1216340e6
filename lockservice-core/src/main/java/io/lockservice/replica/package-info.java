/** The replica: one step takes inputs and gives effects in order. */
@NullMarked
package io.lockservice.replica;

import org.jspecify.annotations.NullMarked;
