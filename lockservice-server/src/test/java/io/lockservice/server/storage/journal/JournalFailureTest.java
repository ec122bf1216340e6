package io.lockservice.server.storage.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.journal.SimulatedFiles.Operation;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After a failed write or sync nothing is tried again. */
class JournalFailureTest {
    private static final JournalSettings SETTINGS = new JournalSettings(12 << 10, 16 << 10, 11 << 10);

    private final SimulatedFiles files = new SimulatedFiles();

    private SegmentedJournal open() {
        return SegmentedJournal.open(files, 9, false, SETTINGS, Runnable::run);
    }

    private void failOnce(Operation failing) {
        boolean[] done = {false};
        files.setFaults((operation, name) -> {
            if (operation == failing && !done[0]) {
                done[0] = true;
                throw new IOException("disk says no");
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "FORCE"})
    void oneFailureIsForEver(Operation failing) {
        SegmentedJournal journal = open();
        Records.replay(journal);
        List<LogRecord> records = List.of(Records.accepted(1, 1, 10));
        journal.append(records);
        failOnce(failing);
        JournalFailure first = assertThrows(JournalFailure.class, () -> journal.append(records));
        assertInstanceOf(IOException.class, first.getCause());
        assertTrue(String.valueOf(first.getMessage()).contains("disk says no"), first.getMessage());
        assertThrows(JournalFailure.class, () -> journal.append(records));
        assertThrows(JournalFailure.class, () -> journal.read(1, 10));
        byte[] before = files.bytes(SegmentHeader.fileName(1));
        journal.close();
        assertArrayEquals(before, files.bytes(SegmentHeader.fileName(1)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"RENAME", "FORCE_NAMES"})
    void aFailedRollOverIsForEver(Operation failing) {
        SegmentedJournal journal = open();
        Records.replay(journal);
        failOnce(failing);
        assertThrows(JournalFailure.class, () -> fill(journal, 12 << 10));
        assertThrows(JournalFailure.class, () -> journal.append(List.of(Records.promised(1))));
    }

    /** Nothing of value is in a file that is only prepared, so a disk that was full for a while does no harm. */
    @Test
    void aFailedPreparationIsTriedAgain() {
        SegmentedJournal journal = open();
        Records.replay(journal);
        failOnce(Operation.CREATE);
        fill(journal, 40 << 10);
        assertEquals(40, journal.read(1, Integer.MAX_VALUE).size());
    }

    private static void fill(SegmentedJournal journal, int bytes) {
        for (int slot = 1; slot <= bytes >> 10; slot++) {
            journal.append(List.of(Records.accepted(slot, 1, 1000)));
        }
    }

    @Test
    void aRecordLargerThanASegmentIsAFailure() {
        SegmentedJournal journal = open();
        Records.replay(journal);
        assertThrows(JournalFailure.class, () -> journal.append(List.of(Records.accepted(1, 1, 17 << 10))));
    }

    @Test
    void aFailedRepairIsAFailure() {
        SegmentedJournal journal = open();
        Records.replay(journal);
        journal.append(List.of(Records.promised(1)));
        SegmentedJournal again = open();
        failOnce(Operation.FORCE);
        assertThrows(JournalFailure.class, () -> Records.replay(again));
        assertThrows(JournalFailure.class, () -> again.append(List.of(Records.promised(2))));
    }

    @Test
    void aClosedJournalRefuses() {
        SegmentedJournal journal = open();
        Records.replay(journal);
        journal.close();
        journal.close();
        assertThrows(JournalFailure.class, () -> journal.append(List.of(Records.promised(1))));
        assertThrows(JournalFailure.class, () -> journal.read(1, 1));
    }
}
