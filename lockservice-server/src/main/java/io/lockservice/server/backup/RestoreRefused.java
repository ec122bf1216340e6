package io.lockservice.server.backup;

/** Nothing was restored; the message tells an operator why and what to do. */
public final class RestoreRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RestoreRefused(String message) {
        super(message);
    }
}
