package io.lockservice.client.fencing;

import io.lockservice.api.PercentText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Tokens in one text file: {@code <token> <resource, percent-encoded>} a line, and a check sum at the end. A save writes a
 * new file beside it, waits until that is on the disk, and renames it over the old one, so that a crash leaves the one or
 * the other, whole. Made for some thousand resources: a save writes them all.
 *
 * <p>While a store is open nobody else can open the same file. From any thread.
 */
public final class FileTokenStore implements TokenStore, Closeable {
    private static final String HEADER = "lockservice tokens 1";
    private static final String CHECKSUM = "crc32c ";

    private final Path file;
    private final Path next;
    private final FileChannel lockFile;
    private final Map<String, Long> tokens = new TreeMap<>();

    private FileTokenStore(Path file, FileChannel lockFile) {
        this.file = file;
        this.next = file.resolveSibling(file.getFileName() + ".new");
        this.lockFile = lockFile;
    }

    /**
     * Opens the store in {@code file}, which need not exist yet; its directory does.
     *
     * @throws IOException where the file cannot be read, was damaged, or is open elsewhere. A damaged file is left as it
     *     is: only a person can say whether the resource may start without it
     */
    public static FileTokenStore open(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        FileChannel lockFile = FileChannel.open(
                absolute.resolveSibling(absolute.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        try {
            if (lock(lockFile) == null) {
                throw new IOException("the tokens in " + absolute + " are in use by another guard");
            }
            FileTokenStore store = new FileTokenStore(absolute, lockFile);
            store.read();
            return store;
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    @Override
    public synchronized Map<String, Long> load() {
        return Map.copyOf(tokens);
    }

    @Override
    public synchronized void save(String resource, long token) throws IOException {
        if (!lockFile.isOpen()) {
            throw new IOException("the store of " + file + " is closed");
        }
        Map<String, Long> all = new TreeMap<>(tokens);
        all.merge(resource, token, Math::max);
        ByteBuffer bytes = ByteBuffer.wrap(text(all).getBytes(StandardCharsets.US_ASCII));
        try (FileChannel out = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory();
        // Only now: what is not known to be saved is written again by the next one.
        tokens.putAll(all);
    }

    /** Lets others open the file. Nothing may be saved any more. */
    @Override
    public synchronized void close() throws IOException {
        lockFile.close();
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Open in this very process.
            return null;
        }
    }

    /** Without this the rename itself could be lost with the machine. */
    private void forceDirectory() throws IOException {
        Path directory = file.getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static String text(Map<String, Long> tokens) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        tokens.forEach((resource, token) -> text.append(token)
                .append(' ')
                .append(PercentText.encode(resource))
                .append('\n'));
        return text + CHECKSUM + checksum(text.toString()) + "\n";
    }

    private synchronized void read() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        int end = text.lastIndexOf(CHECKSUM);
        String content = end < 0 ? "" : text.substring(0, end);
        if (!content.startsWith(HEADER + "\n") || !text.substring(end).equals(CHECKSUM + checksum(content) + "\n")) {
            throw new IOException(
                    file + " is damaged, or no file of tokens. Without it former holders of locks could be let in:"
                            + " restore it, or delete it once none of them can be alive any more");
        }
        content.lines().skip(1).forEach(line -> {
            int space = line.indexOf(' ');
            tokens.put(PercentText.decode(line.substring(space + 1)), Long.parseLong(line.substring(0, space)));
        });
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return Long.toHexString(crc.getValue());
    }
}
