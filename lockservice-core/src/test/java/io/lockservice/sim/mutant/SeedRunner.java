package io.lockservice.sim.mutant;

import io.lockservice.sim.Simulation;
import io.lockservice.sim.SimulationFailure;
import io.lockservice.sim.cluster.Trace;
import java.util.function.LongFunction;

/** Runs a seed and says in a word what was violated; nothing where nothing was. Loaded together with a mutant. */
public final class SeedRunner implements LongFunction<String> {
    /** For the mutant's loader. */
    public SeedRunner() {}

    @Override
    public String apply(long seed) {
        try {
            Simulation.run(seed, Trace.OFF);
            return "";
        } catch (SimulationFailure failure) {
            return failure.invariant();
        }
    }
}
