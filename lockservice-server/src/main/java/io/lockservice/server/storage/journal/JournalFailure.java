package io.lockservice.server.storage.journal;

import org.jspecify.annotations.Nullable;

/**
 * The journal could not do what was asked, and after a failed write or sync it is unknown what reached the disk: a failed
 * fsync may have thrown the written pages away, so a second one that succeeds proves nothing. The replica must stop; a
 * new process reads what is really there.
 */
public final class JournalFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure described by {@code message}. */
    public JournalFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
