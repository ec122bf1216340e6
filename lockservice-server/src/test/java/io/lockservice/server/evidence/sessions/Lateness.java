package io.lockservice.server.evidence.sessions;

import java.util.Arrays;

/** How late things were; all are kept, nothing is rounded away. Any thread. */
final class Lateness {
    private static final double NANOS_PER_MS = 1e6;

    private long[] nanos = new long[1 << 12];
    private int count;

    synchronized void add(long lateNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = lateNanos;
    }

    /** Forgets what was; returns it as JSON. */
    synchronized String takeJson() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        count = 0;
        return "{\"count\":%d,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f}"
                .formatted(sorted.length, ms(sorted, 0.5), ms(sorted, 0.99), ms(sorted, 1));
    }

    private static double ms(long[] sorted, double quantile) {
        return sorted.length == 0
                ? 0
                : sorted[Math.min(sorted.length - 1, (int) (quantile * sorted.length))] / NANOS_PER_MS;
    }
}
