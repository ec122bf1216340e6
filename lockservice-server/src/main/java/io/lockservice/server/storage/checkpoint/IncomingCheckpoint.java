package io.lockservice.server.storage.checkpoint;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A peer's checkpoint as far as it has come. The name of the file is that of the checkpoint, so that a restart goes on with
 * it; what a crash made of its end is found out when all of it is proved. There is never more than one.
 *
 * <p>Threading: one thread at a time; everything blocks.
 */
final class IncomingCheckpoint {
    static final String PREFIX = "incoming-";

    private final Path directory;

    IncomingCheckpoint(Path directory) {
        this.directory = directory;
    }

    /** The file of {@code name}. */
    Path fileOf(CheckpointName name) {
        return directory.resolve(
                String.format(Locale.ROOT, "%s%d-%d-%016x", PREFIX, name.slot(), name.lengthBytes(), name.fileHash()));
    }

    /** Forgets those of other names, and returns how many bytes of {@code name} are here. */
    long resume(CheckpointName name) throws IOException {
        Path file = fileOf(name);
        for (Path other : all()) {
            if (!other.equals(file)) {
                Files.delete(other);
            }
        }
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        long length = Files.size(file);
        if (length > name.lengthBytes()) {
            Files.delete(file);
            Files.createFile(file);
            return 0;
        }
        return length;
    }

    /** Adds a chunk, which must continue what is here; returns how many bytes are here now. */
    long store(Chunk chunk) throws IOException {
        try (FileChannel channel = FileChannel.open(fileOf(chunk.name()), StandardOpenOption.WRITE)) {
            if (channel.size() != chunk.offset()) {
                throw new IOException("the chunk at " + chunk.offset() + " does not continue the " + channel.size()
                        + " bytes of " + chunk.name());
            }
            ByteBuffer bytes = ByteBuffer.wrap(chunk.bytes());
            while (bytes.hasRemaining()) {
                channel.write(bytes, chunk.offset() + bytes.position());
            }
            // In pieces: the fsync of another file, the journal's, would otherwise wait behind all of it.
            channel.force(false);
            return chunk.endOffset();
        }
    }

    /** Nothing of what has come is of use. */
    void discard() throws IOException {
        for (Path each : all()) {
            Files.delete(each);
        }
    }

    private List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(each -> String.valueOf(each.getFileName()).startsWith(PREFIX))
                    .toList();
        }
    }
}
