package io.lockservice.server.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.cell.StateMachine;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.Member;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import io.lockservice.replica.Checkpoint;
import io.lockservice.server.storage.journal.JournalSettings;
import io.lockservice.server.storage.journal.SegmentedJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
    private static final JournalSettings SMALL = new JournalSettings(1 << 16, 1 << 16, 1 << 14);

    @TempDir
    private Path temporary;

    private Path directory;

    @BeforeEach
    void aStoppedReplica() throws IOException {
        directory = temporary.resolve("data");
        try (DataDirectory data = DataDirectory.open(directory, "test", 3);
                SegmentedJournal journal = data.openJournal(SMALL)) {
            journal.replay(record -> {});
            for (int slot = 1; slot <= 300; slot++) {
                byte[] command = new byte[500];
                Value value = Value.batch(List.of(command));
                journal.append(List.of(new LogRecord.Accepted(new LogEntry(slot, new ProposalNumber(1, 3), value))));
            }
            data.openCheckpoints(1_000)
                    .take(new Checkpoint(
                            7,
                            new Configuration(List.of(new Member(3, 1, true, "localhost", 1, 1))),
                            new StateMachine("test", 1_000).snapshot()));
        }
    }

    @Test
    void everythingSoundIsSaidAndNothingIsChanged() throws IOException {
        Map<Path, byte[]> before = contents();
        Verification found = Verification.of(directory);
        assertTrue(found.isSound(), found.lines().toString());
        assertEquals(3, found.lines().size(), found.lines().toString());
        assertTrue(
                found.lines().get(1).contains("replica 3 of cell 'test'"),
                found.lines().get(1));
        assertTrue(found.lines().get(0).contains("slot 7"), found.lines().get(0));
        assertTrue(
                found.lines().get(2).contains("slots 1 to 300"), found.lines().get(2));
        Map<Path, byte[]> after = contents();
        assertEquals(before.keySet(), after.keySet());
        before.forEach((file, bytes) -> assertArrayEquals(bytes, after.get(file), file.toString()));
    }

    @Test
    void aFlippedBitInAnyKindOfFileIsFoundInThatFile() throws IOException {
        for (Path file : List.copyOf(contents().keySet())) {
            String name = String.valueOf(file.getFileName());
            if (name.equals("lock") || name.startsWith("spare")) {
                continue;
            }
            byte[] sound = Files.readAllBytes(file);
            byte[] damaged = sound.clone();
            // Not in the unused end of the newest segment: what was never written cannot be damaged.
            damaged[Math.min(damaged.length / 3, 5_000)] ^= 1;
            Files.write(file, damaged);
            Verification found = Verification.of(directory);
            assertFalse(found.isSound(), file + " " + found.lines());
            List<String> bad = found.lines().stream()
                    .filter(line -> line.startsWith("DAMAGED"))
                    .toList();
            assertEquals(1, bad.size(), found.lines().toString());
            assertTrue(bad.get(0).contains(name), bad.get(0));
            Files.write(file, sound);
        }
        assertTrue(Verification.of(directory).isSound());
    }

    @Test
    void whatIsNoDataDirectoryOrInUseIsRefused() throws IOException {
        assertThrows(DataDirectoryException.class, () -> Verification.of(temporary));
        try (DataDirectory used = DataDirectory.open(directory, "test", 3)) {
            assertEquals(directory, used.path());
            assertThrows(DataDirectoryException.class, () -> Verification.of(directory));
        }
    }

    private Map<Path, byte[]> contents() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(directory)) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        Map<Path, byte[]> contents = new TreeMap<>();
        for (Path file : files) {
            contents.put(file, Files.readAllBytes(file));
        }
        return contents;
    }
}
