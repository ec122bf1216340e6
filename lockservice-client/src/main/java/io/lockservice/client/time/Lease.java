package io.lockservice.client.time;

import io.lockservice.client.Session;
import java.util.concurrent.TimeUnit;

/**
 * How long a session may be believed in, as a function of times the caller reads itself: right also where timers were
 * late because the process was paused. Written on the loop, read from all threads.
 *
 * <p>A lease is counted on the monotonic clock and on the time for which the machine was suspended: the cell's clocks went
 * on then. The grace period is counted on the monotonic clock alone, so that a wall clock which is set forward costs a
 * question to the cell, and not the session.
 */
public final class Lease {
    private final long graceNanos;
    private volatile long endNanos;
    private volatile long giveUpNanos;
    private volatile boolean over;

    /**
     * A lease.
     *
     * @param endNanos when it ends, by the monotonic clock and what it was suspended for
     * @param sleptNanos for how long the machine was suspended until now
     * @param graceMs how long after its end it may still be extended
     */
    public Lease(long endNanos, long sleptNanos, long graceMs) {
        this.graceNanos = TimeUnit.MILLISECONDS.toNanos(graceMs);
        this.endNanos = endNanos;
        this.giveUpNanos = endNanos - sleptNanos + graceNanos;
    }

    /**
     * When a lease that the cell counts from after {@code sentNanos} has surely not ended yet. The cell's clock may be
     * faster by {@code driftPercent}.
     */
    public static long endNanos(long sentNanos, long leaseMs, int driftPercent) {
        return sentNanos + TimeUnit.MILLISECONDS.toNanos(leaseMs) / 100 * (100 - driftPercent);
    }

    /** What may be believed at this time of the monotonic clock, after having been suspended for so long. */
    public Session.State stateAt(long nowNanos, long sleptNanos) {
        if (over) {
            return Session.State.EXPIRED;
        }
        if (nowNanos + sleptNanos - endNanos < 0) {
            return Session.State.SAFE;
        }
        return nowNanos - giveUpNanos < 0 ? Session.State.JEOPARDY : Session.State.EXPIRED;
    }

    /** For how long it is safe. */
    public long remainingNanos(long nowNanos, long sleptNanos) {
        return over ? 0 : Math.max(0, endNanos - nowNanos - sleptNanos);
    }

    /** When it ends, by the monotonic clock and what it was suspended for. */
    public long endNanos() {
        return endNanos;
    }

    /** When the state is next to change by itself, in nanoseconds from now. */
    public long nextChangeNanos(long nowNanos, long sleptNanos) {
        long leftNanos = endNanos - nowNanos - sleptNanos;
        return leftNanos > 0 ? leftNanos : giveUpNanos - nowNanos;
    }

    /** A lease may be extended, never shortened. */
    public void extendTo(long newEndNanos, long sleptNanos) {
        if (newEndNanos - endNanos > 0) {
            giveUpNanos = newEndNanos - sleptNanos + graceNanos;
            endNanos = newEndNanos;
        }
    }

    /** It is over, whatever the clock says. */
    public void end() {
        over = true;
    }
}
