package io.lockservice.server.storage.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A full disk stops no journal: the reserve is used, then it waits. */
class FullDiskTest {
    private static final int SEGMENT_BYTES = 64 << 10;
    private static final int RESERVE_BYTES = 32 << 10;
    private static final JournalSettings SETTINGS =
            new JournalSettings(16 << 10, SEGMENT_BYTES, RESERVE_BYTES, 8 << 10);
    private static final int RECORD_BYTES = 1_000;

    private final SimulatedFiles files = new SimulatedFiles();
    private int slot;

    private SegmentedJournal open(boolean exists) {
        return SegmentedJournal.open(files, 9, exists, SETTINGS, Runnable::run);
    }

    private SegmentedJournal openWithReserve() throws IOException {
        SegmentedJournal journal = open(false);
        Records.replay(journal);
        journal.makeReserve();
        assertTrue(journal.hasReserve());
        return journal;
    }

    private void append(SegmentedJournal journal) {
        journal.append(List.of(Records.accepted(slot + 1, 1, RECORD_BYTES)));
        slot++;
    }

    private void fillUp() {
        files.setCapacity(0);
    }

    @Test
    void theReserveBecomesASegmentAndIsMadeAgainWhenThereIsRoom() throws IOException {
        SegmentedJournal journal = openWithReserve();
        fillUp();
        while (journal.hasReserve()) {
            append(journal);
        }
        assertFalse(files.names().contains(Reserve.FILE));
        assertThrows(IOException.class, journal::makeReserve);
        assertFalse(files.names().contains(Reserve.NEW), "what there is no room for is not left half made");
        files.setCapacity(Long.MAX_VALUE);
        journal.makeReserve();
        assertTrue(journal.hasReserve());
        while (slot < 200) {
            append(journal);
        }
        journal.close();
        assertEquals(200, replayed().size());
    }

    @Test
    void withoutAReserveItWaitsForRoomAndGoesOn() throws Exception {
        SegmentedJournal journal = openWithReserve();
        fillUp();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            while (slot < 200) {
                append(journal);
            }
        });
        awaitWaiting(journal, writing);
        int before = slot;
        assertTrue(before >= (RESERVE_BYTES >> 10) - 8, "the reserve was used first: " + before);
        assertFalse(journal.hasReserve());
        assertFalse(files.names().contains(SegmentPreparer.SPARE), "nothing half made takes what room there is");
        files.setCapacity(Long.MAX_VALUE);
        writing.get(30, TimeUnit.SECONDS);
        assertFalse(journal.isWaitingForRoom());
        journal.close();
        assertEquals(200, replayed().size());
    }

    @Test
    void aStopDoesNotWaitForRoomAndNothingThatWasDurableIsLost() throws Exception {
        SegmentedJournal journal = openWithReserve();
        fillUp();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            while (true) {
                append(journal);
            }
        });
        awaitWaiting(journal, writing);
        journal.giveUpWaiting();
        CompletionException stopped = assertThrows(CompletionException.class, writing::join);
        assertInstanceOf(JournalFailure.class, stopped.getCause());
        journal.close();
        List<LogRecord> found = replayed();
        assertEquals(slot, found.size());
        assertEquals(Records.accepted(slot, 1, RECORD_BYTES), found.get(slot - 1));
    }

    @Test
    void aFailureThatIsNoLackOfRoomIsNotWaitedFor() throws IOException {
        SegmentedJournal journal = openWithReserve();
        files.setFaults((operation, name) -> {
            if (name.equals(SegmentPreparer.SPARE)) {
                throw new IOException("Input/output error");
            }
        });
        assertThrows(JournalFailure.class, () -> {
            while (slot < 200) {
                append(journal);
            }
        });
        assertTrue(journal.hasReserve(), "a broken disk is not helped by a reserve");
    }

    @Test
    void theReserveOutlivesARestartUnlessItIsOfAnotherLength() throws IOException {
        openWithReserve().close();
        SegmentedJournal again = open(true);
        Records.replay(again);
        assertTrue(again.hasReserve());
        again.close();
        files.put(Reserve.FILE, new byte[RESERVE_BYTES - 1]);
        files.put(Reserve.NEW, new byte[10]);
        SegmentedJournal other = open(true);
        Records.replay(other);
        assertFalse(other.hasReserve());
        assertFalse(files.names().contains(Reserve.FILE));
        assertFalse(files.names().contains(Reserve.NEW));
    }

    @Test
    void whatLayInTheReserveDoesNotPassForARecord() throws IOException {
        SegmentedJournal journal = openWithReserve();
        byte[] damaged = new byte[RESERVE_BYTES];
        java.util.Arrays.fill(damaged, (byte) 0x5A);
        files.put(Reserve.FILE, damaged);
        fillUp();
        while (journal.hasReserve()) {
            append(journal);
        }
        journal.close();
        SegmentedJournal again = open(true);
        assertEquals(slot, Records.replay(again).size());
        assertNull(again.tornWrite().orElse(null));
    }

    /** Another thread appends, and is watched: there is nothing to wait on but time. */
    private static void awaitWaiting(SegmentedJournal journal, CompletableFuture<Void> writing) {
        long endNanos = System.nanoTime() + 30_000_000_000L;
        while (!journal.isWaitingForRoom()) {
            assertFalse(writing.isDone(), "it does not wait");
            assertTrue(System.nanoTime() - endNanos < 0, "it waits within 30 s");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<LogRecord> replayed() {
        return new ArrayList<>(Records.replay(open(true)));
    }
}
