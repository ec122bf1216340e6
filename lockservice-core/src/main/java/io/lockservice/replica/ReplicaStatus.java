package io.lockservice.replica;

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
 */
public record ReplicaStatus(
        String role,
        int leader,
        boolean ready,
        String notReadyReason,
        long chosenSlot,
        long appliedSlot,
        long revision,
        long epoch) {}
