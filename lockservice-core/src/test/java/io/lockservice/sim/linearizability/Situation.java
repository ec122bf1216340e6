package io.lockservice.sim.linearizability;

/** A state, and which of the open calls have taken effect in it, one bit each. */
record Situation<S>(S state, long done) {
    boolean has(int index) {
        return (done & (1L << index)) != 0;
    }

    Situation<S> with(int index, S newState) {
        return new Situation<>(newState, done | (1L << index));
    }

    Situation<S> without(int index) {
        return new Situation<>(state, done & ~(1L << index));
    }
}
