package io.lockservice.server.storage.journal;

import io.lockservice.log.LogRecord;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Where the newest accepted record of each slot stands: eight bytes for a slot, in blocks, as the slots of a log lie
 * close together but need not start at 1. And which segments hold nothing that is needed any more.
 *
 * <p>Threading: any thread.
 */
final class SlotIndex {
    /** The position of a slot without a record; no record stands in a segment's header. */
    static final long NONE = 0;

    private static final int BLOCK_SLOTS = 1024;

    private final Map<Long, long[]> blocks = new HashMap<>();
    private final Map<Long, Long> highestSlots = new HashMap<>();
    private long promiseSegment;

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

    /** Takes in a record that stands at {@code position}, the newest of the journal. */
    synchronized void add(LogRecord record, long position) {
        long segment = segmentOf(position);
        if (record instanceof LogRecord.Accepted accepted) {
            put(accepted.entry().slot(), position);
            highestSlots.merge(segment, accepted.entry().slot(), Math::max);
        } else if (record instanceof LogRecord.Installed installed) {
            highestSlots.merge(segment, installed.slot(), Math::max);
        } else if (record instanceof LogRecord.Promised) {
            promiseSegment = segment;
        }
    }

    /**
     * The segment before which nothing is needed once the log up to {@code slot} is not: {@code first} where nothing can go,
     * and never one behind the last promise.
     */
    synchronized long firstNeeded(long first, long slot) {
        long needed = first;
        while (needed < promiseSegment && highestSlots.getOrDefault(needed, 0L) <= slot) {
            needed++;
        }
        return needed;
    }

    /** The segments before {@code first} will be deleted. */
    synchronized void forgetBefore(long first) {
        long position = position(first, 0);
        for (Iterator<long[]> each = blocks.values().iterator(); each.hasNext(); ) {
            long[] block = each.next();
            boolean isEmpty = true;
            for (int i = 0; i < block.length; i++) {
                if (block[i] < position) {
                    block[i] = NONE;
                }
                isEmpty &= block[i] == NONE;
            }
            if (isEmpty) {
                each.remove();
            }
        }
        highestSlots.keySet().removeIf(segment -> segment < first);
    }

    /** Notes the position of a slot's record instead of that of an older one. */
    private void put(long slot, long position) {
        long[] block = blocks.computeIfAbsent(Math.floorDiv(slot, BLOCK_SLOTS), number -> new long[BLOCK_SLOTS]);
        block[Math.floorMod(slot, BLOCK_SLOTS)] = position;
    }

    /** The position of the newest record of {@code slot}, or {@link #NONE}. */
    synchronized long get(long slot) {
        long[] block = blocks.get(Math.floorDiv(slot, BLOCK_SLOTS));
        return block == null ? NONE : block[Math.floorMod(slot, BLOCK_SLOTS)];
    }
}
