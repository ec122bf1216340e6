package io.lockservice.sim.client;

import static io.lockservice.sim.cluster.Scheduler.MS;

/** A session as its client sees it: it counts what it was told is left of the lease from the sending of the keep-alive. */
final class ClientSession {
    private final String id;
    private final long leaseMs;
    private final long countedNanos;
    private long believedUntilNanos;
    private long sleepsUntilNanos;
    private boolean over;
    private boolean abandoned;

    /**
     * A session.
     *
     * @param countedNanos the lease's length in true time, as the client's clock and its caution make it
     */
    ClientSession(String id, long leaseMs, long countedNanos) {
        this.id = id;
        this.leaseMs = leaseMs;
        this.countedNanos = countedNanos;
    }

    String id() {
        return id;
    }

    long leaseMs() {
        return leaseMs;
    }

    long leaseNanos() {
        return leaseMs * MS;
    }

    /** {@code remainingMs} as it was told: less than the lease where the leader did not renew it. */
    void renewed(long sentNanos, long remainingMs) {
        long countedNow = remainingMs >= leaseMs ? countedNanos : countedNanos / leaseMs * remainingMs;
        believedUntilNanos = Math.max(believedUntilNanos, sentNanos + countedNow);
    }

    /** Until when the client acts as if the session lived. */
    long believedUntilNanos() {
        return believedUntilNanos;
    }

    /** The client does nothing until then, as a stopped process. */
    void sleepUntil(long nanos) {
        sleepsUntilNanos = nanos;
    }

    long sleepsUntilNanos() {
        return sleepsUntilNanos;
    }

    /** The client was told that it is over. */
    void setOver() {
        over = true;
    }

    /** The client does not know what state it is in, and lets it lapse. */
    void abandon() {
        abandoned = true;
    }

    boolean isUsable() {
        return !over && !abandoned;
    }

    boolean isOver() {
        return over;
    }
}
