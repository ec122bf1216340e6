package io.lockservice.server.storage;

import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.storage.checkpoint.CheckpointStore;
import io.lockservice.server.storage.journal.SegmentedJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The disk of one replica.
 *
 * @param directory its data directory
 * @param journal in it
 * @param checkpoints in it
 */
public record ReplicaDisk(Path directory, SegmentedJournal journal, CheckpointPort checkpoints)
        implements DiskWatch.Disk {
    @Override
    public long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public long checkpointBytes() {
        CheckpointPort.Stored newest = checkpoints.newest();
        return newest == null ? 0 : newest.name().lengthBytes();
    }

    @Override
    public long unfinishedBytes() throws IOException {
        return CheckpointStore.unfinishedBytes(directory.resolve(DataDirectory.CHECKPOINTS));
    }

    @Override
    public boolean isJournalWaiting() {
        return journal.isWaitingForRoom();
    }

    @Override
    public boolean hasReserve() {
        return journal.hasReserve();
    }

    @Override
    public void makeReserve() throws IOException {
        journal.makeReserve();
    }
}
