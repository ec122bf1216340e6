package io.lockservice.server.storage.journal;

import io.lockservice.server.storage.files.SegmentFiles;
import io.lockservice.server.storage.files.SegmentFiles.SegmentFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Writes the next segment full of zeroes ahead of its use. Overwriting such a file changes neither its length nor its
 * blocks, so that a sync of a batch has only the batch to write.
 *
 * <p>Threading: called by the journal's owner; the zeroes are written by {@code background}.
 */
final class SegmentPreparer {
    /** The file's name until it is a segment; left over by a crash it means nothing. */
    static final String SPARE = "spare";

    private static final int PIECE_BYTES = 1 << 18;

    private final SegmentFiles files;
    private final int segmentBytes;
    private final Executor background;
    private @Nullable FutureTask<SegmentFile> preparing;
    private volatile boolean closed;

    SegmentPreparer(SegmentFiles files, int segmentBytes, Executor background) {
        this.files = files;
        this.segmentBytes = segmentBytes;
        this.background = background;
    }

    /** Overwrites {@code file} with zeroes from {@code from} up to {@code to}, in bytes; does not sync. */
    static void writeZeroes(SegmentFile file, long from, long to) throws IOException {
        ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.min(PIECE_BYTES, Math.max(0, to - from)));
        for (long at = from; at < to; at += zeroes.capacity()) {
            file.write(zeroes.clear().limit((int) Math.min(zeroes.capacity(), to - at)), at);
        }
    }

    /** Starts to prepare a segment unless one is there already. */
    void start() {
        if (preparing == null) {
            FutureTask<SegmentFile> task = new FutureTask<>(this::prepare);
            preparing = task;
            background.execute(task);
        }
    }

    /**
     * The prepared file, still named {@link #SPARE}; waits where it is not finished. Where preparing failed it is tried
     * once more: nothing of value was in that file, and a full disk may have room again.
     */
    SegmentFile take() throws IOException {
        start();
        FutureTask<SegmentFile> task = preparing;
        preparing = null;
        try {
            return task == null ? prepare() : task.get();
        } catch (ExecutionException failed) {
            return prepare();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the next segment was prepared");
        }
    }

    /** A file of {@code bytes} zeroes, named {@link #SPARE}, for the first segment: nobody appends yet. Not yet synced. */
    SegmentFile prepareFirst(int bytes) throws IOException {
        SegmentFile file = files.create(SPARE);
        writeZeroes(file, 0, bytes);
        return file;
    }

    /** Small pieces, each synced, so that an append's sync never waits for many megabytes. */
    private SegmentFile prepare() throws IOException {
        SegmentFile file = files.create(SPARE);
        try {
            for (int at = 0; at < segmentBytes; at += PIECE_BYTES) {
                if (closed) {
                    throw new InterruptedIOException("the journal is closed");
                }
                writeZeroes(file, at, Math.min(segmentBytes, at + PIECE_BYTES));
                file.force();
            }
            return file;
        } catch (IOException failed) {
            file.close();
            throw failed;
        }
    }

    /** Gives up a file that is prepared or being prepared; waits for the write that is under way. */
    void close() throws IOException {
        closed = true;
        if (preparing != null) {
            try {
                take().close();
            } catch (InterruptedIOException expected) {
                // Preparing was told to stop; the file is removed below.
            }
            files.delete(SPARE);
        }
    }
}
