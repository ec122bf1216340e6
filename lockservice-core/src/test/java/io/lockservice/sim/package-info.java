/** Whole cells of production replicas in one thread, from one seed: faults, then healing, checked all along. */
@NullMarked
package io.lockservice.sim;

import org.jspecify.annotations.NullMarked;
