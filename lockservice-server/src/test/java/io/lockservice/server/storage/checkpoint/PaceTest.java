package io.lockservice.server.storage.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int PIECE_BYTES = 256 << 10;

    private final List<Long> rests = new ArrayList<>();
    private long nowNanos = 7;
    private final Pace pace = new Pace(() -> nowNanos, nanos -> {
        rests.add(nanos);
        nowNanos += nanos;
    });

    @Test
    void aPieceIsFollowedByARestInProportion() {
        work(PIECE_BYTES / 2, 1_000_000);
        assertEquals(List.of(), rests);
        work(PIECE_BYTES / 2, 2_000_000);
        work(PIECE_BYTES, 500_000);
        assertEquals(List.of(Pace.RESTS * 3_000_000L, Pace.RESTS * 500_000L), rests, "resting is not working");
    }

    @Test
    void aSlowDiskDoesNotMakeItRestForLong() {
        work(PIECE_BYTES, 10_000_000_000L);
        assertEquals(List.of(Pace.LONGEST_REST_NANOS), rests);
    }

    @Test
    void whoHurriesDoesNotRest() {
        pace.hurry();
        work(10L * PIECE_BYTES, 1_000_000);
        assertEquals(List.of(), rests);
    }

    @Test
    void hurryingEndsTheRestThatIsTaken() {
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            Pace real = new Pace();
            Thread working = new Thread(() -> {
                for (int i = 0; i < 1_000_000; i++) {
                    real.worked(PIECE_BYTES);
                    // Without the hurry this is a rest of the longest kind each time, a day in all.
                    busyNanos(20_000);
                }
            });
            working.setDaemon(true);
            working.start();
            real.hurry();
            working.join();
        });
    }

    private static void busyNanos(long nanos) {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    private void work(long bytes, long nanos) {
        nowNanos += nanos;
        pace.worked(bytes);
    }
}
