package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What a replica knows is as old as the newest word of a leader that it has caught up with. */
final class StateAgeTest {
    private static final long MS = 1_000_000;

    private final StateAge age = new StateAge();

    @Test
    void nothingIsKnownBeforeALeaderWasHeardAndCaughtUpWith() {
        assertEquals(-1, age.ageMs(0));
        age.told(10, 5 * MS, 7);
        assertEquals(-1, age.ageMs(6 * MS), "it lacks three slots");
        age.chosen(9);
        assertEquals(-1, age.ageMs(7 * MS));
        age.chosen(10);
        assertEquals(3, age.ageMs(8 * MS), "it counts from when it was told");
    }

    @Test
    void whoFollowsCloselyIsNotOld() {
        for (int i = 1; i <= 100; i++) {
            // Always one behind what it was told last.
            age.told(i, 100L * i * MS, i - 1);
        }
        assertEquals(100, age.ageMs(100 * 100 * MS));
    }

    @Test
    void whatAnEarlierLeaderCameUponIsNotWaitedForForEver() {
        age.told(95, 100 * MS, 90);
        age.told(90, 2_000 * MS, 90);
        assertEquals(500, age.ageMs(2_500 * MS), "the next leader knows of nothing beyond 90");
    }

    @Test
    void whoWasAwayIsOldUntilItHasCaughtUp() {
        age.told(10, 100 * MS, 10);
        age.told(500, 10_000 * MS, 10);
        assertEquals(9_900, age.ageMs(10_000 * MS));
        age.told(500, 10_100 * MS, 499);
        assertEquals(10_100, age.ageMs(10_200 * MS));
        age.chosen(500);
        assertEquals(100, age.ageMs(10_200 * MS), "both were told of this slot: the later one counts");
    }

    @Test
    void whatIsLackingOfAnEarlierWordIsWaitedForFirst() {
        age.told(10, 100 * MS, 5);
        age.told(20, 200 * MS, 5);
        age.told(30, 300 * MS, 5);
        age.chosen(10);
        assertEquals(300, age.ageMs(400 * MS));
        age.chosen(29);
        assertEquals(300, age.ageMs(400 * MS), "the newest has not been reached");
        age.chosen(30);
        assertEquals(100, age.ageMs(400 * MS));
    }
}
