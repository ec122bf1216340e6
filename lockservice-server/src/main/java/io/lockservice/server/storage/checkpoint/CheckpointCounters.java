package io.lockservice.server.storage.checkpoint;

/**
 * What a {@link CheckpointWriter} has done since it was made, and the newest checkpoint there is.
 *
 * @param taken written, read back and kept
 * @param refused that could not be written
 * @param fetched of peers, proved and kept
 * @param lastNanos how long the last one taken was written and read back, in nanoseconds; -1 where none was yet
 * @param newestSlot everything up to here is in the newest one, 0 where there is none
 * @param newestBytes the length of its file, 0 where there is none
 */
public record CheckpointCounters(
        long taken, long refused, long fetched, long lastNanos, long newestSlot, long newestBytes) {}
