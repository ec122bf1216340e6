/** Planted faults in production classes: the simulation must catch each. */
@NullMarked
package io.lockservice.sim.mutant;

import org.jspecify.annotations.NullMarked;
