package io.lockservice.sim;

/** A run that went wrong, with what is needed to see it again. */
public final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String invariant;
    private final long seed;

    /** {@code test} is what lives this one with {@code -Dsim.seed}. */
    SimulationFailure(String test, long seed, String invariant, Throwable cause) {
        super(
                "seed " + seed + " violates " + invariant + ": " + cause.getMessage()
                        + "\nSee it happen: mvn -B -ntp -pl lockservice-core test -Dtest=" + test + " -Dsim.seed="
                        + seed,
                cause);
        this.seed = seed;
        this.invariant = invariant;
    }

    /** What does not hold. */
    public String invariant() {
        return invariant;
    }

    /** Of the run. */
    public long seed() {
        return seed;
    }
}
