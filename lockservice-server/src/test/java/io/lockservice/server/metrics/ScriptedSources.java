package io.lockservice.server.metrics;

import io.lockservice.api.Reply;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.bus.BusStatus;
import io.lockservice.server.bus.PeerStatus;
import io.lockservice.server.storage.JournalCounters;
import io.lockservice.server.storage.checkpoint.CheckpointCounters;
import java.util.List;
import java.util.stream.IntStream;

/** Parts that tell the metrics what the test says. Replica 1 looks at the others. */
public final class ScriptedSources {
    private volatile ReplicaStatus replica = leading(1, 3);
    private volatile CheckpointCounters checkpoints = new CheckpointCounters(0, 0, 0, -1, 0, 0);
    private volatile BusStatus bus = new BusStatus(List.of(peer(2)), 31, 32);

    /** What the metrics ask. */
    public Sources sources() {
        JournalCounters journal = new JournalCounters(20, 300, 4_000_000_000L, 500_000_000L, 6_000);
        return new Sources(() -> replica, () -> journal, () -> checkpoints, () -> bus);
    }

    void replica(ReplicaStatus next) {
        replica = next;
    }

    void checkpoints(CheckpointCounters next) {
        checkpoints = next;
    }

    void bus(BusStatus next) {
        bus = next;
    }

    /** Replica 1 as leader of {@code members}, of whom the last lags and is not reachable, and learns where there are more than 3. */
    static ReplicaStatus leading(int tolerance, int members) {
        List<Reply.ReplicaState> replicas = IntStream.rangeClosed(1, members)
                .mapToObj(id -> replica(id, id == 1 ? "leader" : id > 3 ? "learner" : "follower", id < members))
                .toList();
        return new ReplicaStatus(
                "leader", 1, true, "", 100, 100, 41, 6, new Reply.CellState(replicas, tolerance, 7, 8, 9));
    }

    static ReplicaStatus following() {
        List<Reply.ReplicaState> replicas =
                List.of(replica(1, "follower", true), replica(2, "leader", true), replica(3, "follower", false));
        int unknown = Reply.CellState.UNKNOWN_TOLERANCE;
        return new ReplicaStatus(
                "follower", 2, true, "", 100, 100, 41, 6, new Reply.CellState(replicas, unknown, 7, 8, 9));
    }

    private static Reply.ReplicaState replica(int id, String role, boolean reachable) {
        long slot = reachable ? 100 : 60;
        return new Reply.ReplicaState(id, "host" + id, 7300 + id, id, role, reachable, slot, slot, 100 - slot, 5);
    }

    static PeerStatus peer(int id) {
        return new PeerStatus(id, true, 250, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21);
    }
}
