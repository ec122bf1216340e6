package io.lockservice.sim;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lockservice.sim.cluster.Marks;
import io.lockservice.sim.cluster.Trace;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Many lives of cells. {@code -Dsim.seeds=N} says how many, {@code -Dsim.firstSeed=S} from which on; {@code -Dsim.seed=S}
 * lives one of them and prints all that happens.
 */
class SimulationTest {
    private static final long SEEDS = Long.getLong("sim.seeds", 1_000);
    private static final long FIRST_SEED = Long.getLong("sim.firstSeed", 1);

    @Test
    void everyInvariantHoldsInEveryLife() {
        assumeTrue(System.getProperty("sim.seed") == null, "only one seed is to be seen");
        long began = System.nanoTime();
        Marks marks = LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
                .parallel()
                .mapToObj(number -> Simulation.run(Simulation.seed(number), Trace.OFF))
                .collect(Marks::new, Marks::addAll, Marks::addAll);
        System.out.printf(
                Locale.ROOT,
                "simulation: %d seeds in %.1f s: %s%n",
                SEEDS,
                (System.nanoTime() - began) / 1e9,
                marks.counts());
        if (SEEDS >= 1_000) {
            everyRarePathWasTaken(marks);
        }
    }

    @Test
    void theSameSeedGivesTheSameLife() {
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();
        Simulation.run(FIRST_SEED, Trace.to(first::append));
        Simulation.run(FIRST_SEED, Trace.to(second::append));
        assertTrue(first.length() > 10_000, "the trace is there");
        int same = Arrays.mismatch(
                first.toString().toCharArray(), second.toString().toCharArray());
        assertTrue(
                same < 0,
                () -> "seed " + FIRST_SEED + " had two lives: " + around(first, same) + " and " + around(second, same));
    }

    private static String around(StringBuilder life, int place) {
        return life.substring(Math.max(0, place - 300), Math.min(life.length(), place + 100));
    }

    @Test
    void oneSeedWithAllThatHappens() {
        String seed = System.getProperty("sim.seed");
        assumeTrue(seed != null, "-Dsim.seed=N shows one life");
        Simulation.run(Long.parseLong(seed), Trace.to(System.out::println));
    }

    private static void everyRarePathWasTaken(Marks marks) {
        assertAll(Stream.of(Plan.Fault.values())
                .map(Plan::livesWith)
                .map(lives -> () -> assertTrue(marks.of(lives) >= 200, "there were " + marks.of(lives) + " " + lives)));
        assertTrue(marks.of("history undecided") * 500 <= SEEDS, "too many histories are undecided");
        assertAll(Stream.of(
                        "restarts",
                        "crashes",
                        "checkpoint taken",
                        "checkpoint refused",
                        "restart from a checkpoint",
                        "epochs",
                        "catch-up from a peer",
                        "checkpoint from a peer",
                        "transfer failed",
                        "transfer resumed",
                        "log dropped",
                        "digests compared",
                        "reconfigured",
                        "removed replica stops",
                        "promise with accepted values",
                        "promise in chunks",
                        "fair value adopted",
                        "gap filled",
                        "unwilling acceptor",
                        "rejections",
                        "resignations",
                        "forward arrived again",
                        "session was over",
                        "session closed",
                        "client slept past its lease",
                        "fence held",
                        "place kept",
                        "queue of two seen",
                        "queue order checked",
                        "queue grant over a fail-over",
                        "told no-leader",
                        "told overloaded",
                        "told storage-full",
                        "room on a disk LOW",
                        "room on a disk NONE",
                        "room on a disk ENOUGH",
                        "resigned with a full disk",
                        "told lock-held",
                        "told lock-delayed",
                        "acquired with an old sequencer",
                        "pair of locks taken",
                        "read from a copy",
                        "copy invalidated",
                        "told generation-mismatch",
                        "told session-expired")
                .map(path -> () -> assertTrue(marks.of(path) >= 10, path + " was taken " + marks.of(path) + " times")));
    }
}
