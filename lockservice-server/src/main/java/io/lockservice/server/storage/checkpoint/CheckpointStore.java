package io.lockservice.server.storage.checkpoint;

import io.lockservice.check.Check;
import io.lockservice.log.CheckpointName;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.RestoredCheckpoint;
import io.lockservice.server.storage.files.DirectoryFiles;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one replica, in a directory of their own. A file has its name only once all of it is durable and was
 * read back and compared; whatever has another name is unfinished.
 *
 * <p>Threading: one thread at a time; everything blocks.
 *
 * <p>Errors: {@link IOException} where the disk fails or is full. Nothing that was there before is lost by it.
 */
public final class CheckpointStore {
    private static final Logger LOG = System.getLogger(CheckpointStore.class.getName());
    private static final Pattern FILE = Pattern.compile("checkpoint-(\\d{1,19})");
    private static final String NEW = "checkpoint.new";
    private static final String DAMAGED = ".damaged";

    private final Path directory;
    private final String cell;
    private final int maxContentBytes;
    private final IncomingCheckpoint incoming;

    private CheckpointStore(Path directory, String cell, int maxContentBytes) {
        this.directory = directory;
        this.cell = cell;
        this.maxContentBytes = maxContentBytes;
        this.incoming = new IncomingCheckpoint(directory);
    }

