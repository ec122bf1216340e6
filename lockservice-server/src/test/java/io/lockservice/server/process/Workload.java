package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sixteen clients: eight write files of their own, eight contend for four locks. They keep a ledger of what was
 * acknowledged and check as they go: no token twice, no two holders, every acknowledged write there, each done once.
 */
final class Workload {
    private static final int WRITERS = 8;
    private static final int LOCKERS = 8;
    private static final int LOCKS = 4;
    private static final int FAR_MORE = 1_000_000;
    private static final byte[] NO_BODY = {};

    private final CellProcesses cell;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> clients = new ArrayList<>();
    private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();
    private final Set<Long> tokens = ConcurrentHashMap.newKeySet();
    private final List<AtomicReference<String>> holders = new ArrayList<>();
    private final AtomicLong successes = new AtomicLong();
    private final AtomicLong grants = new AtomicLong();
    private final AtomicLong lastSuccessNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong longestGapNanos = new AtomicLong();
    private final Semaphore more = new Semaphore(0);
    private volatile boolean stopping;

    Workload(CellProcesses cell) {
        this.cell = cell;
        for (int i = 0; i < LOCKS; i++) {
            holders.add(new AtomicReference<>());
        }
    }

    void start() {
        for (int i = 0; i < WRITERS; i++) {
            int id = i;
            run(() -> writer(id));
        }
        for (int i = 0; i < LOCKERS; i++) {
            int id = i;
            run(() -> locker(id));
        }
    }

    private void succeeded() {
        successes.incrementAndGet();
        more.release();
        long now = System.nanoTime();
        long gap = now - lastSuccessNanos.getAndSet(now);
        longestGapNanos.accumulateAndGet(gap, Math::max);
    }

    /** The longest time without any successful operation since the last call. */
    long takeLongestGapMs() {
        return longestGapNanos.getAndSet(0) / 1_000_000;
    }

    /** Waits until so many more operations have succeeded; fails as soon as a client has failed. */
    void awaitMore(int operations) throws Exception {
        more.drainPermits();
        boolean enough = more.tryAcquire(operations, 60, TimeUnit.SECONDS);
        for (Future<?> client : clients) {
            if (client.isDone()) {
                client.get();
            }
        }
        assertTrue(enough, "operations do not go on");
    }

    /** Runs a client; where it fails, nobody waits for more. */
    private void run(Callable<Void> client) {
        clients.add(threads.submit(() -> {
            try {
                return client.call();
            } finally {
                more.release(FAR_MORE);
            }
        }));
    }

    private Void writer(int id) throws Exception {
        RetryingClient client = new RetryingClient(cell, 1 + id % CellProcesses.REPLICAS, this::succeeded);
        String path = "/v1/files/ls/local/file-" + id;
        for (long n = 1; !stopping; n++) {
            byte[] content = Long.toString(n).getBytes(StandardCharsets.UTF_8);
            RetryingClient.Answer answer = client.ask("PUT", path, null, content);
            assertEquals(n == 1 ? 201 : 200, answer.status());
            assertEquals(n, answer.json().get("contentGeneration").asLong(), "each write is done once");
            acknowledged.put(id, n);
        }
        return null;
    }

    private Void locker(int id) throws Exception {
        RetryingClient client = new RetryingClient(cell, 1 + id % CellProcesses.REPLICAS, this::succeeded);
        byte[] lease = "{\"leaseMs\":30000}".getBytes(StandardCharsets.UTF_8);
        String session = client.ask("POST", "/v1/sessions", null, lease)
                .json()
                .get("session")
                .asText();
        long openedNanos = System.nanoTime();
        int lock = id % LOCKS;
        String path = "/v1/locks/ls/local/locks/lock-" + lock;
        byte[] wait = "{\"waitMs\":2000}".getBytes(StandardCharsets.UTF_8);
        while (!stopping) {
            if (System.nanoTime() - openedNanos > TimeUnit.SECONDS.toNanos(5)) {
                openedNanos = System.nanoTime();
                assertEquals(
                        200,
                        client.ask("POST", "/v1/sessions/" + session + "/keepalive", null, NO_BODY)
                                .status());
            }
            RetryingClient.Answer answer = client.ask("PUT", path, session, wait);
            if (answer.status() == 409) {
                continue;
            }
            assertEquals(200, answer.status(), () -> new String(answer.body(), StandardCharsets.UTF_8));
            hold(lock, session, answer.json().get("token").asLong());
            assertEquals(200, client.ask("DELETE", path, session, NO_BODY).status());
        }
        return null;
    }

    private void hold(int lock, String session, long token) {
        assertTrue(tokens.add(token), "token " + token + " came twice");
        grants.incrementAndGet();
        assertNull(holders.get(lock).getAndSet(session), "two holders of lock " + lock);
        assertEquals(session, holders.get(lock).getAndSet(null), "two holders of lock " + lock);
    }

    /** Stops the clients, each after the answer it waits for, and reads every acknowledged write back. */
    void finish() throws Exception {
        stopping = true;
        for (Future<?> client : clients) {
            client.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();
        RetryingClient reader = new RetryingClient(cell, 1, () -> {});
        for (Map.Entry<Integer, Long> each : acknowledged.entrySet()) {
            RetryingClient.Answer answer = reader.ask("GET", "/v1/files/ls/local/file-" + each.getKey(), null, NO_BODY);
            assertEquals(Long.toString(each.getValue()), new String(answer.body(), StandardCharsets.UTF_8));
        }
        assertEquals(WRITERS, acknowledged.size());
        assertTrue(grants.get() > 20, "the locks were used: " + grants);
    }

    /** How often each file was written. */
    Map<Integer, Long> acknowledged() {
        return new TreeMap<>(acknowledged);
    }

    @Override
    public String toString() {
        return successes + " operations, " + grants + " grants, "
                + acknowledged.values().stream().mapToLong(Long::longValue).sum() + " acknowledged writes";
    }
}
