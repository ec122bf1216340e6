package io.lockservice.server.metrics;

import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.bus.BusStatus;
import io.lockservice.server.storage.JournalCounters;
import io.lockservice.server.storage.checkpoint.CheckpointCounters;
import java.util.function.Supplier;

/**
 * Where the numbers come from. Each may be asked by any thread, at any time, and answers at once.
 *
 * @param replica how the replica is
 * @param journal what was written to the journal
 * @param checkpoints what was written as checkpoints
 * @param bus how it stands with the peers
 */
public record Sources(
        Supplier<ReplicaStatus> replica,
        Supplier<JournalCounters> journal,
        Supplier<CheckpointCounters> checkpoints,
        Supplier<BusStatus> bus) {}
