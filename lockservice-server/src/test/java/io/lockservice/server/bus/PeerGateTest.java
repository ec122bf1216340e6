package io.lockservice.server.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.bus.PeerGate.Lane;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerGateTest {
    private static final long WINDOW = 1_000;

    private final PeerGate gate = new PeerGate(WINDOW, 0);

    @Test
    void admitsUpToTheWindow() {
        assertTrue(gate.admits(0, 600, Lane.BULK, 0));
        gate.handed(600, 0);
        assertTrue(gate.admits(0, 400, Lane.BULK, 0));
        assertFalse(gate.admits(0, 401, Lane.BULK, 0));
        assertFalse(gate.admits(1, 400, Lane.BULK, 0));
    }

    @Test
    void keepAlivesHaveRoomOfTheirOwn() {
        gate.handed(1_000, 0);
        assertFalse(gate.admits(0, 1, Lane.BULK, 0));
        assertTrue(gate.admits(0, 250, Lane.KEEP_ALIVES, 0));
        assertFalse(gate.admits(0, 251, Lane.KEEP_ALIVES, 0), "not without bound");
    }

    @Test
    void whatIsWrittenMakesRoom() {
        gate.handed(1_000, 0);
        assertFalse(gate.admits(0, 1, Lane.BULK, 0));
        gate.written(300);
        assertTrue(gate.admits(0, 300, Lane.BULK, 0));
        assertEquals(700, gate.pendingBytes());
    }

    @Test
    void aSingleMessageLargerThanTheWindowGoesAlone() {
        assertTrue(gate.admits(0, 5_000, Lane.BULK, 0));
        assertFalse(gate.admits(1, 5_000, Lane.BULK, 0));
        gate.handed(1, 0);
        assertFalse(gate.admits(0, 5_000, Lane.BULK, 0));
    }

    @Test
    void afterAFailureItWaitsLongerEachTimeUpToABound() {
        long now = 0;
        for (long expected : new long[] {50, 100, 200, 400, 500, 500}) {
            gate.heard(now);
            gate.handed(10, now);
            gate.failed(10, now);
            assertFalse(gate.admits(0, 1, Lane.BULK, now + expected - 1));
            assertTrue(gate.admits(0, 1, Lane.BULK, now + expected));
            now += expected;
        }
    }

    @Test
    void aSuccessfulWriteResetsTheWait() {
        gate.handed(10, 0);
        gate.failed(10, 0);
        gate.handed(10, 50);
        gate.failed(10, 50);
        gate.handed(10, 150);
        gate.written(10);
        assertTrue(gate.admits(0, 1, Lane.BULK, 150));
        gate.handed(10, 151);
        gate.failed(10, 151);
        assertTrue(gate.admits(0, 1, Lane.BULK, 151 + PeerGate.FIRST_BACKOFF_MS));
    }

    @Test
    void manyFailuresOfOneConnectionCountAsOne() {
        gate.handed(10, 0);
        gate.handed(10, 0);
        gate.handed(10, 0);
        gate.failed(10, 5);
        gate.failed(10, 6);
        gate.failed(10, 7);
        assertTrue(gate.admits(0, 1, Lane.BULK, 5 + PeerGate.FIRST_BACKOFF_MS));
    }

    @Test
    void afterAFailureOneEnvelopeTriesAlone() {
        gate.handed(10, 0);
        gate.failed(10, 0);
        assertTrue(gate.admits(0, 10, Lane.BULK, 50));
        assertTrue(gate.admits(10, 10, Lane.BULK, 50));
        gate.handed(20, 50);
        assertFalse(gate.admits(0, 1, Lane.BULK, 1_000));
        gate.written(20);
        assertTrue(gate.admits(0, 1, Lane.BULK, 1_000));
    }

    @Test
    void aSilentPeerGetsAnEnvelopeNowAndThen() {
        long silent = PeerGate.SILENT_AFTER_MS + 1;
        assertTrue(gate.admits(0, 1, Lane.BULK, silent));
        gate.handed(1, silent);
        gate.written(1);
        assertFalse(gate.admits(0, 1, Lane.BULK, silent + PeerGate.SILENT_INTERVAL_MS - 1));
        assertTrue(gate.admits(0, 1, Lane.BULK, silent + PeerGate.SILENT_INTERVAL_MS));
        gate.handed(1, silent + PeerGate.SILENT_INTERVAL_MS);
        gate.heard(silent + PeerGate.SILENT_INTERVAL_MS);
        assertTrue(gate.admits(0, 1, Lane.BULK, silent + PeerGate.SILENT_INTERVAL_MS));
    }

    /** Whatever happens, no more than the window is pending beyond a message that went alone, and nothing leaks. */
    @Test
    void neverMoreThanTheWindowIsPending() {
        Random random = new Random(7);
        Deque<Long> pending = new ArrayDeque<>();
        long now = 0;
        for (int step = 0; step < 100_000; step++) {
            now += random.nextInt(20);
            long bytes = 1L + random.nextInt(400);
            int kind = random.nextInt(10);
            if (kind < 6 && gate.admits(0, bytes, Lane.BULK, now)) {
                gate.handed(bytes, now);
                pending.add(bytes);
            } else if (kind < 8 && !pending.isEmpty()) {
                gate.written(pending.remove());
            } else if (kind == 8 && !pending.isEmpty()) {
                gate.failed(pending.remove(), now);
            } else {
                gate.heard(now);
            }
            assertTrue(gate.pendingBytes() <= WINDOW);
            assertEquals(pending.stream().mapToLong(Long::longValue).sum(), gate.pendingBytes());
        }
    }
}
