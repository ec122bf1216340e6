package io.lockservice.client.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SuspensionsTest {
    private static final long MS = 1_000_000;

    private long nanos = -5_000 * MS;
    private long wallMs = 1_700_000_000_000L;
    private final Suspensions suspensions = new Suspensions(() -> nanos, () -> wallMs);

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
