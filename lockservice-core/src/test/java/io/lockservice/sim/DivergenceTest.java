package io.lockservice.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lockservice.sim.cluster.Trace;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A replica whose state is not that of the others stops itself, and no other does. {@code -Dsim.divergences=N} says how many
 * lives there are; {@code -Dsim.seed=S} lives one of them and prints all that happens.
 */
class DivergenceTest {
    private static final long SEEDS = Long.getLong("sim.divergences", 200);

    @Test
    void whoDiffersFromTheMajorityStopsAndNobodyElse() {
        assumeTrue(System.getProperty("sim.seed") == null, "only one seed is to be seen");
        LongStream.rangeClosed(1, SEEDS).parallel().forEach(seed -> Divergence.run(seed, Trace.OFF));
    }

    @Test
    void theSameSeedGivesTheSameLife() {
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();
        Divergence.run(1, Trace.to(first::append));
        Divergence.run(1, Trace.to(second::append));
        assertTrue(first.length() > 10_000, "the trace is there");
        assertTrue(first.compareTo(second) == 0, "seed 1 had two lives");
    }

    @Test
    void oneSeedWithAllThatHappens() {
        String seed = System.getProperty("sim.seed");
        assumeTrue(seed != null, "-Dsim.seed=N shows one life");
        Divergence.run(Long.parseLong(seed), Trace.to(System.out::println));
    }
}
