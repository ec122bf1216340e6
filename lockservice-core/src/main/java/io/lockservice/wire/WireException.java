package io.lockservice.wire;

/** Bytes that are not what they should be: damaged, cut short, or of a format this version does not know. */
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A wire exception described by {@code message}. */
    public WireException(String message) {
        super(message);
    }
}
