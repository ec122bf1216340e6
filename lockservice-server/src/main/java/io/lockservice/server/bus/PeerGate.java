package io.lockservice.server.bus;

/**
 * Decides whether a peer may be sent anything now. The bus itself queues without bound towards a peer that has stopped
 * reading, and connects anew for every message to one that is gone. What the gate refuses is dropped: consensus sends
 * again what matters.
 *
 * <ul>
 *   <li>At most a window of bytes is handed to the bus and not yet written to the connection.
 *   <li>After a failed write nothing is sent for a while, twice as long each time. Then one envelope tries, alone.
 *   <li>A peer that has been silent for long gets an envelope now and then: connections to it may open and then be
 *       refused (a wrong certificate), which no write tells.
 * </ul>
 *
 * <p>Times are monotonic milliseconds. Not thread-safe.
 */
final class PeerGate {
    static final long FIRST_BACKOFF_MS = 50;
    static final long MAX_BACKOFF_MS = 500;
    static final long SILENT_AFTER_MS = 3_000;
    static final long SILENT_INTERVAL_MS = 100;

    /** Keep-alives have room of their own: whatever else waits for a peer, no session is lost over it. */
    enum Lane {
        /** Everything else. */
        BULK,
        /** Keep-alives and what comes of them. */
        KEEP_ALIVES
    }

    private final long windowBytes;
    private long pendingBytes;
    private long backoffMs;
    private long closedUntilMs;
    private long heardMs;
    private long handedMs;

    /** A gate that is open: the peer counts as heard at {@code nowMs}. */
    PeerGate(long windowBytes, long nowMs) {
        this.windowBytes = windowBytes;
        this.closedUntilMs = nowMs;
        this.heardMs = nowMs;
        this.handedMs = nowMs - SILENT_INTERVAL_MS;
    }

    /**
     * Whether a message of {@code bytes} may go.
     *
     * @param gatheredBytes messages of this turn that were admitted before it
     * @param lane whose room it may use
     */
    boolean admits(long gatheredBytes, long bytes, Lane lane, long nowMs) {
        if (backoffMs > 0 && (nowMs < closedUntilMs || pendingBytes > 0)) {
            return false;
        }
        if (nowMs - heardMs > SILENT_AFTER_MS && nowMs - handedMs < SILENT_INTERVAL_MS) {
            return false;
        }
        long aheadBytes = pendingBytes + gatheredBytes;
        long roomBytes = lane == Lane.KEEP_ALIVES ? windowBytes + windowBytes / 4 : windowBytes;
        return aheadBytes == 0 || aheadBytes + bytes <= roomBytes;
    }

    /** An envelope was handed to the bus. Followed by exactly one {@link #written} or {@link #failed}. */
    void handed(long bytes, long nowMs) {
        pendingBytes += bytes;
        handedMs = nowMs;
    }

    /** The connection took an envelope. */
    void written(long bytes) {
        pendingBytes -= bytes;
        backoffMs = 0;
    }

    /** An envelope could not be written. One broken connection fails many at once: they count as one. */
    void failed(long bytes, long nowMs) {
        pendingBytes -= bytes;
        if (backoffMs == 0 || nowMs >= closedUntilMs) {
            backoffMs = backoffMs == 0 ? FIRST_BACKOFF_MS : Math.min(2 * backoffMs, MAX_BACKOFF_MS);
            closedUntilMs = nowMs + backoffMs;
        }
    }

    /** Something came from the peer. */
    void heard(long nowMs) {
        heardMs = nowMs;
    }

    /** Bytes handed to the bus and neither written nor failed. */
    long pendingBytes() {
        return pendingBytes;
    }
}