    /**
     * The checkpoints in {@code directory}, which is made where it does not exist. Unfinished ones are deleted.
     *
     * @param maxContentBytes the largest file of what is restored
     */
    public static CheckpointStore open(Path directory, String cell, int maxContentBytes) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            DirectoryFiles.force(Check.present(directory.toAbsolutePath().getParent(), "a directory in another"));
        }
        Files.deleteIfExists(directory.resolve(NEW));
        return new CheckpointStore(directory, cell, maxContentBytes);
    }

    /**
     * What there is at a start.
     *
     * @param kept the sound checkpoints up to the restored one, ascending
     * @param newest what the newest sound one holds; null where there is none
     * @param revision of the newest as it is in the file, 0 where there is none; who gets its state goes on with it
     * @param epoch likewise
     * @param damaged files that are not what they should be and were set aside, with what is wrong
     */
    public record Recovered(
            List<CheckpointName> kept,
            @Nullable RestoredCheckpoint newest,
            long revision,
            long epoch,
            List<String> damaged) {}

    /** Reads the newest checkpoint that is sound. Damaged ones are kept under another name, as evidence. */
    public Recovered recover() throws IOException {
        List<CheckpointName> kept = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        RestoredCheckpoint newest = null;
        for (Path file : files().descendingMap().values()) {
            try {
                CheckpointName name = CheckpointFile.prove(file);
                if (newest == null) {
                    newest = CheckpointFile.load(file, cell, maxContentBytes);
                }
                kept.add(0, name);
            } catch (DamagedCheckpoint broken) {
                damaged.add(file + ": " + broken.getMessage());
                setAside(file);
            }
        }
        return new Recovered(
                List.copyOf(kept),
                newest,
                newest == null ? 0 : newest.state().revision(),
                newest == null ? 0 : newest.state().epoch(),
                List.copyOf(damaged));
    }

    private void setAside(Path file) throws IOException {
        Files.move(file, file.resolveSibling(file.getFileName() + DAMAGED), StandardCopyOption.REPLACE_EXISTING);
        DirectoryFiles.force(directory);
    }

    /** Writes {@code checkpoint}, reads it back and compares the digest; only then it is there. */
    public CheckpointName take(Checkpoint checkpoint) throws IOException {
        return take(checkpoint, Pace.hurried());
    }

    /** As {@link #take(Checkpoint)}, at a pace. */
    CheckpointName take(Checkpoint checkpoint, Pace pace) throws IOException {
        Path unfinished = directory.resolve(NEW);
        Files.deleteIfExists(unfinished);
        try {
            CheckpointName name = CheckpointFile.write(unfinished, cell, checkpoint, pace);
            expect(name, CheckpointFile.readBack(unfinished, cell, pace));
            adopt(unfinished, name);
            return name;
        } catch (IOException failed) {
            Files.deleteIfExists(unfinished);
            throw failed;
        }
    }

    /** What has come of a peer's checkpoint. */
    IncomingCheckpoint incoming() {
        return incoming;
    }

    /**
     * Makes a peer's checkpoint, all of which has come, one of this replica's own.
     *
     * @throws DamagedCheckpoint where it is not what its name says; nothing of it is kept
     */
    RestoredCheckpoint install(CheckpointName name) throws IOException {
        try {
            Path file = incoming.fileOf(name);
            expect(name, CheckpointFile.prove(file));
            RestoredCheckpoint restored = CheckpointFile.load(file, cell, maxContentBytes);
            if (restored.slot() != name.slot()) {
                throw new DamagedCheckpoint("it holds slot " + restored.slot() + ", not " + name.slot());
            }
            adopt(file, name);
            return restored;
        } catch (DamagedCheckpoint broken) {
            incoming.discard();
            throw broken;
        }
    }

    private static void expect(CheckpointName name, CheckpointName proved) throws DamagedCheckpoint {
        if (!proved.equals(name)) {
            throw new DamagedCheckpoint("it is " + proved + ", not " + name);
        }
    }

    /** Makes a file, which was proved, a checkpoint of this replica. */
    private void adopt(Path file, CheckpointName name) throws IOException {
        Files.move(file, fileOf(name), StandardCopyOption.ATOMIC_MOVE);
        DirectoryFiles.force(directory);
    }

    /** Deletes every checkpoint but the {@code count} newest, and what was set aside before the newest two. */
    public void keepNewest(int count) throws IOException {
        List<Path> newestFirst = List.copyOf(files().descendingMap().values());
        for (Path file : newestFirst.subList(Math.min(count, newestFirst.size()), newestFirst.size())) {
            Files.delete(file);
        }
        List<Path> damaged;
        try (Stream<Path> all = Files.list(directory)) {
            damaged = all.filter(each -> each.toString().endsWith(DAMAGED))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path file : damaged.subList(Math.min(2, damaged.size()), damaged.size())) {
            LOG.log(Level.INFO, "deleting {0}: two newer damaged checkpoints are kept", file);
            Files.delete(file);
        }
        DirectoryFiles.force(directory);
    }

    /** The file of a checkpoint. */
    public Path fileOf(CheckpointName name) {
        return directory.resolve("checkpoint-%019d".formatted(name.slot()));
    }

    /** The complete checkpoints in {@code directory}, sound or not, the oldest first; none where it does not exist. */
    public static List<Path> filesIn(Path directory) throws IOException {
        return Files.isDirectory(directory) ? List.copyOf(files(directory).values()) : List.of();
    }

    /** How many bytes unfinished checkpoints take in {@code directory}; any thread, any time. */
    public static long unfinishedBytes(Path directory) throws IOException {
        long bytes = 0;
        try (Stream<Path> all = Files.list(directory)) {
            for (Path each : all.toList()) {
                String name = String.valueOf(each.getFileName());
                if (name.equals(NEW) || name.startsWith(IncomingCheckpoint.PREFIX)) {
                    bytes += lengthOf(each);
                }
            }
        }
        return bytes;
    }

    private static long lengthOf(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    private NavigableMap<Long, Path> files() throws IOException {
        return files(directory);
    }

    /** By slot. */
    private static NavigableMap<Long, Path> files(Path directory) throws IOException {
        TreeMap<Long, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            all.forEach(each -> {
                Matcher matcher = FILE.matcher(String.valueOf(each.getFileName()));
                if (matcher.matches()) {
                    files.put(Long.parseLong(matcher.group(1)), each);
                }
            });
        }
        return files;
    }
}
