package io.lockservice.sim.mutant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.sim.SeedsThatFoundBugsTest;
import io.lockservice.sim.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The simulation notices each planted fault. {@code -Dsim.mutant=TEXT} plants only those whose name contains it. */
class MutantsTest {
    private static final long SEEDS = Long.getLong("sim.mutantSeeds", 200);

    private final MutantCompiler compiler = new MutantCompiler();

    @Test
    void everyPlantedFaultIsNoticed() {
        everyoneIsNoticed(Mutants.ALL, SeedRunner.class, lives());
    }

    @Test
    void everyFaultInComparingStatesIsNoticed() {
        everyoneIsNoticed(Mutants.OF_DIVERGENCE, DivergenceRunner.class, List.of());
    }

    private void everyoneIsNoticed(List<Mutant> mutants, Class<?> runner, List<Long> seedsBefore) {
        String wanted = System.getProperty("sim.mutant", "");
        List<Long> seeds = new ArrayList<>(seedsBefore);
        LongStream.rangeClosed(1, SEEDS).map(Simulation::seed).forEach(seeds::add);
        List<String> unnoticed = mutants.parallelStream()
                .filter(mutant -> mutant.name().contains(wanted))
                .filter(mutant -> !isNoticed(mutant, runner, seeds))
                .map(Mutant::name)
                .toList();
        assertEquals(List.of(), unnoticed, "mutants that live through " + SEEDS + " seeds");
    }

    @Test
    void nothingIsNoticedWhereNothingIsPlanted() throws ReflectiveOperationException {
        for (Class<?> type : List.of(SeedRunner.class, DivergenceRunner.class)) {
            LongFunction<?> runner = runner(Map.of(), type);
            assertTrue(LongStream.rangeClosed(1, 3).allMatch(seed -> "".equals(runner.apply(seed))));
        }
    }

    @Test
    void aMutantThatNoLongerAppliesIsNotPassedOver() {
        Mutant stale = new Mutant("stale", "replica/Replica", "this text is nowhere", "");
        Mutant ambiguous = new Mutant("ambiguous", "replica/Replica", "import", "");
        assertThrows(IllegalStateException.class, () -> compiler.compile(stale));
        assertThrows(IllegalStateException.class, () -> compiler.compile(ambiguous));
    }

    private boolean isNoticed(Mutant mutant, Class<?> type, List<Long> seeds) {
        long began = System.nanoTime();
        LongFunction<?> runner;
        try {
            runner = runner(compiler.compile(mutant), type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        for (long seed : seeds) {
            Object violated = runner.apply(seed);
            if (!"".equals(violated)) {
                report(mutant, "noticed by " + violated + " at seed " + seed, began);
                return true;
            }
        }
        report(mutant, "NOT NOTICED", began);
        return false;
    }

    /** Those in which something rare happens. */
    private static List<Long> lives() {
        try {
            return SeedsThatFoundBugsTest.seeds();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static LongFunction<?> runner(Map<String, byte[]> planted, Class<?> type)
            throws ReflectiveOperationException {
        return (LongFunction<?>) new MutantLoader(planted)
                .loadClass(type.getName())
                .getDeclaredConstructor()
                .newInstance();
    }

    private static void report(Mutant mutant, String what, long began) {
        System.out.printf(Locale.ROOT, "mutant: %-55s %s (%.1f s)%n", mutant, what, (System.nanoTime() - began) / 1e9);
    }
}
