package io.lockservice.server.storage;

import io.lockservice.check.Check;
import io.lockservice.server.storage.checkpoint.CheckpointStore;
import io.lockservice.server.storage.files.DirectoryFiles;
import io.lockservice.server.storage.journal.JournalCorruption;
import io.lockservice.server.storage.journal.JournalFailure;
import io.lockservice.server.storage.journal.JournalSettings;
import io.lockservice.server.storage.journal.SegmentedJournal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A replica's directory: who it belongs to, that no other process uses it, and how often it was started. Opening it
 * creates it where it does not exist or is empty.
 *
 * <p>Threading: one thread at a time; the numbers may be read by any.
 */
public final class DataDirectory implements AutoCloseable {
    static final String IDENTITY = "identity";
    static final String NEW_IDENTITY = "identity.new";
    static final String JOURNAL = "journal";
    static final String CHECKPOINTS = "checkpoints";

    /** What a creation leaves behind that was interrupted before there was an identity. */
    private static final Set<String> UNFINISHED = Set.of(DirectoryLock.FILE, NEW_IDENTITY);

    private final Path directory;
    private final DirectoryLock lock;
    private Identity identity;

    private DataDirectory(Path directory, DirectoryLock lock, Identity identity) {
        this.directory = directory;
        this.lock = lock;
        this.identity = identity;
    }

    /**
     * Opens or creates the data directory of a replica and counts a start.
     *
     * @param cell the cell's name, on one line
     * @throws DataDirectoryException where it belongs to someone else, is in use, is of a format this program does not
     *     know, holds something else, or cannot be written
     */
    public static DataDirectory open(Path directory, String cell, int replicaId) {
        Check.that(cell.lines().count() == 1 && !cell.contains("\n"), "a cell's name is one line");
        try {
            makeDurably(directory);
            refuseForeign(directory);
            DirectoryLock lock = DirectoryLock.acquire(directory);
            try {
                if (SetAside.isMarked(directory)) {
                    SetAside.carryOut(directory);
                }
                Identity started = identity(directory, cell, replicaId).started();
                write(directory, started);
                return new DataDirectory(directory, lock, started);
            } catch (IOException | RuntimeException failed) {
                lock.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw unusable(directory, failed);
        }
    }

    /** Where it is. */
    public Path path() {
        return directory;
    }

    /** The incarnation of this process: larger than that of every earlier process on the same directory, and than those on a
     * directory which this one replaced. */
    public long incarnation() {
        return identity.incarnation();
    }

    /** A random number, not 0, made with the directory: tells it from any other that the same replica ever had. */
    public long dataIncarnation() {
        return identity.dataIncarnation();
    }

    /** Data that were here before, the oldest first: they could not be trusted any more and are kept as evidence. */
    public List<Path> setAside() {
        try {
            return SetAside.in(directory);
        } catch (IOException failed) {
            throw unusable(directory, failed);
        }
    }

    /**
     * Makes it durable that what is here is not to be trusted any more, as {@code reason} says: the next time it is opened, it
     * is set aside, and the directory is another one with a new {@link #dataIncarnation}.
     */
    public void distrust(String reason) {
        try {
            SetAside.mark(directory, reason);
        } catch (IOException failed) {
            throw unusable(directory, failed);
        }
    }

    /** As {@link #distrust(String)}, for a directory that cannot be opened and that no process uses. */
    public static void distrust(Path directory, String reason) {
        try {
            DirectoryLock lock = DirectoryLock.acquire(directory);
            try {
                SetAside.mark(directory, reason);
            } finally {
                lock.close();
            }
        } catch (IOException failed) {
            throw unusable(directory, failed);
        }
    }

    /**
     * Opens the journal, or creates it at the first start. To be called once; the journal is to be closed before this.
     *
     * @throws JournalCorruption where the directory once had a journal that is gone
     * @throws JournalFailure where the disk fails
     */
    public SegmentedJournal openJournal(JournalSettings settings) {
        Path journals = directory.resolve(JOURNAL);
        try {
            makeDurably(journals);
            SegmentedJournal journal = SegmentedJournal.openIn(
                    journals,
                    identity.dataIncarnation(),
                    identity.journalMade(),
                    settings,
                    inBackground("journal-prepare-" + identity.cell() + "-" + identity.replicaId()));
            if (!identity.journalMade()) {
                identity = identity.withJournal();
                write(directory, identity);
            }
            return journal;
        } catch (IOException failed) {
            throw new JournalFailure(
                    "The journal in " + journals + " cannot be opened: " + failed.getMessage(), failed);
        }
    }

    /**
     * Opens the checkpoints. To be called once.
     *
     * @param maxContentBytes the largest file of what is restored
     * @throws IOException where the disk fails
     */
    public CheckpointStore openCheckpoints(int maxContentBytes) throws IOException {
        return CheckpointStore.open(directory.resolve(CHECKPOINTS), identity.cell(), maxContentBytes);
    }

    /** Lets other processes use it. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException failed) {
            throw unusable(directory, failed);
        }
    }

    private static Executor inBackground(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
        };
    }

    static void makeDurably(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                DirectoryFiles.force(parent);
            }
        }
    }

    /** Before anything is written, so that a mistyped path does not leave files in someone's directory. */
    private static void refuseForeign(Path directory) throws IOException {
        if (Files.exists(directory.resolve(IDENTITY)) || SetAside.isMarked(directory)) {
            return;
        }
        Set<String> names = new TreeSet<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.map(entry -> String.valueOf(entry.getFileName())).forEach(names::add);
        }
        names.removeAll(UNFINISHED);
        names.removeIf(SetAside::isName);
        if (!names.isEmpty()) {
            throw new DataDirectoryException(
                    "The directory " + directory + " is not empty and is not a data directory of"
                            + " lockservice (it has no file '" + IDENTITY + "', but "
                            + names.stream().limit(3).collect(Collectors.joining(", "))
                            + "): name an empty directory or one that does not exist.");
        }
    }

