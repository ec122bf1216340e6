package io.lockservice.server.storage.checkpoint;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunks of this replica's checkpoints for peers. A file that is being read stays open for a while, so that it can be
 * read to its end though a newer checkpoint has replaced it.
 *
 * <p>Threading: one thread at a time; everything blocks.
 */
final class ChunkReader implements AutoCloseable {
    /** A peer that has not asked for so long has given up. */
    static final long KEPT_OPEN_NANOS = 30_000_000_000L;

    private final Function<CheckpointName, Path> files;
    private final Map<CheckpointName, Open> open = new HashMap<>();

    ChunkReader(Function<CheckpointName, Path> files) {
        this.files = files;
    }

    private static final class Open {
        final FileChannel channel;
        long readNanos;

        Open(FileChannel channel) {
            this.channel = channel;
        }
    }

    /** Up to {@code maxBytes} from {@code offset}, none where there is no such file. */
    Chunk read(CheckpointName name, long offset, int maxBytes, long nowNanos) throws IOException {
        closeUnread(nowNanos);
        Open file = open.get(name);
        if (file == null) {
            file = open(name);
            if (file == null) {
                return new Chunk(name, offset, new byte[0]);
            }
        }
        file.readNanos = nowNanos;
        int length = (int) Math.min(Math.max(1, maxBytes), Math.max(0, name.lengthBytes() - offset));
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.channel.read(bytes, offset + bytes.position()) >= 0) {
            // Until it is full.
        }
        return new Chunk(
                name, offset, bytes.hasRemaining() ? Arrays.copyOf(bytes.array(), bytes.position()) : bytes.array());
    }

    private @Nullable Open open(CheckpointName name) throws IOException {
        try {
            FileChannel channel = FileChannel.open(files.apply(name), StandardOpenOption.READ);
            if (!CheckpointFile.nameOf(channel).equals(name)) {
                channel.close();
                return null;
            }
            Open file = new Open(channel);
            open.put(name, file);
            return file;
        } catch (NoSuchFileException | DamagedCheckpoint gone) {
            return null;
        }
    }

    private void closeUnread(long nowNanos) throws IOException {
        for (Iterator<Open> each = open.values().iterator(); each.hasNext(); ) {
            Open file = each.next();
            if (nowNanos - file.readNanos > KEPT_OPEN_NANOS) {
                each.remove();
                file.channel.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Open file : open.values()) {
            file.channel.close();
        }
        open.clear();
    }
}
