package io.lockservice.server.storage.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What is in a checkpoint file, for people.
 *
 * @param cell the cell's name
 * @param slot everything up to here is in it
 * @param revision of the state
 * @param epoch of the state
 * @param records how many, the header among them
 * @param lengthBytes of the file
 */
public record CheckpointSummary(String cell, long slot, long revision, long epoch, long records, long lengthBytes) {
    /**
     * Proves every byte of {@code file} and reads all its records.
     *
     * @throws DamagedCheckpoint where it is not sound
     * @throws IOException where the disk fails
     */
    public static CheckpointSummary of(Path file) throws IOException {
        return CheckpointFile.verify(file);
    }
}
