package io.lockservice.server.storage.checkpoint;

import io.lockservice.log.CheckpointName;
import io.lockservice.replica.RestoredCheckpoint;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A checkpoint outside a data directory, as an operator keeps it.
 *
 * <p>Threading: any; everything blocks.
 */
public final class BackupFile {
    private BackupFile() {}

    /**
     * Proves that {@code file} is the checkpoint {@code name}, byte by byte.
     *
     * @throws DamagedCheckpoint where it is not
     */
    public static void expect(Path file, CheckpointName name) throws IOException {
        CheckpointName proved = CheckpointFile.prove(file);
        if (!proved.equals(name)) {
            throw new DamagedCheckpoint("it is " + proved + ", not " + name);
        }
    }

    /**
     * What {@code file}, a backup of {@code cell} that {@link CheckpointSummary} has proved, holds.
     *
     * @param maxContentBytes the largest file from now on
     * @throws DamagedCheckpoint where its records are not those of one state
     */
    public static RestoredCheckpoint read(Path file, String cell, int maxContentBytes) throws IOException {
        return CheckpointFile.load(file, cell, maxContentBytes);
    }
}
