package io.lockservice.server.storage;

import org.jspecify.annotations.Nullable;

/** The data directory cannot be used; the message tells an operator why and what to do. Nothing in it was changed. */
public class DataDirectoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A refusal described by {@code message}. */
    public DataDirectoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** A refusal that no other exception caused. */
    DataDirectoryException(String message) {
        this(message, null);
    }
}
