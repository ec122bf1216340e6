package io.lockservice.server.storage.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint goes from one replica's store to another's. */
class CheckpointTransferTest {
    private static final int CHUNK_BYTES = 10_000;

    @TempDir
    Path directory;

    private CheckpointStore from;
    private CheckpointStore to;
    private CheckpointName name;

    @BeforeEach
    void take() throws IOException {
        from = CheckpointStore.open(directory.resolve("from"), CheckpointFixture.CELL, 1 << 18);
        to = CheckpointStore.open(directory.resolve("to"), CheckpointFixture.CELL, 1 << 18);
        name = from.take(CheckpointFixture.checkpoint(7, 300));
    }

    @Test
    void chunkByChunkItArrivesWhole() throws IOException {
        fetch(0);
        assertEquals(7, to.install(name).slot());
        assertArrayEquals(Files.readAllBytes(from.fileOf(name)), Files.readAllBytes(to.fileOf(name)));
        assertEquals(List.of(name), to.recover().kept());
    }

    @Test
    void aRestartGoesOnWhereItStoppedUnlessItIsAnotherCheckpoint() throws IOException {
        assertEquals(0, to.incoming().resume(name));
        to.incoming().store(chunk(0));
        CheckpointStore again = CheckpointStore.open(directory.resolve("to"), CheckpointFixture.CELL, 1 << 18);
        assertEquals(CHUNK_BYTES, again.incoming().resume(name));
        CheckpointName other = new CheckpointName(name.slot(), name.lengthBytes(), name.fileHash() + 1);
        assertEquals(0, again.incoming().resume(other));
        assertEquals(0, again.incoming().resume(name));
        fetch(0);
        assertEquals(7, to.install(name).slot());
    }

    @Test
    void aChunkThatDoesNotContinueIsRefused() throws IOException {
        to.incoming().resume(name);
        assertThrows(IOException.class, () -> to.incoming().store(chunk(CHUNK_BYTES)));
        to.incoming().store(chunk(0));
        assertThrows(IOException.class, () -> to.incoming().store(chunk(0)));
        assertEquals(CHUNK_BYTES, to.incoming().resume(name));
    }

    @Test
    void aDamagedByteIsFoundAndAllIsFetchedAnew() throws IOException {
        fetch(0);
        Path file = to.incoming().fileOf(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        assertThrows(DamagedCheckpoint.class, () -> to.install(name));
        assertEquals(List.of(), to.recover().kept());
        assertEquals(0, to.incoming().resume(name));
        fetch(0);
        assertEquals(7, to.install(name).slot());
    }

    @Test
    void aFileThatIsReadStaysReadableForAWhileAfterItWasReplaced() throws IOException {
        long late = ChunkReader.KEPT_OPEN_NANOS + 1;
        try (ChunkReader reader = new ChunkReader(from::fileOf)) {
            byte[] whole = Files.readAllBytes(from.fileOf(name));
            reader.read(name, 0, 10, 0);
            from.take(CheckpointFixture.checkpoint(8, 1));
            from.keepNewest(1);
            assertFalse(Files.exists(from.fileOf(name)));
            assertEquals(
                    new Chunk(name, 20, Arrays.copyOfRange(whole, 20, whole.length)),
                    reader.read(name, 20, 1 << 30, 1));
            assertEquals(0, reader.read(name, name.lengthBytes(), 5, 1).bytes().length);
            assertEquals(0, reader.read(name, 0, 10, 1 + late).bytes().length);
        }
    }

    @Test
    void anotherFileOfTheSameSlotIsNotTakenForIt() throws IOException {
        CheckpointName other = new CheckpointName(name.slot(), name.lengthBytes(), name.fileHash() + 1);
        try (ChunkReader reader = new ChunkReader(from::fileOf)) {
            assertEquals(0, reader.read(other, 0, 10, 0).bytes().length);
        }
    }

    private Chunk chunk(long offset) throws IOException {
        try (ChunkReader reader = new ChunkReader(from::fileOf)) {
            return reader.read(name, offset, CHUNK_BYTES, 0);
        }
    }

    private void fetch(long fromOffset) throws IOException {
        long offset = to.incoming().resume(name);
        assertEquals(fromOffset, offset);
        while (offset < name.lengthBytes()) {
            offset = to.incoming().store(chunk(offset));
        }
        assertEquals(name.lengthBytes(), offset);
    }
}
