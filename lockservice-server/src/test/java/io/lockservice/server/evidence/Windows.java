package io.lockservice.server.evidence;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Latencies by what went on when an operation was due; all are kept, nothing is rounded away. Any thread. */
final class Windows {
    /** What goes on meanwhile. */
    enum Kind {
        /** Not measured: warming up, or between two windows. */
        NONE,
        /** Nothing but the load. */
        QUIET,
        /** A checkpoint is being taken. */
        CHECKPOINT
    }

    private final Map<Kind, long[]> nanos = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private volatile Kind now = Kind.NONE;

    Windows() {
        for (Kind kind : Kind.values()) {
            nanos.put(kind, new long[1 << 12]);
            counts.put(kind, 0);
        }
    }

    /** What goes on from now on. */
    void enter(Kind kind) {
        now = kind;
    }

    Kind now() {
        return now;
    }

    synchronized void add(Kind kind, long latencyNanos) {
        int count = counts.merge(kind, 1, Integer::sum);
        long[] all = nanos.getOrDefault(kind, new long[0]);
        if (count > all.length) {
            all = Arrays.copyOf(all, all.length * 2);
            nanos.put(kind, all);
        }
        all[count - 1] = latencyNanos;
    }

    synchronized int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    /** The latency that the share {@code quantile} of all stays below, in milliseconds; 1 gives the longest. */
    synchronized double ms(Kind kind, double quantile) {
        int count = count(kind);
        long[] sorted = Arrays.copyOf(nanos.getOrDefault(kind, new long[0]), count);
        Arrays.sort(sorted);
        return count == 0
                ? Double.NaN
                : sorted[Math.min(count - 1, (int) (quantile * count))] / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    /** How much longer the latency at {@code quantile} is while a checkpoint is taken. */
    double ratio(double quantile) {
        return ms(Kind.CHECKPOINT, quantile) / ms(Kind.QUIET, quantile);
    }

    /** The figures of one kind as JSON. */
    String json(Kind kind) {
        return "{\"operations\":%d,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"p999_ms\":%.2f,\"max_ms\":%.2f}"
                .formatted(count(kind), ms(kind, 0.5), ms(kind, 0.99), ms(kind, 0.999), ms(kind, 1));
    }
}
