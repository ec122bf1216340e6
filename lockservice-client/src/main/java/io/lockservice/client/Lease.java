package io.lockservice.client;

import java.util.concurrent.TimeUnit;

/**
 * How long a session may be believed in, as a function of a time the caller reads itself: right also where timers were
 * late because the process was paused. Written on the loop, read from all threads.
 */
final class Lease {
    private final long graceNanos;
    private volatile long endNanos;
    private volatile boolean over;

    Lease(long endNanos, long graceMs) {
        this.endNanos = endNanos;
        this.graceNanos = TimeUnit.MILLISECONDS.toNanos(graceMs);
    }

    /**
     * When a lease that the cell counts from after {@code sentNanos} has surely not ended yet. The cell's clock may be
     * faster by {@code driftPercent}.
     */
    static long endNanos(long sentNanos, long leaseMs, int driftPercent) {
        return sentNanos + TimeUnit.MILLISECONDS.toNanos(leaseMs) / 100 * (100 - driftPercent);
    }

    Session.State stateAt(long nowNanos) {
        if (over) {
            return Session.State.EXPIRED;
        }
        long beyondNanos = nowNanos - endNanos;
        if (beyondNanos < 0) {
            return Session.State.SAFE;
        }
        return beyondNanos < graceNanos ? Session.State.JEOPARDY : Session.State.EXPIRED;
    }

    long remainingNanos(long nowNanos) {
        return over ? 0 : Math.max(0, endNanos - nowNanos);
    }

    /** When the state is next to change by itself, in nanoseconds from now. */
    long nextChangeNanos(long nowNanos) {
        long leftNanos = endNanos - nowNanos;
        return leftNanos > 0 ? leftNanos : leftNanos + graceNanos;
    }

    /** A lease may be extended, never shortened. */
    void extendTo(long newEndNanos) {
        if (newEndNanos - endNanos > 0) {
            endNanos = newEndNanos;
        }
    }

    void end() {
        over = true;
    }
}
