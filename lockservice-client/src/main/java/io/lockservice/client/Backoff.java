package io.lockservice.client;

import java.util.Random;

/**
 * Pauses that double from {@code firstMs} up to {@code capMs}, each shortened by up to half at random so that many
 * clients of a cell that comes back do not arrive together.
 */
public final class Backoff {
    private static final int MAX_DOUBLINGS = 20;

    private final long firstMs;
    private final long capMs;
    private final Random random;

    /** A back-off; {@code random} is injected so that tests repeat. */
    public Backoff(long firstMs, long capMs, Random random) {
        this.firstMs = firstMs;
        this.capMs = Math.max(firstMs, capMs);
        this.random = random;
    }

    /** The pause after so many failures in a row; 0 after none. */
    public long delayMs(int failures) {
        if (failures <= 0) {
            return 0;
        }
        long fullMs = Math.min(capMs, firstMs << Math.min(MAX_DOUBLINGS, failures - 1));
        return fullMs - (long) (random.nextDouble() * (fullMs / 2.0));
    }

    /** {@code delayMs}, but at most the longest pause. */
    public long cap(long delayMs) {
        return Math.min(capMs, delayMs);
    }
}
