package io.lockservice.session;

/**
 * Under overload leases become longer, so that fewer keep-alives are needed and no session is lost because its keep-alive
 * could not be looked at in time (Burrows, sections 2.8 and 4.1: from 12 s up to about 60 s). That leases may be longer than
 * their sessions say is replicated before any is, and until all of those have run out: a new leader grants as much.
 */
final class LeaseStretch {
    /** No lease becomes longer than this, nor more than so many times as long. */
    private static final long LONGEST_MS = 60_000;

    private static final int MOST_TIMES = 5;

    /** Time comes in ticks every few milliseconds; one that is so late says that this leader cannot keep up. */
    private static final long LATE_NANOS = 250_000_000;

    /** What was late cannot be made up for by more than this: a session that is gone has to end some time. */
    private static final long MOST_GRACE_NANOS = 900_000_000;

    private static final long GROWS_EVERY_NANOS = 1_000_000_000;
    private static final long SHRINKS_AFTER_NANOS = 10_000_000_000L;

    private double times = 1;
    private boolean troubled;
    private boolean isReplicated;
    private long tickedNanos;
    private long changedNanos;
    private long graceEndNanos;
    private long stretchedUntilNanos;

    /** The longest lease that can have been granted to a session whose own lease is so long. */
    static long longestMs(long ownMs) {
        return Math.max(ownMs, Math.min(LONGEST_MS, ownMs * MOST_TIMES));
    }

    /** This leader begins to serve. */
    void start(long nowNanos) {
        tickedNanos = nowNanos;
        changedNanos = nowNanos;
        graceEndNanos = nowNanos;
        stretchedUntilNanos = nowNanos;
    }

    /** Something was refused because too much is waiting. */
    void refused() {
        troubled = true;
    }

    /** Time went by. */
    void tick(long nowNanos) {
        long gap = nowNanos - tickedNanos;
        tickedNanos = nowNanos;
        if (gap >= LATE_NANOS) {
            troubled = true;
            graceEndNanos = nowNanos + Math.min(gap, MOST_GRACE_NANOS);
        }
        if (troubled && nowNanos - changedNanos >= GROWS_EVERY_NANOS) {
            times = Math.min(MOST_TIMES, times * 1.5);
            changedNanos = nowNanos;
        } else if (!troubled && nowNanos - changedNanos >= SHRINKS_AFTER_NANOS) {
            times = Math.max(1, times / 1.5);
            changedNanos = nowNanos;
        }
        troubled = false;
    }

    /** Whether keep-alives may still wait to be read that came in time: this leader has just been held up itself. */
    boolean isInGrace() {
        return graceEndNanos - tickedNanos > 0;
    }

    /** Whether leases are to be longer, or some that were made longer may not have run out yet. */
    boolean isWanted() {
        return times > 1 || stretchedUntilNanos - tickedNanos > 0;
    }

    /** How long a lease becomes that is granted or renewed now, in milliseconds. */
    long leaseMs(long ownMs, long nowNanos) {
        long stretchedMs = Math.min(longestMs(ownMs), (long) (ownMs * times));
        if (!isReplicated || stretchedMs <= ownMs) {
            return ownMs;
        }
        found(nowNanos + stretchedMs * 1_000_000);
        return stretchedMs;
    }

    /** This leader found leases that may be longer; they run out by then. */
    void found(long untilNanos) {
        stretchedUntilNanos = untilNanos - stretchedUntilNanos > 0 ? untilNanos : stretchedUntilNanos;
    }

    /** It is going to be said that leases are stretched no more: from now on none is, even should it be wanted again. */
    void takesBack() {
        isReplicated = false;
    }

    /** This leader's word that leases are stretched, or are no more, is replicated. */
    void replicated(boolean stretched) {
        isReplicated = stretched;
    }

    void clear() {
        isReplicated = false;
        times = 1;
        troubled = false;
    }
}
