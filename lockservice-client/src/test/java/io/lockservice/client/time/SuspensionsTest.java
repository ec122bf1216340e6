package io.lockservice.client.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuspensionsTest {
    private static final long MS = 1_000_000;

    private long nanos = -5_000 * MS;
    private long wallMs = 1_700_000_000_000L;
    private final Deque<Long> heldUpMs = new ArrayDeque<>();
    private final Suspensions suspensions = new Suspensions(() -> nanos, this::readWall);

    /** Whoever has read the wall clock may be held up before anything else is read. */
    private long readWall() {
        long read = wallMs;
        long ms = heldUpMs.isEmpty() ? 0 : heldUpMs.remove();
        nanos += ms * MS;
        wallMs += ms;
        return read;
    }

    private long sleptMs(long monotonicMs, long wall) {
        nanos += monotonicMs * MS;
        wallMs += wall;
        return suspensions.getAsLong() / MS;
    }

    @Test
    void clocksThatGoTogetherSlept() {
        for (int turn = 0; turn < 1_000; turn++) {
            assertEquals(0, sleptMs(10, 10));
        }
    }

    @Test
    void aSuspensionIsCountedOnce() {
        sleptMs(10, 10);
        assertEquals(30_000, sleptMs(10, 30_010));
        assertEquals(30_000, sleptMs(10, 10));
        assertEquals(30_000, sleptMs(5_000, 5_000));
    }

    @Test
    void whoIsHeldUpBetweenTheTwoClocksMakesUpNothing() {
        sleptMs(10, 10);
        heldUpMs.addAll(List.of(3_000L));
        assertEquals(0, sleptMs(10, 10));
        assertEquals(0, sleptMs(10, 10));
        heldUpMs.addAll(List.of(0L, 3_000L, 2_000L));
        assertEquals(0, sleptMs(2_000, 2_000), "while it notes both");
        assertEquals(0, sleptMs(10, 10));
        assertEquals(30_000, sleptMs(10, 30_010));
    }

    @Test
    void severalShortSuspensionsCountTogether() {
        sleptMs(10, 10);
        assertEquals(0, sleptMs(10, 13));
        assertEquals(6, sleptMs(10, 13));
    }

    @Test
    void aWallClockThatWasSetBackCostsNothingAndHidesNothingLater() {
        sleptMs(10, 10);
        assertEquals(0, sleptMs(10, -3_600_000));
        assertEquals(20_000, sleptMs(10, 20_010));
    }

    @Test
    void theSlowDriftOfAGoodClockHardlyAddsUp() {
        long slept = 0;
        for (int second = 0; second < 3_600; second++) {
            slept = sleptMs(1_000, second % 4 == 0 ? 1_001 : 1_000);
        }
        assertTrue(slept == 0, "ms: " + slept);
    }
}
