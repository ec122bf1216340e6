/** The simulated surroundings of replicas: time, network, disks, clocks, processes. */
@NullMarked
package io.lockservice.sim.cluster;

import org.jspecify.annotations.NullMarked;
