package io.lockservice.client.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Every measured latency, kept and sorted at the end: nothing is rounded away. Confined to one thread. */
final class Latencies {
    private long[] nanos = new long[1 << 16];
    private int count;
    private boolean sorted;

    void add(long value) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count] = value;
        count++;
        sorted = false;
    }

    int count() {
        return count;
    }

    /** The latency in microseconds that the share {@code quantile} of all stays below; -1 where there are none. */
    long micros(double quantile) {
        if (count == 0) {
            return -1;
        }
        if (!sorted) {
            Arrays.sort(nanos, 0, count);
            sorted = true;
        }
        int index = Math.min(count - 1, (int) (quantile * count));
        return TimeUnit.NANOSECONDS.toMicros(nanos[index]);
    }
}
