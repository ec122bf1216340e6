package io.lockservice.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.journal.JournalCorruption;
import io.lockservice.server.storage.journal.JournalSettings;
import io.lockservice.server.storage.journal.Records;
import io.lockservice.server.storage.journal.SegmentedJournal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    private static final JournalSettings SETTINGS = new JournalSettings(16 << 10, 16 << 10, 8 << 10);

    @TempDir
    Path temporary;

    private Path path = Path.of("");

    @BeforeEach
    void choose() {
        path = temporary.resolve("deep/data");
    }

    private DataDirectory open() {
        return DataDirectory.open(path, "demo", 2);
    }

    private String refusal(String cell, int replicaId) {
        DataDirectoryException refused = assertThrows(
                DataDirectoryException.class,
                () -> DataDirectory.open(path, cell, replicaId).close());
        return String.valueOf(refused.getMessage());
    }

    @Test
    void incarnationGrowsWithEveryStart() {
        long data = 0;
        long first = 0;
        for (int start = 1; start <= 5; start++) {
            try (DataDirectory directory = open()) {
                first = start == 1 ? directory.incarnation() : first;
                assertEquals(first + start - 1, directory.incarnation());
                assertNotEquals(0, directory.dataIncarnation());
                data = start == 1 ? directory.dataIncarnation() : data;
                assertEquals(data, directory.dataIncarnation());
                assertEquals(path, directory.path());
            }
        }
    }

    @Test
    void everyDirectoryIsAnother() {
        try (DataDirectory one = open();
                DataDirectory other = DataDirectory.open(temporary.resolve("other"), "demo", 2)) {
            assertNotEquals(one.dataIncarnation(), other.dataIncarnation());
        }
    }

    @Test
    void journalIsKeptWithTheDirectory() {
        List<LogRecord> records = List.of(Records.promised(4), Records.accepted(1, 4, 100));
        try (DataDirectory directory = open();
                SegmentedJournal journal = directory.openJournal(SETTINGS)) {
            assertEquals(List.of(), Records.replay(journal));
            journal.append(records);
        }
        try (DataDirectory directory = open();
                SegmentedJournal journal = directory.openJournal(SETTINGS)) {
            assertEquals(records, Records.replay(journal));
        }
    }

    @Test
    void lostJournalIsNotTakenForANewOne() throws IOException {
        try (DataDirectory directory = open()) {
            directory.openJournal(SETTINGS).close();
        }
        Path journals = path.resolve("journal");
        Files.delete(journals.resolve("segment-0000000000000001.journal"));
        Files.delete(journals);
        try (DataDirectory directory = open()) {
            assertThrows(JournalCorruption.class, () -> directory.openJournal(SETTINGS));
        }
    }

    @Test
    void startBeforeTheFirstJournalIsNoLoss() {
        open().close();
        try (DataDirectory directory = open();
                SegmentedJournal journal = directory.openJournal(SETTINGS)) {
            assertEquals(List.of(), Records.replay(journal));
        }
    }

    @Test
    void anothersDirectoryIsRefused() {
        long first;
        try (DataDirectory directory = open()) {
            first = directory.incarnation();
        }
        assertTrue(
                refusal("other", 2).contains("belongs to replica 2 of cell 'demo', not to replica 2 of cell 'other'"));
        assertTrue(refusal("demo", 3).contains("belongs to replica 2 of cell 'demo', not to replica 3 of cell 'demo'"));
        try (DataDirectory directory = open()) {
            assertEquals(first + 1, directory.incarnation(), "a refusal is not a start");
        }
    }

    @Test
    void secondOpenerIsRefused() {
        long incarnation;
        try (DataDirectory first = open()) {
            incarnation = first.incarnation();
            assertTrue(refusal("demo", 2).contains("in use by another lockservice process"));
            assertEquals(incarnation, first.incarnation());
        }
        try (DataDirectory again = open()) {
            assertEquals(incarnation + 1, again.incarnation());
        }
    }

    @Test
    void secondProcessIsRefused() throws Exception {
        try (DataDirectory first = open()) {
            // An attempt within this process must not loosen the lock towards others.
            refusal("demo", 2);
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Opener.class.getName(),
                            path.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(3, process.waitFor(), output);
            assertTrue(output.contains("in use by another lockservice process"), output);
            assertTrue(first.incarnation() > 0);
        }
    }

    /** Tries to open a data directory in a process of its own; exits with 3 where it is refused. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] args) {
            try (DataDirectory directory = DataDirectory.open(Path.of(args[0]), "demo", 2)) {
                System.out.println("opened, incarnation " + directory.incarnation());
            } catch (DataDirectoryException refused) {
                System.out.println(refused.getMessage());
                System.exit(3);
            }
        }
    }

    @Test
    void whyItIsNotToBeTrustedStaysWrittenInIt() throws IOException {
        try (DataDirectory directory = open()) {
            directory.distrust("it differs");
            directory.distrust("it still does");
        }
        assertEquals("it still does\n", Files.readString(path.resolve("distrusted")));
    }

    @Test
    void whatCannotBeWrittenDownIsSaid() throws IOException {
        try (DataDirectory directory = open()) {
            Files.createDirectory(path.resolve("distrusted"));
            assertThrows(DataDirectoryException.class, () -> directory.distrust("it differs"));
        }
    }

    @Test
    void foreignDirectoryIsRefusedAndLeftAlone() throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("holiday.jpg"), "x");
        String message = refusal("demo", 2);
        assertTrue(message.contains("not empty") && message.contains("holiday.jpg"), message);
        try (var entries = Files.list(path)) {
            assertEquals(1, entries.count());
        }
    }

    @Test
    void interruptedCreationIsFinished() throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("identity.new"), "lockservice-da");
        Files.createFile(path.resolve("lock"));
        try (DataDirectory directory = open()) {
            assertTrue(directory.incarnation() > 0);
        }
        assertFalse(Files.exists(path.resolve("identity.new")));
    }

    @Test
    void newerFormatIsRefused() throws IOException {
        open().close();
        Path identity = path.resolve("identity");
        String text = Files.readString(identity).replace("lockservice-data 1", "lockservice-data 2");
        String proved = text.substring(0, text.indexOf("crc32c "));
        CRC32C crc = new CRC32C();
        crc.update(proved.getBytes(StandardCharsets.UTF_8));
        Files.writeString(identity, proved + "crc32c " + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n");
        String message = refusal("demo", 2);
        assertTrue(message.contains("format 2") && message.contains("knows format 1"), message);
    }

    @Test
    void everyDamagedByteOfTheIdentityIsNoticed() throws IOException {
        open().close();
        Path identity = path.resolve("identity");
        byte[] sound = Files.readAllBytes(identity);
        for (int at = 0; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 1;
            Files.write(identity, damaged);
            assertTrue(refusal("demo", 2).contains("damaged"), "byte " + at);
        }
        Files.write(identity, sound);
        open().close();
    }

    @Test
    void shortIdentityIsNoticed() throws IOException {
        open().close();
        Path identity = path.resolve("identity");
        byte[] sound = Files.readAllBytes(identity);
        for (int length = 0; length < sound.length - 1; length++) {
            Files.write(identity, Arrays.copyOf(sound, length));
            assertTrue(refusal("demo", 2).contains("damaged"));
        }
    }

    @Test
    void fileInsteadOfADirectoryIsRefused() throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, "x");
        assertTrue(refusal("demo", 2).contains("cannot be used"));
    }
}
