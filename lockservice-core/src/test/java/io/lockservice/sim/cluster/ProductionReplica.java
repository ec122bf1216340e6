package io.lockservice.sim.cluster;

import io.lockservice.log.Configuration;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Replica;
import io.lockservice.replica.ReplicaSettings;
import io.lockservice.replica.ReplicaStatus;
import java.util.List;

/** The replica that the server runs. */
public final class ProductionReplica implements Subject {
    private final Replica replica;

    /** A replica that finds that on its disk. */
    public ProductionReplica(ReplicaSettings settings, Disk.Found found, long nowNanos) {
        replica = new Replica(
                settings,
                found.checkpoints(settings.cell(), settings.maxContentBytes()),
                found.records()::forEach,
                nowNanos);
    }

    /** The replica itself. */
    public Replica replica() {
        return replica;
    }

    @Override
    public List<Effect> step(List<Input> inputs, long nowNanos) {
        return replica.step(inputs, nowNanos);
    }

    @Override
    public ReplicaStatus status() {
        return replica.status();
    }

    @Override
    public Configuration configuration() {
        return replica.configuration();
    }

    @Override
    public long digest() {
        return replica.digest();
    }

    @Override
    public boolean areLeasesStretched() {
        return replica.state().areLeasesStretched();
    }

    @Override
    public boolean holdsLease(long nowNanos) {
        return replica.servesReadsAt(nowNanos);
    }
}
