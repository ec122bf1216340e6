package io.lockservice.client.time;

import java.util.function.LongSupplier;

/**
 * For how long the machine was suspended, as far as its monotonic clock did not count that: by how much the wall clock has
 * run ahead of it. A wall clock that was set forward looks the same; one that was set back looks like nothing. Never falls.
 * From all threads, without locks where nothing has happened.
 */
public final class Suspensions implements LongSupplier {
    /** Above the wall clock's grain of a millisecond, and less than what a lease of a second allows for drift. */
    static final long TOLERANCE_NANOS = 5_000_000;

    /** So long jumps are added up; clocks that are disciplined drift apart by less than half a millisecond in it. */
    static final long WINDOW_NANOS = 1_000_000_000;

    private final LongSupplier monotonicNanos;
    private final LongSupplier wallMs;
    private volatile Reading last;

    private record Reading(long nanos, long wallMs, long sleptNanos) {
        long apartNanos(long nowNanos, long nowWallMs) {
            return (nowWallMs - wallMs) * 1_000_000 - (nowNanos - nanos);
        }
    }

    /** Compares these clocks from now on. */
    public Suspensions(LongSupplier monotonicNanos, LongSupplier wallMs) {
        this.monotonicNanos = monotonicNanos;
        this.wallMs = wallMs;
        this.last = new Reading(monotonicNanos.getAsLong(), wallMs.getAsLong(), 0);
    }

    /** In nanoseconds, since this was made. */
    @Override
    public long getAsLong() {
        Reading since = last;
        // The wall clock first: a thread that is held up between the two sees less, and makes up nothing.
        long nowWallMs = wallMs.getAsLong();
        long nowNanos = monotonicNanos.getAsLong();
        boolean together = Math.abs(since.apartNanos(nowNanos, nowWallMs)) <= TOLERANCE_NANOS;
        return together && nowNanos - since.nanos() < WINDOW_NANOS ? since.sleptNanos() : readAgain();
    }

    private synchronized long readAgain() {
        Reading since = last;
        long beforeNanos;
        long nowWallMs;
        long nowNanos;
        // Both at the same time, or the next reading would take for a suspension by how much they were not.
        do {
            beforeNanos = monotonicNanos.getAsLong();
            nowWallMs = wallMs.getAsLong();
            nowNanos = monotonicNanos.getAsLong();
        } while (nowNanos - beforeNanos > TOLERANCE_NANOS);
        long apartNanos = since.apartNanos(nowNanos, nowWallMs);
        boolean slept = apartNanos > TOLERANCE_NANOS;
        boolean setBack = apartNanos < -TOLERANCE_NANOS;
        if (slept || setBack || nowNanos - since.nanos() >= WINDOW_NANOS) {
            last = new Reading(nowNanos, nowWallMs, since.sleptNanos() + (slept ? apartNanos : 0));
        }
        return last.sleptNanos();
    }
}
