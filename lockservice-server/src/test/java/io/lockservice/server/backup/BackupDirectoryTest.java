package io.lockservice.server.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.CheckpointName;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.storage.checkpoint.DamagedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupDirectoryTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:11:12Z");

    @TempDir
    private Path temporary;

    private Path target = Path.of("");
    private final Backups backups;

    BackupDirectoryTest(@TempDir Path checkpoints) throws IOException {
        backups = new Backups(checkpoints);
        backups.write("one");
    }

    @BeforeEach
    void aDirectory() throws IOException {
        target = Files.createDirectory(temporary.resolve("backups"));
    }

    @Test
    void theCopyIsTheFileUnderANameThatSaysWhatItIs() throws IOException {
        CheckpointPort.Stored stored = backups.take();
        Path file = directory("test").add(stored, NOW, () -> false);
        assertEquals(target.resolve("test-1-20261125T101112Z.checkpoint"), file);
        assertArrayEquals(Files.readAllBytes(stored.file()), Files.readAllBytes(file));
        assertEquals(
                List.of(new BackupDirectory.Backup(file, 1, NOW)),
                directory("test").all());
    }

    @Test
    void aCopyThatIsNotTheFileIsNoBackup() throws IOException {
        CheckpointPort.Stored stored = backups.take();
        CheckpointName other =
                new CheckpointName(1, stored.name().lengthBytes(), stored.name().fileHash() + 1);
        CheckpointPort.Stored wrong = new CheckpointPort.Stored(other, stored.file(), 1, 0);
        assertThrows(DamagedCheckpoint.class, () -> directory("test").add(wrong, NOW, () -> false));
        assertThrows(IOException.class, () -> directory("test").add(stored, NOW, () -> true));
        assertEquals(List.of(), names());
    }

    @Test
    void whatACrashLeftIsReplacedAndNeverTakenForABackup() throws IOException {
        Files.writeString(target.resolve(".test-1.unfinished"), "half of it");
        Files.writeString(target.resolve(".test-2.unfinished"), "another replica's");
        assertEquals(List.of(), directory("test").all());
        directory("test").add(backups.take(), NOW, () -> false);
        assertEquals(List.of(".test-2.unfinished", "test-1-20261125T101112Z.checkpoint"), names());
    }

    @Test
    void onlyTheOldestOfThisCellGo() throws IOException {
        for (String each : List.of(
                "test-9-20260101T000000Z.checkpoint",
                "test-10-20250101T000000Z.checkpoint",
                "test-2-20270101T000000Z.checkpoint",
                "test-5-1-20260101T000000Z.checkpoint",
                "other-1-20260101T000000Z.checkpoint",
                "test-1-20269999T000000Z.checkpoint",
                "test-1.checkpoint",
                "notes.txt")) {
            Files.createFile(target.resolve(each));
        }
        directory("test").keepNewest(2);
        assertEquals(
                List.of(
                        "notes.txt",
                        "other-1-20260101T000000Z.checkpoint",
                        "test-1-20269999T000000Z.checkpoint",
                        "test-1.checkpoint",
                        "test-10-20250101T000000Z.checkpoint",
                        "test-5-1-20260101T000000Z.checkpoint",
                        "test-9-20260101T000000Z.checkpoint"),
                names());
    }

    @Test
    void anyCellHasAFileName() throws IOException {
        String longest = "\u00e9".repeat(127);
        for (String cell : List.of("a b", "\u00fc", "..", "100%", longest, longest + "x")) {
            directory(cell).add(backups.take(), NOW, () -> false);
            assertEquals(1, directory(cell).all().size(), cell);
            backups.write(cell);
        }
        assertEquals(6, names().size());
    }

    @Test
    void aDiskThatWouldBeFilledOrIsNotThereIsLeftAlone() throws IOException {
        CheckpointPort.Stored stored = backups.take();
        long needed = stored.name().lengthBytes() + BackupDirectory.SPARE_BYTES;
        BackupDirectory tight = new BackupDirectory(target, "test", 1, where -> needed - 1);
        IOException full = assertThrows(IOException.class, () -> tight.add(stored, NOW, () -> false));
        assertTrue(String.valueOf(full.getMessage()).contains("make room"), full.getMessage());
        assertEquals(List.of(), names());
        new BackupDirectory(target, "test", 1, where -> needed).add(stored, NOW, () -> false);
        assertEquals(1, names().size());

        BackupDirectory none = new BackupDirectory(temporary.resolve("none"), "test", 1);
        IOException missing = assertThrows(IOException.class, none::all);
        assertTrue(String.valueOf(missing.getMessage()).contains("make it, or mount"), missing.getMessage());
        assertThrows(IOException.class, () -> none.add(stored, NOW, () -> false));
    }

    private BackupDirectory directory(String cell) {
        return new BackupDirectory(target, cell, 1);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.map(each -> String.valueOf(each.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
