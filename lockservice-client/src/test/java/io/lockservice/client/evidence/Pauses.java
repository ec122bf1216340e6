package io.lockservice.client.evidence;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** For how long this machine ran nothing that wanted to run: what is late by that is not the cell's doing. From any thread. */
final class Pauses implements AutoCloseable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final ConcurrentLinkedDeque<long[]> all = new ConcurrentLinkedDeque<>();
    private final Thread thread = new Thread(this::watch, "pauses");
    private volatile boolean stopping;

    Pauses start() {
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void watch() {
        long before = System.nanoTime();
        while (!stopping) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            if (now - before > LONG_NANOS) {
                all.add(new long[] {before, now});
            }
            before = now;
        }
    }

    /** How much of the time between these two was such. */
    long within(long fromNanos, long toNanos) {
        long sum = 0;
        for (long[] each : all) {
            sum += Math.max(0, Math.min(each[1], toNanos) - Math.max(each[0], fromNanos));
        }
        return sum;
    }

    @Override
    public void close() {
        stopping = true;
    }
}
