package io.lockservice.check;

/** A rule that can never be broken was broken: a bug or damaged memory. The replica that meets one stops. */
public final class InvariantViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An invariant violation described by {@code message}. */
    public InvariantViolation(String message) {
        super(message);
    }
}
