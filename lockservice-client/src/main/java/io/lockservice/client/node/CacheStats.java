package io.lockservice.client.node;

/**
 * What copies are good for, since their session was opened. The numbers are read one after the other while things go on.
 *
 * @param hits reads that were answered from a copy
 * @param misses reads for which the cell was asked
 * @param invalidations how often the cell said that a copy is to be dropped
 * @param evictions copies that were dropped for want of room
 * @param entries copies there are now
 * @param bytes what they take of the heap, about
 */
public record CacheStats(long hits, long misses, long invalidations, long evictions, int entries, long bytes) {
    /** Of a session that keeps no copies. */
    public static final CacheStats NONE = new CacheStats(0, 0, 0, 0, 0, 0);

    /** The part of all reads that was answered from a copy, 0 to 1; 0 where there were none. */
    public double hitRate() {
        return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
    }

    CacheStats plus(CacheStats other) {
        return new CacheStats(
                hits + other.hits,
                misses + other.misses,
                invalidations + other.invalidations,
                evictions + other.evictions,
                entries + other.entries,
                bytes + other.bytes);
    }

    /** Without what there is now. */
    CacheStats ended() {
        return new CacheStats(hits, misses, invalidations, evictions, 0, 0);
    }
}
