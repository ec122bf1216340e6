package io.lockservice.replica;

import io.lockservice.log.CheckpointName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica finds at its start beside its journal.
 *
 * @param kept the checkpoints there are, up to the newest sound one, ascending
 * @param newest what that one holds; null where there is none
 */
public record RecoveredCheckpoints(
        List<CheckpointName> kept, @Nullable RestoredCheckpoint newest) {
    /** A replica that never took one. */
    public static final RecoveredCheckpoints NONE = new RecoveredCheckpoints(List.of(), null);

    /** Everything up to here need not be applied again. */
    public long slot() {
        return newest == null ? 0 : newest.slot();
    }
}
