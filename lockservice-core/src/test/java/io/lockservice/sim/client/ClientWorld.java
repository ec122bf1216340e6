package io.lockservice.sim.client;

import io.lockservice.sim.cluster.Marks;
import io.lockservice.sim.invariant.Invariants;

/** What all clients share. */
record ClientWorld(Timetable times, Files files, Locks locks, Invariants invariants, Marks marks) {}
