package io.lockservice.server.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * That no one else uses a directory, in this process or another. Threading: any thread.
 *
 * <p>The operating system's lock belongs to the process and is lost as soon as the process closes <em>any</em> channel
 * to the file, so a second attempt in the same process must not even open it; hence the set.
 */
final class DirectoryLock implements AutoCloseable {
    static final String FILE = "lock";

    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path realPath;
    private final FileChannel channel;

    private DirectoryLock(Path realPath, FileChannel channel) {
        this.realPath = realPath;
        this.channel = channel;
    }

    /** Takes the lock, or fails with {@link DataDirectoryException} where it is taken. */
    static DirectoryLock acquire(Path directory) throws IOException {
        Path realPath = directory.toRealPath();
        if (!HELD.add(realPath)) {
            throw inUse(directory);
        }
        try {
            return new DirectoryLock(realPath, lock(directory));
        } catch (IOException | RuntimeException failed) {
            HELD.remove(realPath);
            throw failed;
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            // By this class in another class loader; the same answer as for another process.
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        if (held == null) {
            throw inUse(directory);
        }
        return channel;
    }

    private static DataDirectoryException inUse(Path directory) {
        return new DataDirectoryException("The data directory " + directory + " is in use by another lockservice"
                + " process: stop that process, or give this replica a directory of its own.");
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            HELD.remove(realPath);
        }
    }
}
