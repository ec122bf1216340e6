package io.lockservice.sim.invariant;

import org.jspecify.annotations.Nullable;

/** An invariant does not hold. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String invariant;

    /** A violation of the invariant that the class stands for. */
    public Violation(Class<?> invariant, String detail) {
        super(invariant.getSimpleName() + ": " + detail);
        this.invariant = invariant.getSimpleName();
    }

    /** The invariant's name. */
    public String invariant() {
        return invariant;
    }

    /** Throws unless {@code condition} holds. */
    public static void unless(boolean condition, Class<?> invariant, String detail, @Nullable Object... numbers) {
        if (!condition) {
            throw new Violation(invariant, String.format(java.util.Locale.ROOT, detail, numbers));
        }
    }
}
