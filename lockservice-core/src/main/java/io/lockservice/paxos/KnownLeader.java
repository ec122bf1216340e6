package io.lockservice.paxos;

/** Who is taken for the leader, and when a leader was last heard: what a follower knows of leadership. */
final class KnownLeader {
    private final long leaseNanos;
    private int id;
    private boolean everHeard;
    private long heardNanos;

    KnownLeader(long leaseMs) {
        leaseNanos = leaseMs * 1_000_000;
    }

    /** The replica taken for the leader, 0 for none. */
    int id() {
        return id;
    }

    /** {@code leader} says that it leads, and may. */
    void heard(int leader, long nowNanos) {
        id = leader;
        everHeard = true;
        heardNanos = nowNanos;
    }

    /** This very replica was elected. */
    void elected(int self) {
        id = self;
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
