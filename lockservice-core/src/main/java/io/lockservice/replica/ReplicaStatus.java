package io.lockservice.replica;

import io.lockservice.api.Reply;
import java.util.List;

/**
 * How a replica sees itself, for health checks and operators.
 *
 * @param role leader, candidate or follower
 * @param leader the replica it takes for the leader, 0 for none
 * @param ready whether it can serve: a leader is known and it has caught up with what it knows to be chosen
 * @param notReadyReason why not, for a person; empty where it is ready
 * @param chosenSlot its chosen prefix
 * @param appliedSlot its applied prefix
 * @param revision of its state
 * @param epoch of its state
 * @param cell the cell as it saw it at the last tick
 * @param duties what it does as leader
 */
public record ReplicaStatus(
        String role,
        int leader,
        boolean ready,
        String notReadyReason,
        long chosenSlot,
        long appliedSlot,
        long revision,
        long epoch,
        Reply.CellState cell,
        Duties duties) {
    /**
     * What a leader does beside leading; nothing of it elsewhere.
     *
     * @param copies how many copies clients may have
     * @param waitingWrites how many writes wait for clients to drop copies
     * @param leasesStretched whether leases may be longer than their sessions say, on any replica
     */
    public record Duties(int copies, int waitingWrites, boolean leasesStretched) {
        /** Of a replica that does not lead, and was told of no longer leases. */
        public static final Duties NONE = new Duties(0, 0, false);
    }

    /** A replica without duties. */
    public ReplicaStatus(
            String role,
            int leader,
            boolean ready,
            String notReadyReason,
            long chosenSlot,
            long appliedSlot,
            long revision,
            long epoch,
            Reply.CellState cell) {
        this(role, leader, ready, notReadyReason, chosenSlot, appliedSlot, revision, epoch, cell, Duties.NONE);
    }

    /** The same replica once it has stopped, for {@code reason}: it serves nobody, and knows nothing of the others. */
    public ReplicaStatus stopped(String reason) {
        Reply.CellState last = new Reply.CellState(
                List.of(), Reply.CellState.UNKNOWN_TOLERANCE, cell.sessions(), cell.nodes(), cell.locks());
        return new ReplicaStatus("stopped", 0, false, reason, chosenSlot, appliedSlot, revision, epoch, last);
    }
}
