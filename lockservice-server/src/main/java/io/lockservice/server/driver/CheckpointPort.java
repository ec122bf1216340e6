package io.lockservice.server.driver;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.RestoredCheckpoint;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the driver asks of the checkpoints' storage. Nothing blocks; answers come on the replica's event loop. */
public interface CheckpointPort {
    /**
     * A complete checkpoint.
     *
     * @param name proves its bytes
     * @param file where it is
     * @param revision of the state in it
     * @param epoch of the state in it
     */
    record Stored(CheckpointName name, Path file, long revision, long epoch) {
        /** Everything up to here is in it. */
        public long slot() {
            return name.slot();
        }
    }

    /** The newest complete checkpoint, null where there is none. */
    @Nullable
    Stored newest();

    /**
     * Writes a checkpoint and verifies it.
     *
     * @param taken told once it is complete
     * @param refused told, instead, the slot and the reason
     */
    void take(Checkpoint checkpoint, Consumer<Stored> taken, BiConsumer<Long, String> refused);

    /** The one that is being written is to be done as soon as possible; without this it is written at leisure. */
    void hurry();

    /** Reads a chunk for a peer; one without bytes where that checkpoint is gone or cannot be read. */
    void read(CheckpointName name, long offset, int maxBytes, Consumer<Chunk> answer);

    /** Tells how many bytes of a peer's checkpoint are here, and forgets those of other names. */
    void resume(CheckpointName name, Incoming told);

    /** Adds to what is here of a peer's checkpoint. */
    void store(Chunk chunk, Incoming told);

    /** Proves a peer's checkpoint, all of which is here, reads it, and keeps it as one of this replica's own. */
    void install(CheckpointName name, Incoming told);

    /** Told what became of what was asked; one of these, once. */
    interface Incoming {
        /** So many bytes are here. */
        void stored(CheckpointName name, long endOffset);

        /** It is complete, durable and proved. */
        void installed(CheckpointName name, RestoredCheckpoint restored);

        /** The disk failed, or the bytes are not what the name says. */
        void failed(CheckpointName name, String reason);
    }
}
