package io.lockservice.server.storage;

import io.lockservice.server.storage.files.DirectoryFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Data that cannot be trusted any more are kept as evidence, in a directory {@code set-aside-<n>} beside what takes their
 * place. That they are not to be trusted is durable before anything is moved, so that no crash brings them back.
 *
 * <p>Threading: whoever holds the lock of the data directory; everything blocks.
 */
final class SetAside {
    /** Its existence says that the data are not to be trusted; its text says why, for people. */
    static final String MARK = "distrusted";

    private static final String PREFIX = "set-aside-";
    private static final Pattern DIRECTORY = Pattern.compile(PREFIX + "[0-9]{1,9}");
    private static final int KEPT = 2;
    private static final List<String> MOVED =
            List.of(DataDirectory.JOURNAL, DataDirectory.CHECKPOINTS, DataDirectory.IDENTITY);

    private SetAside() {}

    /** Whether {@code name} is that of such a directory. */
    static boolean isName(String name) {
        return DIRECTORY.matcher(name).matches();
    }

    /** What was set aside in {@code directory}, the oldest first. */
    static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(each -> isName(String.valueOf(each.getFileName())))
                    .sorted(Comparator.comparingInt(SetAside::numberOf))
                    .toList();
        }
    }

    /** Makes it durable that what is in {@code directory} is not to be trusted. */
    static void mark(Path directory, String reason) throws IOException {
        DataDirectory.writeDurably(directory.resolve(MARK), (reason + "\n").getBytes(StandardCharsets.UTF_8));
        DirectoryFiles.force(directory);
    }

    static boolean isMarked(Path directory) {
        return Files.exists(directory.resolve(MARK));
    }

    /** Moves what is not to be trusted out of the way, or goes on where a crash interrupted that. Returns where it is. */
    static Path carryOut(Path directory) throws IOException {
        Path kept = destination(directory);
        Files.createDirectories(kept);
        for (String name : MOVED) {
            if (Files.exists(directory.resolve(name))) {
                Files.move(directory.resolve(name), kept.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        DirectoryFiles.force(kept);
        DirectoryFiles.force(directory);
        Files.move(directory.resolve(MARK), kept.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
        DirectoryFiles.force(kept);
        DirectoryFiles.force(directory);
        keepNewest(directory);
        return kept;
    }

    /** The one that a crash left unfinished, or a new one. */
    private static Path destination(Path directory) throws IOException {
        List<Path> before = in(directory);
        if (before.isEmpty()) {
            return directory.resolve(PREFIX + 1);
        }
        Path last = before.get(before.size() - 1);
        return Files.exists(last.resolve(MARK)) ? directory.resolve(PREFIX + (numberOf(last) + 1)) : last;
    }

    private static void keepNewest(Path directory) throws IOException {
        List<Path> all = in(directory);
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
            try (Stream<Path> files = Files.walk(old)) {
                files.sorted(Comparator.reverseOrder()).forEach(SetAside::delete);
            } catch (UncheckedIOException failed) {
                throw failed.getCause();
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static int numberOf(Path directory) {
        return Integer.parseInt(String.valueOf(directory.getFileName()).substring(PREFIX.length()));
    }
}
