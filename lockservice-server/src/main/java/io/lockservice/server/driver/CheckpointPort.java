package io.lockservice.server.driver;

import io.lockservice.log.CheckpointName;
import io.lockservice.replica.Checkpoint;
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
}
