package io.lockservice.server.backup;

import io.lockservice.api.PercentText;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.storage.checkpoint.BackupFile;
import io.lockservice.server.storage.files.DirectoryFiles;
import io.lockservice.wire.Hash64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The backups of one cell, {@code <cell>-<revision>-<time>.checkpoint}, in a directory that other cells, and the other
 * replicas of this one, may use too. Nobody else's file is ever touched.
 *
 * <p>Threading: one thread at a time; everything blocks, for ever where a network disk hangs.
 */
final class BackupDirectory {
    /** Beside the backup so much stays free: the replica's own data may be on the same disk. */
    static final long SPARE_BYTES = 64 << 20;

    /** In pieces: the fsync of another file, the journal's, would otherwise wait behind all of it. */
    private static final int PIECE_BYTES = 1 << 22;

    private static final int MOST_CELL_CHARACTERS = 100;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);

    private final Path directory;
    private final String prefix;
    private final Pattern pattern;
    private final String unfinished;
    private final Disk disk;

    /** How much room there is. */
    interface Disk {
        long usableBytes(Path directory) throws IOException;
    }

    /**
     * A backup that is there.
     *
     * @param revision of the state in it
     * @param takenAt when, in whole seconds
     */
    record Backup(Path file, long revision, Instant takenAt) {}

    BackupDirectory(Path directory, String cell, int replicaId) {
        this(directory, cell, replicaId, where -> Files.getFileStore(where).getUsableSpace());
    }

    /** With another word for how much room there is. */
    BackupDirectory(Path directory, String cell, int replicaId, Disk disk) {
        this.directory = directory;
        this.disk = disk;
        prefix = fileName(cell) + "-";
        pattern = Pattern.compile(Pattern.quote(prefix) + "(\\d{1,18})-(\\d{8}T\\d{6}Z)\\.checkpoint");
        unfinished = "." + prefix + replicaId + ".unfinished";
    }

    /** The cell's name, as a file's may be: different for different cells. */
    private static String fileName(String cell) {
        String plain = PercentText.encode(cell).replace("/", "%2F");
        return plain.length() <= MOST_CELL_CHARACTERS
                ? plain
                : plain.substring(0, MOST_CELL_CHARACTERS) + "~"
                        + Long.toHexString(new Hash64().add(cell).value());
    }

    /** Those there are, the oldest first. Revisions tell the order: they never go back, but clocks do. */
    List<Backup> all() throws IOException {
        requireDirectory();
        List<Backup> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> {
                Matcher name = pattern.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    addTo(found, file, name);
                }
            });
        }
        found.sort(Comparator.comparingLong(Backup::revision).thenComparing(Backup::takenAt));
        return found;
    }

    private static void addTo(List<Backup> found, Path file, Matcher name) {
        try {
            Instant takenAt = LocalDateTime.parse(name.group(2), TIME).toInstant(ZoneOffset.UTC);
            found.add(new Backup(file, Long.parseLong(name.group(1)), takenAt));
        } catch (DateTimeParseException notATime) {
            // Somebody's file with a name that only looks like one of ours.
        }
    }

    /**
     * Copies {@code stored} here and proves the copy; only then it gets its name. What a crash left unfinished is replaced.
     *
     * @param isStopping asked between pieces
     */
    Path add(CheckpointPort.Stored stored, Instant now, BooleanSupplier isStopping) throws IOException {
        requireDirectory();
        Path copy = directory.resolve(unfinished);
        Files.deleteIfExists(copy);
        requireRoom(stored.name().lengthBytes());
        try {
            copy(stored.file(), copy, isStopping);
            BackupFile.expect(copy, stored.name());
            Path file = directory.resolve(
                    prefix + stored.revision() + "-" + TIME.format(now.atOffset(ZoneOffset.UTC)) + ".checkpoint");
            Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
            DirectoryFiles.force(directory);
            return file;
        } catch (IOException | RuntimeException failed) {
            discard(copy, failed);
            throw failed;
        }
    }

    private static void discard(Path copy, Exception why) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException left) {
            why.addSuppressed(left);
        }
    }

    private static void copy(Path from, Path to, BooleanSupplier isStopping) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
            while (in.read(piece.clear()) >= 0) {
                if (isStopping.getAsBoolean()) {
                    throw new IOException("the replica stops");
                }
                piece.flip();
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
                out.force(true);
            }
        }
    }

    /** Deletes all but the newest {@code count}. */
    void keepNewest(int count) throws IOException {
        List<Backup> all = all();
        for (Backup old : all.subList(0, Math.max(0, all.size() - count))) {
            Files.deleteIfExists(old.file());
        }
    }

    /** It is never made here: where a disk is not mounted, a directory of its name would fill another one. */
    private void requireDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("there is no directory " + directory + "; make it, or mount the disk that it is on");
        }
    }

    private void requireRoom(long bytes) throws IOException {
        long usable = disk.usableBytes(directory);
        if (usable < bytes + SPARE_BYTES) {
            throw new IOException(
                    "the disk of " + directory + " has room for " + usable + " bytes, and the backup needs " + bytes
                            + " and " + SPARE_BYTES + " to spare; make room, or lower backup.keep");
        }
    }
}
