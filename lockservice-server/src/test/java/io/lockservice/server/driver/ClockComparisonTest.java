package io.lockservice.server.driver;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClockComparisonTest {
    private static final long MS = 1_000_000;

    private final ClockComparison clocks = new ClockComparison();
    private long nanos = -5_000 * MS;
    private long wallMs = 1_700_000_000_000L;

    @Test
    void clocksThatGoTogetherAreTrusted() {
        for (int turn = 0; turn < 1_000; turn++) {
            assertFalse(after(10, 10));
        }
    }

    @Test
    void aSuspensionLongerThanTheLeasesSlackIsNoticedOnce() {
        after(10, 10);
        assertTrue(after(10, 20));
        assertFalse(after(10, 10));
    }

    @Test
    void severalShortSuspensionsCountTogether() {
        after(10, 10);
        assertFalse(after(10, 13));
        assertTrue(after(10, 13));
    }

    @Test
    void aWallClockThatWasSetBackLooksTheSame() {
        after(10, 10);
        assertTrue(after(10, -200));
    }

    @Test
    void theSlowDriftOfAGoodClockNeverAddsUp() {
        for (int second = 0; second < 3_600; second++) {
            assertFalse(after(1_000, second % 4 == 0 ? 1_001 : 1_000));
        }
    }

    private boolean after(long monotonicMs, long wall) {
        nanos += monotonicMs * MS;
        wallMs += wall;
        return clocks.haveMovedApart(nanos, wallMs);
    }
}
