package io.lockservice.sim.linearizability;

/** A history is too entangled to tell in reasonable time whether it is linearizable. Neither good nor bad. */
public final class Undecided extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Undecided(String why) {
        super(why);
    }
}
