package io.lockservice.server.storage.checkpoint;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How fast a checkpoint is written: in small pieces with a rest after each, as nobody waits for it. Written at once it would
 * take one processor, and a garbage collection every few hundred milliseconds, from the operations that somebody waits for.
 *
 * <p>Threading: one thread works; any may {@link #hurry}.
 */
final class Pace {
    /** A piece takes about a millisecond where the disk is no hindrance. */
    private static final long PIECE_BYTES = 256 << 10;

    /** So many times as long as a piece took is rested after it. */
    static final int RESTS = 9;

    /** Not longer after any piece, however slow the disk. */
    static final long LONGEST_REST_NANOS = 100_000_000;

    private final CountDownLatch hurried = new CountDownLatch(1);
    private final LongSupplier nanoTime;
    private final LongConsumer rest;
    private long pieceBytes;
    private long workingSince;

    /** From now on. */
    Pace() {
        this.nanoTime = System::nanoTime;
        this.rest = this::rest;
        workingSince = nanoTime.getAsLong();
    }

    /** With other clocks, for tests. */
    Pace(LongSupplier nanoTime, LongConsumer rest) {
        this.nanoTime = nanoTime;
        this.rest = rest;
        workingSince = nanoTime.getAsLong();
    }

    /** Somebody waits for it. */
    static Pace hurried() {
        Pace pace = new Pace();
        pace.hurry();
        return pace;
    }

    /** No more rests; the one that is taken ends. */
    void hurry() {
        hurried.countDown();
    }

    /** So many bytes more were written or read: rests where it is time to. */
    void worked(long bytes) {
        pieceBytes += bytes;
        if (pieceBytes < PIECE_BYTES || hurried.getCount() == 0) {
            return;
        }
        pieceBytes = 0;
        rest.accept(Math.min(LONGEST_REST_NANOS, RESTS * (nanoTime.getAsLong() - workingSince)));
        workingSince = nanoTime.getAsLong();
    }

    private void rest(long nanos) {
        try {
            if (hurried.await(nanos, TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException stopping) {
            hurry();
            Thread.currentThread().interrupt();
        }
    }
}
