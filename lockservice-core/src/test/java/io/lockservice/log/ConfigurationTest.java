package io.lockservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lockservice.check.InvariantViolation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
    @Test
    void majoritiesAndTolerance() {
        int[][] expected = {{1, 1, 0}, {2, 2, 0}, {3, 2, 1}, {4, 3, 1}, {5, 3, 2}};
        for (int[] each : expected) {
            Configuration configuration = ofSize(each[0]);
            assertEquals(each[1], configuration.majority());
            assertEquals(each[2], configuration.faultTolerance());
        }
    }

    @Test
    void strangersDoNotCount() {
        assertEquals(false, ofSize(3).isQuorum(List.of(1, 4, 5, 6)));
        assertEquals(false, ofSize(3).isQuorum(List.of(1, 1)));
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(InvariantViolation.class, () -> Configurations.ofVoters(List.of(1, 1, 2)));
        assertThrows(InvariantViolation.class, () -> Configurations.ofVoters(List.of(0, 1)));
    }

    @Test
    void quorumsAgreeWithPlainCounting() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2_000; i++) {
            Configuration configuration = ofSize(1 + random.nextInt(7));
            Set<Integer> some = new HashSet<>();
            Map<Integer, Long> reached = new HashMap<>();
            for (int id = 1; id <= 9; id++) {
                if (random.nextBoolean()) {
                    some.add(id);
                    reached.put(id, (long) random.nextInt(5));
                }
            }
            int count = 0;
            for (int voter : configuration.voters()) {
                count += some.contains(voter) ? 1 : 0;
            }
            assertEquals(2 * count > configuration.voters().size(), configuration.isQuorum(some));
            assertEquals(plainReached(configuration, reached), configuration.reachedByQuorum(reached, -1));
        }
    }

    /** Tries every number, the largest first. */
    private static long plainReached(Configuration configuration, Map<Integer, Long> reached) {
        for (long candidate = 5; candidate >= 0; candidate--) {
            int count = 0;
            for (int voter : configuration.voters()) {
                Long its = reached.get(voter);
                count += its != null && its >= candidate ? 1 : 0;
            }
            if (2 * count > configuration.voters().size()) {
                return candidate;
            }
        }
        return -1;
    }

    private static Configuration ofSize(int size) {
        List<Integer> ids = new ArrayList<>();
        for (int id = size; id >= 1; id--) {
            ids.add(id);
        }
        return Configurations.ofVoters(ids);
    }
}
