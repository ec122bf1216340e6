package io.lockservice.server.storage;

import io.lockservice.replica.Checkpoint;
import io.lockservice.server.storage.checkpoint.CheckpointStore;
import io.lockservice.server.storage.files.DirectoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** Makes a data directory from whose checkpoint a replica starts. Blocks; any thread. */
public final class RestoredDirectory {
    private RestoredDirectory() {}

    /**
     * Fills {@code directory}, which is empty or does not exist. What makes it a data directory is written last, so that no
     * replica ever starts from one that was not finished; after a failure it is empty again.
     *
     * @param checkpoint gives what the replica starts from, for the incarnation of the data in this directory
     * @throws DataDirectoryException where it is not empty, or in use
     * @throws IOException where the disk fails
     */
    public static void make(Path directory, String cell, int replicaId, LongFunction<Checkpoint> checkpoint)
            throws IOException {
        DataDirectory.makeDurably(directory);
        refuseFull(directory);
        DirectoryLock lock = DirectoryLock.acquire(directory);
        try {
            Identity identity = DataDirectory.newIdentity(cell, replicaId);
            // Contents are as large as they are in the backup, whatever the configuration allows from now on.
            CheckpointStore.open(directory.resolve(DataDirectory.CHECKPOINTS), cell, Integer.MAX_VALUE)
                    .take(checkpoint.apply(identity.dataIncarnation()));
            DataDirectory.write(directory, identity);
        } catch (IOException | RuntimeException failed) {
            discard(directory, failed);
            throw failed;
        } finally {
            lock.close();
        }
    }

    private static void refuseFull(Path directory) throws IOException {
        List<String> names = new DirectoryFiles(directory).names();
        if (!names.isEmpty()) {
            throw new DataDirectoryException("The directory " + directory + " is not empty ("
                    + names.stream().limit(3).collect(Collectors.joining(", "))
                    + "): name one that is empty or does not exist, so that nothing is overwritten. What a restore that"
                    + " was interrupted left there may be deleted.");
        }
    }

    /** Empties it again; the lock is held still, so nobody else has used it. */
    private static void discard(Path directory, Exception why) {
        try {
            // First what would make it a data directory.
            Files.deleteIfExists(directory.resolve(DataDirectory.IDENTITY));
            Files.deleteIfExists(directory.resolve(DataDirectory.NEW_IDENTITY));
            Path checkpoints = directory.resolve(DataDirectory.CHECKPOINTS);
            if (Files.isDirectory(checkpoints)) {
                for (String name : new DirectoryFiles(checkpoints).names()) {
                    Files.delete(checkpoints.resolve(name));
                }
                Files.delete(checkpoints);
            }
            Files.deleteIfExists(directory.resolve(DirectoryLock.FILE));
        } catch (IOException left) {
            why.addSuppressed(left);
        }
    }
}
