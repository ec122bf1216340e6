package io.lockservice.sim.cluster;

import io.lockservice.log.Configuration;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.ReplicaSettings;
import io.lockservice.replica.ReplicaStatus;
import java.util.List;

/** What a host runs: the production replica, or in tests of the surroundings something simpler. */
public interface Subject {
    /** One turn; effects in order. */
    List<Effect> step(List<Input> inputs, long nowNanos);

    /** How it sees itself. */
    ReplicaStatus status();

    /** Who is in the cell, as far as it knows. */
    default Configuration configuration() {
        throw new UnsupportedOperationException("this subject knows no cell");
    }

    /** Digest of its applied state. */
    long digest();

    /** Whether leases may be longer than their sessions say. */
    default boolean areLeasesStretched() {
        return false;
    }

    /** Whether it would answer a linearizable read now without asking anybody. */
    boolean holdsLease(long nowNanos);

    /** Starts subjects. */
    interface Starter {
        /** A subject that finds that on its disk. */
        Subject start(ReplicaSettings settings, Disk.Found found, long nowNanos);
    }
}
