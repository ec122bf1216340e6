package io.lockservice.sim.mutant;

import io.lockservice.sim.Divergence;
import io.lockservice.sim.SimulationFailure;
import io.lockservice.sim.cluster.Trace;
import java.util.function.LongFunction;

/** As {@link SeedRunner}, for lives in which states are tampered with. */
public final class DivergenceRunner implements LongFunction<String> {
    /** For the mutant's loader. */
    public DivergenceRunner() {}

    @Override
    public String apply(long seed) {
        try {
            Divergence.run(seed, Trace.OFF);
            return "";
        } catch (SimulationFailure failure) {
            return failure.invariant();
        }
    }
}
