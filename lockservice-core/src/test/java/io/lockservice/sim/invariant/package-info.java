/** What must always be true: one class each, told from outside what happens. */
@NullMarked
package io.lockservice.sim.invariant;

import org.jspecify.annotations.NullMarked;
