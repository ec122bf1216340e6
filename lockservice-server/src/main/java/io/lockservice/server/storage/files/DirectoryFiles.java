package io.lockservice.server.storage.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** {@link SegmentFiles} of a directory that exists. */
public final class DirectoryFiles implements SegmentFiles {
    private final Path directory;

    /** The files in {@code directory}. */
    public DirectoryFiles(Path directory) {
        this.directory = directory;
    }

    /** Returns once the entries of {@code directory} are durable. */
    public static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public SegmentFile create(String name) throws IOException {
        return channel(
                name,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @Override
    public SegmentFile open(String name) throws IOException {
        return channel(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public SegmentFile openToRead(String name) throws IOException {
        return channel(name, StandardOpenOption.READ);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void force() throws IOException {
        force(directory);
    }

    @Override
    public long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public String pathOf(String name) {
        return directory.resolve(name).toString();
    }

    private SegmentFile channel(String name, OpenOption... options) throws IOException {
        return new ChannelFile(FileChannel.open(directory.resolve(name), options));
    }

    /** A file by its channel. */
    private static final class ChannelFile implements SegmentFile {
        /** The JDK keeps, for each thread, a direct buffer as large as the largest heap buffer it was given. */
        private static final int READ_BYTES = 1 << 18;

        private final FileChannel channel;

        ChannelFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            long at = position;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        }

        @Override
        public void read(ByteBuffer bytes, long position) throws IOException {
            long at = position;
            while (bytes.hasRemaining()) {
                ByteBuffer piece = bytes.slice(bytes.position(), Math.min(bytes.remaining(), READ_BYTES));
                int count = channel.read(piece, at);
                if (count < 0) {
                    return;
                }
                at += count;
                bytes.position(bytes.position() + count);
            }
        }

        @Override
        public void force() throws IOException {
            // Also makes a changed length durable; leaves out only time stamps.
            channel.force(false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
