/** Simulated clients: they retry, pause, come back, and write down what they were told. */
@NullMarked
package io.lockservice.sim.client;

import org.jspecify.annotations.NullMarked;
