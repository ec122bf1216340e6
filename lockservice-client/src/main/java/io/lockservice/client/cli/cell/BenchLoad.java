package io.lockservice.client.cli.cell;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.LockOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One workload that runs. Confined to the client's loop, but for what is volatile. */
final class BenchLoad {
    private static final long LEASE_MS = 60_000;
    private static final long PAUSE_MS = 20;
    private static final int CONTENT_BYTES = 256;

    private final LockServiceClient client;
    private final Loop loop;
    private final Workload workload;
    private final int clients;
    private final String directory;
    private final long beginNanos;
    private final long endNanos;
    private final Promise<BenchResult> result = Promise.promise();
    private final Map<String, Integer> errors = new TreeMap<>();
    private long[] nanos = new long[1 << 14];
    private volatile int operations;
    private int running;

    private BenchLoad(
            LockServiceClient client, Workload workload, int clients, String directory, long warmMs, long measuredMs) {
        this.client = client;
        this.loop = client.loop();
        this.workload = workload;
        this.clients = clients;
        this.directory = directory;
        this.beginNanos = loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(warmMs);
        this.endNanos = beginNanos + TimeUnit.MILLISECONDS.toNanos(measuredMs);
    }

    static BenchLoad start(
            LockServiceClient client, Workload workload, int clients, String directory, long warmMs, long measuredMs) {
        BenchLoad load = new BenchLoad(client, workload, clients, directory, warmMs, measuredMs);
        load.loop.execute(load::begin);
        return load;
    }

    Future<BenchResult> result() {
        return result.future();
    }

    boolean isOver() {
        return result.future().isComplete() || leftMs() <= 0;
    }

    long leftMs() {
        return TimeUnit.NANOSECONDS.toMillis(endNanos - loop.nanoTime());
    }

    /** How many were measured so far; from any thread. */
    int operations() {
        return operations;
    }

    private void begin() {
        List<Future<Supplier<Future<?>>>> ready = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            ready.add(operation(directory + "/" + workload + "-" + i));
        }
        Future.join(ready).onComplete((all, failure) -> {
            if (failure != null) {
                result.fail(failure);
                return;
            }
            running = clients;
            ready.forEach(each -> next(each.result()));
        });
    }

    private Future<Supplier<Future<?>>> operation(String name) {
        Operation write = Operation.put("/v1/files" + name).withBody(Buffer.buffer(new byte[CONTENT_BYTES]));
        return switch (workload) {
            case LOCK_CYCLE ->
                client.openSession(SessionOptions.named("lockctl bench").withLeaseMs(LEASE_MS))
                        .map(session -> () -> cycle(session, name));
            case WRITE -> Future.succeededFuture(() -> client.execute(write));
            case READ -> client.execute(write).map(written -> () -> client.execute(Operation.get("/v1/files" + name)));
        };
    }

    private static Future<?> cycle(Session session, String name) {
        return DistributedLock.of(session)
                .tryAcquire(name, LockOptions.exclusive())
                .compose(lock -> lock.release());
    }

    private void next(Supplier<Future<?>> operation) {
        long startNanos = loop.nanoTime();
        if (startNanos - endNanos >= 0) {
            running--;
            if (running == 0) {
                result.complete(measured());
            }
            return;
        }
        operation.get().onComplete((done, failure) -> {
            long nowNanos = loop.nanoTime();
            boolean counts = startNanos - beginNanos >= 0;
            if (failure == null) {
                if (counts && nowNanos - endNanos <= 0) {
                    add(nowNanos - startNanos);
                }
                next(operation);
            } else {
                if (counts) {
                    String kind = failure instanceof LockServiceException refusal
                            ? refusal.code()
                            : failure.getClass().getSimpleName();
                    errors.merge(kind, 1, Integer::sum);
                }
                loop.after(PAUSE_MS, () -> next(operation));
            }
        });
    }

    private void add(long tookNanos) {
        int count = operations;
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count] = tookNanos;
        operations = count + 1;
    }

    private BenchResult measured() {
        int count = operations;
        Arrays.sort(nanos, 0, count);
        return new BenchResult(
                workload.toString(),
                clients,
                (endNanos - beginNanos) / 1e9,
                count,
                quantileMs(0.5),
                quantileMs(0.99),
                quantileMs(1),
                errors.values().stream().mapToInt(Integer::intValue).sum(),
                errors.toString());
    }

    private double quantileMs(double quantile) {
        int count = operations;
        return count == 0
                ? 0
                : TimeUnit.NANOSECONDS.toMicros(nanos[Math.min(count - 1, (int) (quantile * count))]) / 1e3;
    }
}
