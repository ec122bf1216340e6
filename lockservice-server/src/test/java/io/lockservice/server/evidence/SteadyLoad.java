package io.lockservice.server.evidence;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * So many operations a second, whatever the cell does: each has its moment, and its latency counts from that moment, so
 * that an operation which waits behind a slow one is slow too. Half write a file, half read one.
 */
final class SteadyLoad implements AutoCloseable {
    private static final int CONNECTIONS = 16;
    private static final byte[] NO_BODY = {};

    private final Function<Random, String> path;
    private final int contentBytes;
    private final Windows windows;
    private final Windows answers = new Windows();
    private final ExecutorService threads = Executors.newCachedThreadPool(SteadyLoad::daemon);
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean stopping;

    /** Starts at once; {@code path} gives the next file. */
    SteadyLoad(
            URI leader, double operationsPerSecond, Function<Random, String> path, int contentBytes, Windows windows) {
        this.path = path;
        this.contentBytes = contentBytes;
        this.windows = windows;
        long everyNanos = (long) (CONNECTIONS * 1e9 / operationsPerSecond);
        for (int i = 0; i < CONNECTIONS; i++) {
            long firstNanos = System.nanoTime() + i * everyNanos / CONNECTIONS;
            Random random = new Random(i);
            running.add(threads.submit(() -> {
                client(leader, firstNanos, everyNanos, random);
                return null;
            }));
        }
        running.add(threads.submit(() -> {
            prober(leader);
            return null;
        }));
    }

    /** A thread that does not keep a failed program from its end. */
    static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    private void client(URI leader, long firstNanos, long everyNanos, Random random) throws IOException {
        try (WireConnection connection = new WireConnection(leader)) {
            byte[] content = new byte[contentBytes];
            for (long dueNanos = firstNanos; !stopping; dueNanos += everyNanos) {
                await(dueNanos);
                Windows.Kind kind = windows.now();
                if (random.nextBoolean()) {
                    random.nextBytes(content);
                    connection.exchange("PUT", path.apply(random), content);
                } else {
                    connection.exchange("GET", path.apply(random), NO_BODY);
                }
                windows.add(kind, System.nanoTime() - dueNanos);
            }
        }
    }

    /** What runs on the event loop alone tells how long the event loop was held up. */
    private void prober(URI leader) throws IOException {
        long everyNanos = TimeUnit.MILLISECONDS.toNanos(2);
        try (WireConnection connection = new WireConnection(leader)) {
            for (long dueNanos = System.nanoTime(); !stopping; dueNanos += everyNanos) {
                await(dueNanos);
                Windows.Kind kind = windows.now();
                connection.exchange("GET", "/health/live", NO_BODY);
                long now = System.nanoTime();
                answers.add(kind, now - dueNanos);
                dueNanos = Math.max(dueNanos, now - everyNanos);
            }
        }
    }

    private static void await(long dueNanos) {
        for (long now = System.nanoTime(); dueNanos - now > 0; now = System.nanoTime()) {
            LockSupport.parkNanos(dueNanos - now);
        }
    }

    /** Lets so much time go by; fails where a client has failed. */
    void run(long nanos) throws Exception {
        long endNanos = System.nanoTime() + nanos;
        while (System.nanoTime() - endNanos < 0) {
            for (Future<?> each : running) {
                if (each.isDone()) {
                    each.get();
                }
            }
            await(Math.min(endNanos, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50)));
        }
    }

    /** How long the event loop took for what needs nothing else. */
    Windows eventLoop() {
        return answers;
    }

    @Override
    public void close() {
        stopping = true;
        threads.shutdown();
    }
}
