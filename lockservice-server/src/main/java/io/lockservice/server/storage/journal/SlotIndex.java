package io.lockservice.server.storage.journal;

import java.util.HashMap;
import java.util.Map;

/**
 * Where the newest accepted record of each slot stands: eight bytes for a slot, in blocks, as the slots of a log lie
 * close together but need not start at 1.
 *
 * <p>Threading: any thread.
 */
final class SlotIndex {
    /** The position of a slot without a record; no record stands in a segment's header. */
    static final long NONE = 0;

    private static final int BLOCK_SLOTS = 1024;

    private final Map<Long, long[]> blocks = new HashMap<>();

    /** A position: which segment, and where in it. */
    static long position(long segmentIndex, int offset) {
        return segmentIndex << Integer.SIZE | offset;
    }

    static long segmentOf(long position) {
        return position >>> Integer.SIZE;
    }

    static int offsetOf(long position) {
        return (int) position;
    }

    /** Notes the position of a slot's record instead of that of an older one. */
    synchronized void put(long slot, long position) {
        long[] block = blocks.computeIfAbsent(Math.floorDiv(slot, BLOCK_SLOTS), number -> new long[BLOCK_SLOTS]);
        block[Math.floorMod(slot, BLOCK_SLOTS)] = position;
    }

    /** The position of the newest record of {@code slot}, or {@link #NONE}. */
    synchronized long get(long slot) {
        long[] block = blocks.get(Math.floorDiv(slot, BLOCK_SLOTS));
        return block == null ? NONE : block[Math.floorMod(slot, BLOCK_SLOTS)];
    }
}
