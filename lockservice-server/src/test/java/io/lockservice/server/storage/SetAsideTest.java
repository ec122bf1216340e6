package io.lockservice.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.journal.JournalSettings;
import io.lockservice.server.storage.journal.Records;
import io.lockservice.server.storage.journal.SegmentedJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetAsideTest {
    private static final JournalSettings SETTINGS = new JournalSettings(1 << 16, 1 << 16, 1 << 14);

    @TempDir
    Path path;

    private long incarnation;
    private long dataIncarnation;

    @BeforeEach
    void aDirectoryWithAJournal() {
        try (DataDirectory directory = open()) {
            incarnation = directory.incarnation();
            dataIncarnation = directory.dataIncarnation();
            write(directory, Records.promised(4));
        }
    }

    private DataDirectory open() {
        return DataDirectory.open(path, "demo", 2);
    }

    private static void write(DataDirectory directory, LogRecord record) {
        try (SegmentedJournal journal = directory.openJournal(SETTINGS)) {
            Records.replay(journal);
            journal.append(List.of(record));
        }
    }

    @Test
    void whatIsNotTrustedIsKeptAndNotReadAgain() throws IOException {
        try (DataDirectory directory = open()) {
            directory.distrust("it lied");
        }
        try (DataDirectory directory = open();
                SegmentedJournal journal = directory.openJournal(SETTINGS)) {
            assertNotEquals(dataIncarnation, directory.dataIncarnation());
            assertTrue(directory.incarnation() >= incarnation, "peers still listen to it");
            assertEquals(List.of(), Records.replay(journal));
            assertEquals(List.of(path.resolve("set-aside-1")), directory.setAside());
        }
        assertEquals("it lied\n", Files.readString(path.resolve("set-aside-1/distrusted")));
    }

    @Test
    void aCrashAtAnyMomentBringsNothingBack() throws IOException {
        DataDirectory.distrust(path, "it lied");
        Path kept = path.resolve("set-aside-1");
        Files.createDirectories(kept);
        Files.move(path.resolve("identity"), kept.resolve("identity"));
        try (DataDirectory directory = open();
                SegmentedJournal journal = directory.openJournal(SETTINGS)) {
            assertEquals(List.of(), Records.replay(journal));
            assertEquals(List.of(kept), directory.setAside(), "it went on where it was");
            assertTrue(Files.exists(kept.resolve("journal")));
        }
    }

    @Test
    void twoAreKept() {
        for (int time = 1; time <= 4; time++) {
            try (DataDirectory directory = open()) {
                write(directory, Records.promised(time));
                directory.distrust("time " + time);
            }
        }
        try (DataDirectory directory = open()) {
            assertEquals(List.of(path.resolve("set-aside-3"), path.resolve("set-aside-4")), directory.setAside());
        }
    }

    @Test
    void aDamagedIdentityIsToldApart() throws IOException {
        Files.writeString(path.resolve("identity"), "lockservice-data 1\ncell x\n");
        assertThrows(DamagedIdentity.class, this::open);
        DataDirectory.distrust(path, "no identity");
        try (DataDirectory directory = open()) {
            assertEquals(1, directory.setAside().size());
        }
    }

    @Test
    void aDirectoryInUseIsNotMarked() {
        try (DataDirectory directory = open()) {
            assertThrows(DataDirectoryException.class, () -> DataDirectory.distrust(path, "why"));
            assertEquals(List.of(), directory.setAside());
        }
    }
}
