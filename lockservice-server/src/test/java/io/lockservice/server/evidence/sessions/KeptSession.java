package io.lockservice.server.evidence.sessions;

import org.jspecify.annotations.Nullable;

/**
 * One session and what its client knows of it. When exactly the cell accepted a keep-alive only the cell knows: the client
 * knows between which two moments.
 *
 * <p>Threading: written by one event loop, read by any thread.
 */
final class KeptSession {
    private final int number;
    private volatile String id = "";
    private volatile boolean silent;
    private volatile long acceptedFromNanos;
    private volatile long acceptedByNanos;
    private volatile @Nullable String failure;

    KeptSession(int number) {
        this.number = number;
    }

    void opened(String newId) {
        id = newId;
    }

    /** The cell renewed the lease between these moments. */
    void accepted(long fromNanos, long byNanos) {
        acceptedFromNanos = fromNanos;
        acceptedByNanos = byNanos;
    }

    /** No keep-alive follows. */
    void fallSilent() {
        silent = true;
    }

    /** Something came that should not have; the first is kept. */
    void failed(String why) {
        if (failure == null) {
            failure = "session " + number + " " + id + ": " + why;
        }
    }

    String id() {
        return id;
    }

    boolean isSilent() {
        return silent;
    }

    long acceptedFromNanos() {
        return acceptedFromNanos;
    }

    long acceptedByNanos() {
        return acceptedByNanos;
    }

    @Nullable
    String failure() {
        return failure;
    }
}
