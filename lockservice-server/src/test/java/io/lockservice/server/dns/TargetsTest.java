package io.lockservice.server.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The order follows the weights. The seeds are fixed. */
final class TargetsTest {
    private static final int ROUNDS = 20_000;

    private final SplittableRandom random = new SplittableRandom(11);

    private static Target target(int number, int weight) {
        return new Target("n" + number, "n" + number + ".", weight, null, new byte[0], new byte[0]);
    }

    private static Targets targets(int... weights) {
        List<Target> targets = new ArrayList<>();
        for (int weight : weights) {
            targets.add(target(targets.size(), weight));
        }
        return new Targets(targets);
    }

    @Test
    void theFirstPlaceIsSharedByWeight() {
        Targets targets = targets(1, 2, 7);
        Map<String, Integer> first = new HashMap<>();
        Map<String, Integer> secondAfterTheHeavy = new HashMap<>();
        for (int i = 0; i < ROUNDS; i++) {
            List<Target> order = targets.choose(3, random);
            first.merge(order.get(0).id(), 1, Integer::sum);
            if (order.get(0).id().equals("n2")) {
                secondAfterTheHeavy.merge(order.get(1).id(), 1, Integer::sum);
            }
        }
        assertShare(0.1, first.getOrDefault("n0", 0), ROUNDS);
        assertShare(0.2, first.getOrDefault("n1", 0), ROUNDS);
        assertShare(0.7, first.getOrDefault("n2", 0), ROUNDS);
        int heavy = first.getOrDefault("n2", 0);
        assertShare(1 / 3.0, secondAfterTheHeavy.getOrDefault("n0", 0), heavy);
    }

    @Test
    void ofManyTheHeavyAreDrawnMoreOften() {
        int[] weights = new int[1_000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i < 500 ? 1 : 3;
        }
        Targets targets = targets(weights);
        int heavyFirst = 0;
        for (int i = 0; i < ROUNDS / 10; i++) {
            List<Target> chosen = targets.choose(10, random);
            assertEquals(10, new HashSet<>(chosen).size(), "no one twice");
            heavyFirst += chosen.get(0).weight() == 3 ? 1 : 0;
        }
        assertShare(0.75, heavyFirst, ROUNDS / 10);
    }

    @Test
    void oneThatOutweighsAllDoesNotLeaveTheRestOut() {
        int[] weights = new int[1_000];
        Arrays.fill(weights, 1);
        weights[999] = 65_535;
        List<Target> chosen = targets(weights).choose(256, random);
        assertEquals(256, new HashSet<>(chosen).size());
    }

    @Test
    void aLimitIsKept() {
        assertEquals(2, targets(1, 1, 1).choose(2, random).size());
        assertEquals(1, targets(5).choose(9, random).size());
        assertTrue(targets().isEmpty());
    }

    private static void assertShare(double expected, int count, int of) {
        assertEquals(expected, (double) count / of, 0.03);
    }
}
