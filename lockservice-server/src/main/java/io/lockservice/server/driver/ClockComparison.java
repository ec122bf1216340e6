package io.lockservice.server.driver;

/**
 * Notices that the wall clock and the monotonic clock have moved apart: a machine that was suspended has wall time gone
 * by that the monotonic clock did not count. What is tolerated must be less than what the leader's lease allows for
 * drift (10 ms by default), and several small jumps count together. A wall clock that was set looks the same; that
 * costs one round of messages.
 */
final class ClockComparison {
    /** Above the wall clock's grain of a millisecond. */
    static final long TOLERANCE_NANOS = 5_000_000;

    /** So long are jumps added up; clocks that are disciplined drift apart by less than half a millisecond in it. */
    static final long WINDOW_NANOS = 1_000_000_000;

    private boolean started;
    private long sinceNanos;
    private long sinceWallMs;

    /** Takes a reading of both clocks, and tells whether they have moved apart since an earlier one. */
    boolean haveMovedApart(long nanos, long wallMs) {
        long apartNanos = (wallMs - sinceWallMs) * 1_000_000 - (nanos - sinceNanos);
        boolean apart = started && Math.abs(apartNanos) > TOLERANCE_NANOS;
        if (!started || apart || nanos - sinceNanos > WINDOW_NANOS) {
            started = true;
            sinceNanos = nanos;
            sinceWallMs = wallMs;
        }
        return apart;
    }
}
