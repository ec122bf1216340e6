package io.lockservice.client.bench;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.ServiceChange;
import io.lockservice.client.registry.ServiceInstance;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Instances come and go at a steady rate while many watch all services. How soon a change is known counts from the moment at
 * which the instance was told to come or go until a watching program's listener is told, for each of them.
 */
final class WatchedChanges implements AutoCloseable {
    private static final String CHANGE = "change";
    private static final long SETTLE_SECONDS = 15;

    private final RegistryBench.Shape shape;
    private final List<RegistryBench.Registered> instances;
    private final PrintStream out;
    private final List<LockServiceClient> watching = new ArrayList<>();
    private final Latencies latencies = new Latencies();
    private final Map<String, Change> changes = new HashMap<>();
    private final Thread changer = new Thread(this::change, "changer");
    private int watchers;
    private int missing;
    private volatile boolean over;

    /** One that is on its way to those who watch. */
    private static final class Change {
        private final long sentNanos = System.nanoTime();
        private int waiting;

        Change(int watching) {
            waiting = watching;
        }
    }

    WatchedChanges(RegistryBench.Shape shape, List<RegistryBench.Registered> instances, PrintStream out) {
        this.shape = shape;
        this.instances = new ArrayList<>(instances);
        this.out = out;
    }

    int watchers() {
        return watchers;
    }

    void start() {
        for (int i = 0; i < shape.watching(); i++) {
            LockServiceClient client =
                    LockServiceClient.connect(shape.urls().get(i % shape.urls().size()));
            watching.add(client);
            TestCell.await(NameRegistry.of(client, "watching-" + i).resolveAll(shape.names()))
                    .values()
                    .forEach(service -> {
                        watchers++;
                        service.addListener(this::told);
                    });
        }
        changer.start();
    }

    /** Ends it, and waits until all that happened is known everywhere; returns how often somebody was not told. */
    int finish() throws InterruptedException {
        over = true;
        changer.join();
        synchronized (changes) {
            long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
            while (!changes.isEmpty() && System.nanoTime() - endNanos < 0) {
                changes.wait(10);
            }
            changes.values().forEach(each -> missing += each.waiting);
            out.printf(
                    "until a watcher is told of a change: p50 %.1f ms, p99 %.1f ms, longest %.1f ms; told %,d times, not told %d%n",
                    latencies.micros(0.5) / 1e3,
                    latencies.micros(0.99) / 1e3,
                    latencies.micros(1) / 1e3,
                    latencies.count(),
                    missing);
        }
        return missing;
    }

    /** One after the other as they are due, however long they take; each instance goes, and later comes back as another. */
    private void change() {
        Random random = new Random(1);
        long periodNanos = TimeUnit.SECONDS.toNanos(1) / Math.max(1, shape.changesPerSecond());
        long dueNanos = System.nanoTime();
        List<RegistryBench.Registered> gone = new ArrayList<>();
        long number = 0;
        while (!over || !gone.isEmpty()) {
            dueNanos += periodNanos;
            while (System.nanoTime() - dueNanos < 0) {
                LockSupport.parkNanos(dueNanos - System.nanoTime());
            }
            number++;
            if (gone.size() > shape.changesPerSecond() || over) {
                come(gone.remove(0), number);
            } else {
                RegistryBench.Registered leaving = instances.remove(random.nextInt(instances.size()));
                sent(leaving.registration().service() + "/"
                        + leaving.registration().id());
                leaving.registration().deregister();
                gone.add(leaving);
            }
        }
    }

    private void come(RegistryBench.Registered before, long number) {
        String service = before.registration().service();
        String id = "again-" + number;
        sent(service + "/" + id);
        Instance instance = Instance.at("10.1.0.1", 9_090).withMetadata(CHANGE, Long.toString(number));
        instances.add(
                new RegistryBench.Registered(before.owner(), before.owner().register(service, id, instance)));
    }

    private void sent(String key) {
        synchronized (changes) {
            changes.put(key, new Change(watching.size()));
        }
    }

    private void told(ServiceChange change) {
        long nowNanos = System.nanoTime();
        synchronized (changes) {
            change.added().forEach(each -> told(each, nowNanos));
            change.removed().forEach(each -> told(each, nowNanos));
            changes.notifyAll();
        }
    }

    private void told(ServiceInstance instance, long nowNanos) {
        String key = instance.service() + "/" + instance.id();
        Change change = changes.get(key);
        if (change != null) {
            latencies.add(nowNanos - change.sentNanos);
            change.waiting--;
            if (change.waiting == 0) {
                changes.remove(key);
            }
        }
    }

    @Override
    public void close() {
        over = true;
        watching.forEach(client -> TestCell.await(client.shutdown()));
    }
}
