package io.lockservice.check;

import org.jspecify.annotations.Nullable;

/**
 * Assertions that stay on in production. A replica whose invariant is broken must stop rather than go on: the others
 * carry the cell, and the evidence is kept.
 */
public final class Check {
    private Check() {}

    /** Fails with {@link InvariantViolation} unless {@code condition} holds. */
    public static void that(boolean condition, String message) {
        if (!condition) {
            throw new InvariantViolation(message);
        }
    }

    /** As {@link #that(boolean, String)}, with numbers that are only put into words when the check fails. */
    public static void that(boolean condition, String message, long left, long right) {
        if (!condition) {
            throw new InvariantViolation(message + ": " + left + " against " + right);
        }
    }

    /** Returns {@code value}, which the caller knows to be there; fails with {@link InvariantViolation} where it is not. */
    public static <T> T present(@Nullable T value, String message) {
        if (value == null) {
            throw new InvariantViolation(message);
        }
        return value;
    }
}
