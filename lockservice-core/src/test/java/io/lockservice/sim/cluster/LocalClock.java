package io.lockservice.sim.cluster;

/**
 * A monotonic clock that starts anywhere and runs a little faster than true time. It stands still while its machine is
 * suspended.
 */
public final class LocalClock {
    private final double rate;
    private long anchorTrue;
    private long anchorLocal;
    private boolean suspended;

    /** A clock that shows {@code originNanos} at true time 0 and runs {@code rate} times as fast as true time. */
    public LocalClock(long originNanos, double rate) {
        this.anchorLocal = originNanos;
        this.rate = rate;
    }

    /** What it shows at a true time. */
    public long read(long trueNanos) {
        return suspended ? anchorLocal : anchorLocal + (long) ((trueNanos - anchorTrue) * rate);
    }

    /** How long, in true time, until it has advanced by {@code localNanos}. */
    public long trueDuration(long localNanos) {
        return (long) Math.ceil(localNanos / rate);
    }

    /** Stops it. */
    public void suspend(long trueNanos) {
        anchorLocal = read(trueNanos);
        suspended = true;
    }

    /** Lets it go on from where it stopped. */
    public void resume(long trueNanos) {
        anchorTrue = trueNanos;
        suspended = false;
    }

    /** Whether it stands still. */
    public boolean isSuspended() {
        return suspended;
    }
}
