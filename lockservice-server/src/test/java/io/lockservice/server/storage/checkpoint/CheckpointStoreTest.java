package io.lockservice.server.storage.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lockservice.cell.StateMachine;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Configuration;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.RestoredCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
    private static final String CELL = CheckpointFixture.CELL;
    private static final Configuration ALONE = CheckpointFixture.ALONE;

    @TempDir
    private Path directory;

    private final StateMachine state = new StateMachine(CELL, 1 << 20);
    private long calls;

    @Test
    void whatIsTakenIsReadBackTheSame() throws IOException {
        write(300);
        CheckpointStore store = open();
        CheckpointName name = store.take(new Checkpoint(9, ALONE, state.snapshot()));
        assertEquals(9, name.slot());
        assertEquals(name.lengthBytes(), Files.size(store.fileOf(name)));

        CheckpointStore.Recovered recovered = open().recover();
        assertEquals(List.of(name), recovered.kept());
        assertEquals(List.of(), recovered.damaged());
        RestoredCheckpoint newest = recovered.newest();
        assertNotNull(newest);
        assertEquals(9, newest.slot());
        assertEquals(ALONE, newest.configuration());
        assertEquals(state.digest(), newest.state().digest());
    }

    @Test
    void anEmptyDirectoryHasNone() throws IOException {
        CheckpointStore.Recovered recovered = open().recover();
        assertEquals(List.of(), recovered.kept());
        assertNull(recovered.newest());
    }

    @Test
    void aSnapshotIsWrittenAsItWasThoughTheStateGoesOn() throws IOException {
        write(50);
        long digest = state.digest();
        Checkpoint checkpoint = new Checkpoint(3, ALONE, state.snapshot());
        write(50);
        open().take(checkpoint);
        assertEquals(digest, newest().state().digest());
    }

    @Test
    void aDeletedCheckpointTakesNoRoomOnDisk() throws IOException {
        Path mappings = Path.of("/proc/self/maps");
        assumeTrue(Files.isReadable(mappings), "only Linux tells what is mapped");
        write(50);
        CheckpointStore store = open();
        for (int slot = 1; slot <= 4; slot++) {
            store.take(new Checkpoint(slot, ALONE, state.snapshot()));
        }
        open().recover();
        store.keepNewest(2);
        try (Stream<String> lines = Files.lines(mappings)) {
            assertEquals(
                    List.of(),
                    lines.filter(line -> line.contains(directory.toString())).toList());
        }
    }

    @Test
    void everyFlippedBitIsFoundAndTheOneBeforeIsTaken() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        write(40);
        CheckpointStore store = open();
        store.take(new Checkpoint(5, ALONE, state.snapshot()));
        long older = state.digest();
        write(40);
        CheckpointName name = store.take(new Checkpoint(8, ALONE, state.snapshot()));
        byte[] sound = Files.readAllBytes(store.fileOf(name));
        for (int i = 0; i < 200; i++) {
            byte[] damaged = sound.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(store.fileOf(name), damaged);
            assertThrows(DamagedCheckpoint.class, () -> CheckpointFile.prove(store.fileOf(name)));
        }
        CheckpointStore.Recovered recovered = store.recover();
        assertEquals(1, recovered.damaged().size());
        assertTrue(
                recovered.damaged().get(0).contains("checkpoint-"),
                recovered.damaged().get(0));
        assertEquals(5, recovered.newest() == null ? 0 : recovered.newest().slot());
        assertEquals(
                older,
                recovered.newest() == null ? 0 : recovered.newest().state().digest());
        assertTrue(Files.exists(
                store.fileOf(name).resolveSibling(store.fileOf(name).getFileName() + ".damaged")));
    }

    @Test
    void aFileCutShortAnywhereIsFound() throws IOException {
        write(40);
        CheckpointStore store = open();
        CheckpointName name = store.take(new Checkpoint(5, ALONE, state.snapshot()));
        byte[] sound = Files.readAllBytes(store.fileOf(name));
        for (int length = 0; length < sound.length; length += 1 + sound.length / 50) {
            Files.write(store.fileOf(name), java.util.Arrays.copyOf(sound, length));
            assertThrows(DamagedCheckpoint.class, () -> CheckpointFile.prove(store.fileOf(name)));
        }
    }

    @Test
    void whatACrashLeftUnfinishedIsNotACheckpoint() throws IOException {
        write(10);
        CheckpointStore store = open();
        CheckpointName name = store.take(new Checkpoint(5, ALONE, state.snapshot()));
        Files.copy(store.fileOf(name), directory.resolve("checkpoint.new"));
        CheckpointStore.Recovered recovered = open().recover();
        assertEquals(List.of(name), recovered.kept());
        try (var files = Files.list(directory)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void aStateThatIsNotWhatItsDigestSaysIsRefused() throws IOException {
        write(10);
        io.lockservice.cell.StateSnapshot sound = state.snapshot();
        io.lockservice.cell.StateSnapshot wrong = new io.lockservice.cell.StateSnapshot() {
            @Override
            public void forEach(java.util.function.BiConsumer<byte[], byte[]> sink) {
                sound.forEach(sink);
            }

            @Override
            public long digest() {
                return sound.digest() + 1;
            }

            @Override
            public long revision() {
                return sound.revision();
            }

            @Override
            public long epoch() {
                return sound.epoch();
            }
        };
        CheckpointStore store = open();
        assertThrows(DamagedCheckpoint.class, () -> store.take(new Checkpoint(5, ALONE, wrong)));
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void anotherCellsCheckpointIsRefused() throws IOException {
        write(10);
        open().take(new Checkpoint(5, ALONE, state.snapshot()));
        CheckpointStore.Recovered recovered =
                CheckpointStore.open(directory, "other", 1 << 20).recover();
        assertNull(recovered.newest());
        assertTrue(
                recovered.damaged().get(0).contains("cell 'test'"),
                recovered.damaged().get(0));
    }

    @Test
    void onlyTheNewestAreKept() throws IOException {
        CheckpointStore store = open();
        for (int slot = 1; slot <= 4; slot++) {
            write(5);
            store.take(new Checkpoint(slot, ALONE, state.snapshot()));
            store.keepNewest(2);
        }
        assertEquals(
                List.of(3L, 4L),
                store.recover().kept().stream().map(CheckpointName::slot).toList());
    }

    private CheckpointStore open() throws IOException {
        return CheckpointStore.open(directory, CELL, 1 << 20);
    }

    private RestoredCheckpoint newest() throws IOException {
        RestoredCheckpoint newest = open().recover().newest();
        assertNotNull(newest);
        return newest;
    }

    private void write(int files) {
        for (int i = 0; i < files; i++) {
            calls++;
            CheckpointFixture.write(state, calls);
        }
    }
}
