package io.lockservice.server.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.check.InvariantViolation;
import io.lockservice.log.Member;
import io.lockservice.replica.RestoredCheckpoint;
import io.lockservice.replica.restore.Revival;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.storage.DataDirectory;
import io.lockservice.server.storage.DataDirectoryException;
import io.lockservice.server.storage.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorationTest {
    private static final long NOW = System.currentTimeMillis();

    @TempDir
    private Path temporary;

    private Path backup = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void aBackup() throws IOException {
        Backups backups = new Backups(temporary.resolve("old"));
        backups.write("hello");
        backup = backups.take().file();
        data = temporary.resolve("new").resolve("data");
    }

    @Test
    void theReplicaStartsFromItAsTheOnlyVoter() throws IOException {
        Restoration restoration = Restoration.of(backup, Backups.CONFIG, 2, data, NOW);

        assertTrue(Verification.of(data).isSound());
        try (DataDirectory opened = DataDirectory.open(data, Backups.CELL, 2)) {
            RestoredCheckpoint newest = opened.openCheckpoints(1_000).recover().newest();
            assertNotNull(newest);
            assertEquals(
                    List.of(
                            new Member(1, 0, false, "a", 1, 11),
                            new Member(2, opened.dataIncarnation(), true, "b", 2, 12),
                            new Member(3, 0, false, "c", 3, 13)),
                    newest.configuration().members());
            assertEquals(Revival.numberAt(NOW), newest.slot());
            assertEquals(Revival.numberAt(NOW), newest.state().revision());
            assertEquals(2, newest.state().nodeCount());
        }
        String said = String.join("\n", restoration.lines());
        assertTrue(said.contains("revision: 1 -> " + Revival.numberAt(NOW)), said);
        assertTrue(said.contains("a jump of " + (Revival.numberAt(NOW) - 1)), said);
        assertTrue(said.contains("empty data directories 1 and 3"), said);
    }

    @Test
    void whatIsInTheDirectoryIsNeverOverwritten() throws IOException {
        Restoration.of(backup, Backups.CONFIG, 2, data, NOW);
        byte[] identity = Files.readAllBytes(data.resolve("identity"));
        assertSays("is not empty", assertThrows(DataDirectoryException.class, this::restore));
        assertArrayEquals(identity, Files.readAllBytes(data.resolve("identity")));
        data = temporary.resolve("foreign");
        Files.createDirectories(data);
        Files.writeString(data.resolve("thesis.txt"), "three years");
        assertSays("thesis.txt", assertThrows(DataDirectoryException.class, this::restore));
        try (var files = Files.list(data)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void anEmptyDirectoryIsFilled() throws IOException {
        Files.createDirectories(data);
        restore();
        assertTrue(Verification.of(data).isSound());
    }

    /** An id that no replica can have: that is found out when the directory is there already. */
    @Test
    void aRestoreThatFailsInTheMiddleLeavesNothingToStartFrom() throws IOException {
        CellConfig impossible = CellConfig.of(Backups.CELL, List.of(new CellConfig.Member(0, "a", 1, 2)));
        assertThrows(InvariantViolation.class, () -> Restoration.of(backup, impossible, 0, data, NOW));
        try (var files = Files.list(data)) {
            assertEquals(0, files.count());
        }
        restore();
        assertTrue(Verification.of(data).isSound());
    }

    @Test
    void everyDamageIsRefused() throws IOException {
        byte[] sound = Files.readAllBytes(backup);
        for (int i = 0; i < 20; i++) {
            byte[] damaged = sound.clone();
            damaged[i * (sound.length / 20)] ^= 0x10;
            Files.write(backup, damaged);
            assertSays("is damaged", assertThrows(RestoreRefused.class, this::restore));
        }
        Files.write(backup, Arrays.copyOf(sound, sound.length / 2));
        assertSays("is damaged", assertThrows(RestoreRefused.class, this::restore));
        Files.writeString(backup, "not a backup at all");
        assertSays("is damaged", assertThrows(RestoreRefused.class, this::restore));
        assertFalse(Files.exists(data));
    }

    @Test
    void anotherCellsBackupIsRefusedWithWhatToDo() {
        CellConfig other = CellConfig.of("rome", Backups.CONFIG.replicas());
        assertSays(
                "write 'cell: test' into the configuration",
                assertThrows(RestoreRefused.class, () -> Restoration.of(backup, other, 2, data, NOW)));
        backup = temporary.resolve("none");
        assertSays("there is no file", assertThrows(RestoreRefused.class, this::restore));
        assertFalse(Files.exists(data));
    }

    @Test
    void aClockThatCannotBeRightIsRefused() throws IOException {
        assertSays(
                "clock says 1970-01-01",
                assertThrows(RestoreRefused.class, () -> Restoration.of(backup, Backups.CONFIG, 2, data, 5)));
        Files.setLastModifiedTime(backup, FileTime.fromMillis(0));
        assertSays(
                "numbers would come twice",
                assertThrows(RestoreRefused.class, () -> Restoration.of(backup, Backups.CONFIG, 2, data, 5)));
        restore();
        Path restored = temporary.resolve("copy");
        try (var files = Files.list(data.resolve("checkpoints"))) {
            Files.copy(files.findFirst().orElseThrow(), restored);
        }
        Files.setLastModifiedTime(restored, FileTime.fromMillis(0));
        Path again = temporary.resolve("again");
        assertSays(
                "numbers would come twice",
                assertThrows(RestoreRefused.class, () -> Restoration.of(restored, Backups.CONFIG, 2, again, NOW)));
        Restoration.of(restored, Backups.CONFIG, 2, again, NOW + 1);
    }

    private void restore() throws IOException {
        Restoration.of(backup, Backups.CONFIG, 2, data, NOW);
    }

    private static void assertSays(String expected, Exception refusal) {
        assertTrue(String.valueOf(refusal.getMessage()).contains(expected), refusal.getMessage());
    }
}