    private static Identity identity(Path directory, String cell, int replicaId) throws IOException {
        Path file = directory.resolve(IDENTITY);
        if (!Files.exists(file)) {
            return newIdentity(cell, replicaId);
        }
        Identity found = Identity.decode(Files.readAllBytes(file), file.toString());
        if (!found.cell().equals(cell) || found.replicaId() != replicaId) {
            throw new DataDirectoryException("The data directory " + directory + " belongs to replica "
                    + found.replicaId() + " of cell '" + found.cell() + "', not to replica " + replicaId + " of cell '"
                    + cell + "': give this replica its own directory.");
        }
        return found;
    }

    /** Of a directory that is made now. */
    static Identity newIdentity(String cell, int replicaId) {
        // From the wall clock, so that a replica whose directory was lost does not come back with smaller numbers
        // than its peers have heard from it. Seconds: no replica is started once a second for years.
        return new Identity(cell, replicaId, newDataIncarnation(), System.currentTimeMillis() / 1_000, false);
    }

    private static long newDataIncarnation() {
        SecureRandom random = new SecureRandom();
        long number = random.nextLong();
        while (number == 0) {
            number = random.nextLong();
        }
        return number;
    }

    /** Replaces the identity: after a crash there is the old one or the new one. */
    static void write(Path directory, Identity identity) throws IOException {
        Path next = directory.resolve(NEW_IDENTITY);
        writeDurably(next, identity.encode());
        Files.move(next, directory.resolve(IDENTITY), StandardCopyOption.ATOMIC_MOVE);
        DirectoryFiles.force(directory);
    }

    static void writeDurably(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static DataDirectoryException unusable(Path directory, IOException cause) {
        return new DataDirectoryException(
                "The data directory " + directory + " cannot be used: " + cause
                        + ". Check that it exists, that this user may write to it and that the disk has room.",
                cause);
    }
}
