package io.lockservice.server.storage;

/**
 * What a {@link JournalWriter} has done since it was made.
 *
 * @param batches appended, each with at least one sync
 * @param records in these batches
 * @param appendNanos time spent in appends, in nanoseconds
 * @param slowestAppendNanos the longest append, in nanoseconds
 * @param queuedBytes of values submitted and not durable yet
 */
public record JournalCounters(
        long batches, long records, long appendNanos, long slowestAppendNanos, long queuedBytes) {}
