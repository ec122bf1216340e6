package io.lockservice.server.storage.journal;

import io.lockservice.server.storage.files.SegmentFiles;
import io.lockservice.server.storage.files.SegmentFiles.SegmentFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the next segment full of zeroes ahead of its use. Overwriting such a file changes neither its length nor its
 * blocks, so that a sync of a batch has only the batch to write. Where the disk has no room for it, the {@link Reserve} is
 * used; without that it waits for room.
 *
 * <p>Threading: called by the journal's owner; the zeroes are written by {@code background}. {@link #isWaitingForRoom} and
 * {@link #giveUp} may be called by any thread.
 */
final class SegmentPreparer {
    /** The file's name until it is a segment; left over by a crash it means nothing. */
    static final String SPARE = "spare";

    private static final Logger LOG = System.getLogger(SegmentPreparer.class.getName());
    private static final int PIECE_BYTES = 1 << 18;

    /** How often it looks for room. */
    private static final long LOOK_EVERY_MS = 200;

    private final SegmentFiles files;
    private final int segmentBytes;
    private final Reserve reserve;
    private final Executor background;
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private @Nullable FutureTask<SegmentFile> preparing;
    private volatile boolean waiting;

    SegmentPreparer(SegmentFiles files, int segmentBytes, Reserve reserve, Executor background) {
        this.files = files;
        this.segmentBytes = segmentBytes;
        this.reserve = reserve;
        this.background = background;
    }

    /** Overwrites {@code file} with zeroes from {@code from} up to {@code to}, in bytes; does not sync. */
    static void writeZeroes(SegmentFile file, long from, long to) throws IOException {
        ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.min(PIECE_BYTES, Math.max(0, to - from)));
        for (long at = from; at < to; at += zeroes.capacity()) {
            file.write(zeroes.clear().limit((int) Math.min(zeroes.capacity(), to - at)), at);
        }
    }

    /** So many zeroes, in small pieces, each synced, so that an append's sync never waits for many megabytes. */
    static void fill(SegmentFile file, int bytes, BooleanSupplier isGivenUp) throws IOException {
        for (int at = 0; at < bytes; at += PIECE_BYTES) {
            if (isGivenUp.getAsBoolean()) {
                throw new InterruptedIOException("the journal is closed");
            }
            writeZeroes(file, at, Math.min(bytes, at + PIECE_BYTES));
            file.force();
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
     * once more: nothing of value was in that file. Where the disk is full it is tried until there is room.
     *
     * @param leastBytes how long it must be at least: the reserve may be shorter than a segment
     */
    SegmentFile take(int leastBytes) throws IOException {
        start();
        FutureTask<SegmentFile> task = preparing;
        preparing = null;
        try {
            return task == null ? prepareOrWait(leastBytes) : task.get();
        } catch (ExecutionException failed) {
            return prepareOrWait(leastBytes);
        } catch (InterruptedException interrupted) {
            throw interrupted();
        }
    }

    private SegmentFile prepareOrWait(int leastBytes) throws IOException {
        try {
            for (boolean first = true; ; first = false) {
                try {
                    return prepare();
                } catch (NoRoomException full) {
                    SegmentFile kept = reserve.take(leastBytes);
                    if (kept != null) {
                        LOG.log(Level.WARNING, "the reserve of the journal is used: {0}", full.getMessage());
                        return kept;
                    }
                    if (first) {
                        LOG.log(Level.ERROR, "the journal waits until its disk has room: {0}", full.getMessage());
                    }
                }
                waiting = true;
                if (givenUp.await(LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
                    throw new InterruptedIOException("the journal was closed while it waited for room on its disk");
                }
            }
        } catch (InterruptedException interrupted) {
            throw interrupted();
        } finally {
            waiting = false;
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while the next segment was prepared");
    }

    /** Whether {@link #take} waits because the disk is full. */
    boolean isWaitingForRoom() {
        return waiting;
    }

    /** A {@link #take} that waits, or will, fails. */
    void giveUp() {
        givenUp.countDown();
    }

    /** A file of {@code bytes} zeroes, named {@link #SPARE}, for the first segment: nobody appends yet. Not yet synced. */
    SegmentFile prepareFirst(int bytes) throws IOException {
        SegmentFile file = files.create(SPARE);
        writeZeroes(file, 0, bytes);
        return file;
    }

    /** Without a try where it cannot succeed: others may need what little room there is. */
    private SegmentFile prepare() throws IOException {
        if (files.freeBytes() < segmentBytes) {
            throw new NoRoomException(noRoom());
        }
        SegmentFile file = files.create(SPARE);
        try {
            fill(file, segmentBytes, () -> givenUp.getCount() == 0);
            return file;
        } catch (IOException failed) {
            boolean full = isFull(failed);
            file.close();
            files.delete(SPARE);
            throw full ? new NoRoomException(noRoom(), failed) : failed;
        }
    }

    /** The words are those of the operating system, which may speak another language: so the room is looked at too. */
    private boolean isFull(IOException failed) throws IOException {
        String message = String.valueOf(failed.getMessage());
        return message.contains("No space left") || message.contains("uota") || files.freeBytes() < PIECE_BYTES;
    }

    private String noRoom() {
        return "there is no room for a segment of " + segmentBytes + " bytes beside " + files.pathOf(SPARE);
    }

    /** Gives up a file that is prepared or being prepared; waits for the write that is under way. */
    void close() throws IOException {
        giveUp();
        FutureTask<SegmentFile> task = preparing;
        if (task == null) {
            return;
        }
        preparing = null;
        try {
            task.get().close();
        } catch (ExecutionException expected) {
            // It was told to stop, or failed; either way the file is removed.
        } catch (InterruptedException interrupted) {
            throw interrupted();
        }
        files.delete(SPARE);
    }
}
