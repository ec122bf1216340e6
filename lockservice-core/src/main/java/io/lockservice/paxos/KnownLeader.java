package io.lockservice.paxos;

import io.lockservice.log.ProposalNumber;

/** Who is taken for the leader, and when a leader was last heard: what a follower knows of leadership. */
final class KnownLeader {
    private final long leaseNanos;
    private int id;
    private long sequence;
    private boolean everHeard;
    private long heardNanos;

    KnownLeader(long leaseMs) {
        leaseNanos = leaseMs * 1_000_000;
    }

    /** The replica taken for the leader, 0 for none. */
    int id() {
        return id;
    }

    /** The sequence of the number under which it leads; it tells one leadership of a replica from another. */
    long sequence() {
        return sequence;
    }

    /** The proposer of {@code number} says that it leads, and may. */
    void heard(ProposalNumber number, long nowNanos) {
        id = number.replicaId();
        sequence = number.sequence();
        everHeard = true;
        heardNanos = nowNanos;
    }

    /** This very replica was elected. */
    void elected(ProposalNumber number) {
        id = number.replicaId();
        sequence = number.sequence();
    }

    /** This very replica led, as a majority confirmed at {@code confirmedNanos}, and no longer does. */
    void ledUntil(long confirmedNanos) {
        id = 0;
        everHeard = true;
        heardNanos = confirmedNanos;
    }

    /** Nobody is taken for the leader any more. */
    void forget() {
        id = 0;
    }

    /** A leader other than {@code self} that was not heard for a whole lease is none. */
    void expire(int self, long nowNanos) {
        if (id != self && nowNanos - heardNanos > leaseNanos) {
            id = 0;
        }
    }

    /** How long ago a leader was heard, in milliseconds; -1 for never. */
    long heardMs(long nowNanos) {
        return everHeard ? (nowNanos - heardNanos) / 1_000_000 : -1;
    }
}
