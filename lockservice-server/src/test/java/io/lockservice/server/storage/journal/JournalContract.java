package io.lockservice.server.storage.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.Journal;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Journal} must do; a class of tests for each implementation extends this. */
abstract class JournalContract {
    private static final int LARGE = 3 << 19;

    /** Opens the journal of this test: new at first, then with what was in it when it was closed. */
    abstract Journal open();

    @Test
    void startsEmpty() {
        try (Journal journal = open()) {
            assertEquals(List.of(), Records.replay(journal));
            assertEquals(List.of(), journal.read(1, 100));
        }
    }

    @Test
    void returnsEveryKindOfRecordInOrder() {
        List<LogRecord> records = List.of(
                Records.promised(7),
                Records.accepted(1, 7, 0),
                Records.accepted(2, Long.MAX_VALUE, 100),
                Records.chosen(Long.MAX_VALUE),
                new LogRecord.Installed(Long.MAX_VALUE - 1),
                Records.promised(8));
        try (Journal journal = open()) {
            Records.replay(journal);
            journal.append(records);
        }
        try (Journal journal = open()) {
            assertEquals(records, Records.replay(journal));
        }
    }

    @Test
    void goesOnWhereItStoppedManyTimes() {
        List<LogRecord> expected = new ArrayList<>();
        for (int start = 0; start < 30; start++) {
            try (Journal journal = open()) {
                assertEquals(expected, Records.replay(journal));
                List<LogRecord> added = List.of(Records.accepted(start + 1, 1, 200), Records.chosen(start));
                journal.append(added);
                expected.addAll(added);
            }
        }
    }

    @Test
    void keepsLargeRecords() {
        List<LogRecord> records =
                List.of(Records.accepted(1, 1, LARGE), Records.accepted(2, 1, LARGE), Records.accepted(3, 1, 10));
        try (Journal journal = open()) {
            Records.replay(journal);
            journal.append(records);
            assertEquals(List.of(Records.entry(1, 1, LARGE)), journal.read(1, 10));
        }
        try (Journal journal = open()) {
            assertEquals(records, Records.replay(journal));
            assertEquals(3, journal.read(1, Integer.MAX_VALUE).size());
        }
    }

    @Test
    void readsConsecutiveSlotsWithinABound() {
        try (Journal journal = open()) {
            Records.replay(journal);
            journal.append(List.of(Records.accepted(5, 1, 100), Records.accepted(6, 1, 100)));
            journal.append(List.of(Records.accepted(7, 1, 100), Records.accepted(9, 1, 100)));
            assertEquals(List.of(), journal.read(4, 1000));
            assertEquals(List.of(5L, 6L, 7L), slots(journal.read(5, 300)));
            assertEquals(List.of(5L, 6L), slots(journal.read(5, 299)));
            assertEquals(List.of(6L), slots(journal.read(6, 0)));
            assertEquals(List.of(9L), slots(journal.read(9, 1000)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithAPlainModel(long seed) {
        Random random = new Random(seed);
        List<LogRecord> expected = new ArrayList<>();
        Map<Long, LogEntry> newest = new HashMap<>();
        for (int start = 0; start < 5; start++) {
            try (Journal journal = open()) {
                assertEquals(expected, Records.replay(journal));
                expectReads(journal, newest);
                for (int i = 0; i < 40; i++) {
                    List<LogRecord> batch = Records.randomBatch(random, 1000);
                    journal.append(batch);
                    expected.addAll(batch);
                    batch.forEach(record -> note(record, newest));
                }
                expectReads(journal, newest);
            }
        }
    }

    @Test
    void whatIsAboveTheDroppedSlotAndTheLastPromiseStay() {
        List<LogRecord> needed = new ArrayList<>();
        try (Journal journal = open()) {
            Records.replay(journal);
            for (int slot = 1; slot <= 100; slot++) {
                journal.append(List.of(Records.promised(slot), Records.accepted(slot, slot, 30_000)));
            }
            LogRecord installed = new LogRecord.Installed(161);
            needed.add(installed);
            journal.append(List.of(installed));
            for (int slot = 162; slot <= 300; slot++) {
                LogRecord record = Records.accepted(slot, 100, 30_000);
                journal.append(List.of(record));
                needed.add(record);
            }
            journal.append(List.of(Records.promised(101)));
            needed.add(Records.promised(101));
            journal.drop(100);
            assertEquals(List.of(Records.entry(162, 100, 30_000)), journal.read(162, 1));
            assertEquals(List.of(), journal.read(1, 1_000_000));
        }
        try (Journal journal = open()) {
            List<LogRecord> found = Records.replay(journal);
            assertTrue(found.containsAll(needed));
            assertEquals(List.of(), journal.read(1, 1_000_000));
            journal.drop(100);
            journal.append(List.of(Records.accepted(301, 101, 10)));
            journal.drop(10_000);
            assertEquals(List.of(Records.entry(301, 101, 10)), journal.read(301, 1));
        }
        try (Journal journal = open()) {
            assertTrue(Records.replay(journal)
                    .containsAll(List.of(Records.promised(101), Records.accepted(301, 101, 10))));
        }
    }

    private static void note(LogRecord record, Map<Long, LogEntry> newest) {
        if (record instanceof LogRecord.Accepted accepted) {
            newest.put(accepted.entry().slot(), accepted.entry());
        }
    }

    private static void expectReads(Journal journal, Map<Long, LogEntry> newest) {
        for (long slot = 0; slot <= 42; slot++) {
            List<LogEntry> entries = journal.read(slot, 2000);
            assertEquals(newest.containsKey(slot), !entries.isEmpty());
            long bytes = 0;
            for (int i = 0; i < entries.size(); i++) {
                assertEquals(newest.get(slot + i), entries.get(i));
                bytes += entries.get(i).value().length();
            }
            assertTrue(bytes <= 2000 || entries.size() == 1);
        }
    }

    private static List<Long> slots(List<LogEntry> entries) {
        return entries.stream().map(LogEntry::slot).toList();
    }
}
