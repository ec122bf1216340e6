package io.lockservice.server.storage.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.Journal;
import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.files.DirectoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on real files, and what is particular to segments. */
class SegmentedJournalTest extends JournalContract {
    private static final JournalSettings SETTINGS = new JournalSettings(16 << 10, 2 << 20, 8 << 10);

    @TempDir
    Path directory;

    private final ExecutorService background = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        background.shutdown();
    }

    @Override
    Journal open() {
        return open(SETTINGS);
    }

    private SegmentedJournal open(JournalSettings settings) {
        return SegmentedJournal.open(new DirectoryFiles(directory), 42, false, settings, background);
    }

    @Test
    void rollsOverManySegmentsOfTheirFullLength() throws IOException {
        JournalSettings small = new JournalSettings(8 << 10, 16 << 10, 4 << 10);
        List<LogRecord> expected = new ArrayList<>();
        try (SegmentedJournal journal = open(small)) {
            Records.replay(journal);
            for (int slot = 1; slot <= 200; slot++) {
                LogRecord record = Records.accepted(slot, 1, 900);
                journal.append(List.of(record));
                expected.add(record);
            }
            assertEquals(200, journal.read(1, Integer.MAX_VALUE).size());
        }
        List<Long> indices = JournalReplay.indices(new DirectoryFiles(directory), FirstSegment.NONE);
        assertTrue(indices.size() > 10, "segments: " + indices);
        for (long index : indices) {
            long expectedBytes = index == 1 ? 8 << 10 : 16 << 10;
            assertEquals(expectedBytes, Files.size(directory.resolve(SegmentHeader.fileName(index))));
        }
        assertFalse(Files.exists(directory.resolve(SegmentPreparer.SPARE)), "the spare is removed at the end");
        try (SegmentedJournal journal = open(small)) {
            assertEquals(expected, Records.replay(journal));
            assertEquals(200, journal.read(1, Integer.MAX_VALUE).size());
        }
    }

    @Test
    void splitsWhatOneBatchMayNotHold() {
        List<LogRecord> records = new ArrayList<>();
        for (int slot = 1; slot <= 100; slot++) {
            records.add(Records.accepted(slot, 1, 1000));
        }
        try (Journal journal = open()) {
            Records.replay(journal);
            journal.append(records);
        }
        try (Journal journal = open()) {
            assertEquals(records, Records.replay(journal));
        }
    }

    @Test
    void isReadWhileItIsWritten() throws Exception {
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (Journal journal = open()) {
            Records.replay(journal);
            journal.append(List.of(Records.accepted(1, 1, 10)));
            Future<Integer> reads = reader.submit(() -> readUntil(journal, 500));
            for (int slot = 2; slot <= 500; slot++) {
                journal.append(List.of(Records.accepted(slot, 1, 10 + slot)));
            }
            assertEquals(500, reads.get());
        } finally {
            reader.shutdown();
        }
    }

    private static int readUntil(Journal journal, int slots) {
        int read = 0;
        while (read < slots) {
            read = journal.read(1, Integer.MAX_VALUE).size();
        }
        return read;
    }

    @Test
    void anInterruptedReaderDoesNotHurtTheWriter() throws Exception {
        try (Journal journal = open()) {
            Records.replay(journal);
            journal.append(List.of(Records.accepted(1, 1, 10)));
            Thread reader = new Thread(() -> {
                Thread.currentThread().interrupt();
                try {
                    journal.read(1, 100);
                } catch (JournalFailure expected) {
                    // The reader's own channel was closed under it.
                }
            });
            reader.start();
            reader.join();
            journal.append(List.of(Records.accepted(2, 1, 10)));
            assertEquals(2, journal.read(1, 100).size());
        }
    }

    @Test
    void closingWithoutUseChangesNothing() throws IOException {
        try (Journal journal = open()) {
            Records.replay(journal);
            journal.append(List.of(Records.promised(1)));
        }
        Path file = directory.resolve(SegmentHeader.fileName(1));
        byte[] before = Files.readAllBytes(file);
        try (Journal journal = open()) {
            Records.replay(journal);
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }
}
