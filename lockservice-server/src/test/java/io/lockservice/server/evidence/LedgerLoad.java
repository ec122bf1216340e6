package io.lockservice.server.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.process.CellProcesses;
import io.lockservice.server.process.RetryingClient;
import io.lockservice.server.process.RetryingClient.Answer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
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
 * Clients that write files of their own and contend for locks, and a ledger of what they were told, checked as they go.
 * Careful ones repeat a write with its key until it is answered. Careless ones try each once and go on: what had no answer
 * may have been done, or be done later.
 */
final class LedgerLoad {
    private static final int CAREFUL = 4;
    private static final int BULKY = 2;
    private static final int CARELESS = 3;
    private static final int LOCKERS = 4;
    private static final int LOCKS = 2;
    private static final int SMALL_BYTES = 30;
    private static final int BULKY_BYTES = 48_000;
    private static final long PATIENCE_SECONDS = 180;
    private static final int FAR_MORE = 1_000_000;
    private static final byte[] NO_BODY = {};
    private static final String FILES = "/v1/files/ls/local/";

    private final CellProcesses cell;
    private final List<FileLedger> files = new ArrayList<>();
    private final List<Future<?>> clients = new ArrayList<>();
    private final Set<Long> tokens = ConcurrentHashMap.newKeySet();
    private final List<AtomicReference<String>> holders = new ArrayList<>();
    private final List<AtomicLong> lastTokens = new ArrayList<>();
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong highestRevision = new AtomicLong();
    private final AtomicLong lastSuccessNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong longestGapNanos = new AtomicLong();
    private final Semaphore more = new Semaphore(0);
    private ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean stopping;

    LedgerLoad(CellProcesses cell) {
        this.cell = cell;
        for (int i = 0; i < CAREFUL + BULKY + CARELESS; i++) {
            files.add(new FileLedger("file-" + i, isBulky(i) ? BULKY_BYTES : SMALL_BYTES));
        }
        for (int i = 0; i < LOCKS; i++) {
            holders.add(new AtomicReference<>());
            lastTokens.add(new AtomicLong());
        }
    }

    /** Starts the clients, for the first time or again. */
    void start() {
        stopping = false;
        lastSuccessNanos.set(System.nanoTime());
        threads = Executors.newCachedThreadPool();
        for (int i = 0; i < files.size(); i++) {
            int id = i;
            run(() -> writer(id));
        }
        for (int i = 0; i < LOCKERS; i++) {
            int id = i;
            run(() -> locker(id));
        }
    }

    private void run(Callable<Void> client) {
        clients.add(threads.submit(() -> {
            try {
                return client.call();
            } finally {
                more.release(FAR_MORE);
            }
        }));
    }

    private void succeeded() {
        operations.incrementAndGet();
        more.release();
        long now = System.nanoTime();
        longestGapNanos.accumulateAndGet(now - lastSuccessNanos.getAndSet(now), Math::max);
    }

    /** Waits until so many more operations have succeeded; fails as soon as a client has failed. */
    void awaitMore(int count) throws Exception {
        more.drainPermits();
        boolean enough = more.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS);
        failWhereAClientHas();
        assertTrue(enough, "operations do not go on");
    }

    /** Fails as soon as a client has failed. */
    void failWhereAClientHas() throws Exception {
        for (Future<?> client : clients) {
            if (client.isDone()) {
                client.get();
            }
        }
    }

    /** Stops the clients, each after the answer it waits for. */
    void stop() throws Exception {
        stopping = true;
        for (Future<?> client : clients) {
            client.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        clients.clear();
        threads.shutdown();
    }

    private RetryingClient client(int id) {
        return new RetryingClient(cell, 1 + id % CellProcesses.REPLICAS, this::succeeded);
    }

    private Void writer(int id) throws Exception {
        RetryingClient client = client(id);
        FileLedger file = files.get(id);
        Random random = new Random(id);
        while (!stopping) {
            write(client, file, id >= CAREFUL + BULKY);
            if (random.nextInt(4) == 0) {
                read(client, file);
            }
        }
        return null;
    }

    private static boolean isBulky(int id) {
        return id >= CAREFUL && id < CAREFUL + BULKY;
    }

    private void write(RetryingClient client, FileLedger file, boolean once) throws Exception {
        long write = file.next();
        byte[] content = file.content(write);
        long floor = highestRevision.get();
        Answer answer = once
                ? client.tryOnce(
                        "PUT",
                        FILES + file.name(),
                        null,
                        content,
                        UUID.randomUUID().toString())
                : client.ask("PUT", FILES + file.name(), null, content);
        if (answer == null) {
            file.unanswered(write);
            return;
        }
        assertTrue(answer.status() == 200 || answer.status() == 201, () -> text(answer));
        file.acknowledged(write, answer.json().get("contentGeneration").asLong());
        writtenBytes.addAndGet(content.length);
        checkRevision(answer, floor);
    }

    private void read(RetryingClient client, FileLedger file) throws Exception {
        long floor = highestRevision.get();
        Answer answer = client.ask("GET", FILES + file.name(), null, NO_BODY);
        checkRevision(answer, floor);
        if (answer.status() == 404) {
            file.readNothing();
        } else {
            file.read(answer.body(), generation(answer.response()));
        }
    }

    /** Whatever was acknowledged before a call began is in what it reflects. */
    private void checkRevision(Answer answer, long floor) {
        long revision = answer.response()
                .headers()
                .firstValueAsLong("Lockservice-Revision")
                .orElseThrow(() -> new AssertionError("no revision: " + text(answer)));
        assertTrue(revision >= floor, () -> "revision " + floor + " was told before, and now " + revision);
        highestRevision.accumulateAndGet(revision, Math::max);
    }

    private Void locker(int id) throws Exception {
        RetryingClient client = client(id);
        int lock = id % LOCKS;
        String path = "/v1/locks/ls/local/locks/lock-" + lock;
        byte[] wait = "{\"waitMs\":2000}".getBytes(StandardCharsets.UTF_8);
        String session = openSession(client);
        long keptNanos = System.nanoTime();
        while (!stopping) {
            if (System.nanoTime() - keptNanos > TimeUnit.SECONDS.toNanos(5)) {
                keptNanos = System.nanoTime();
                Answer kept = client.ask("POST", "/v1/sessions/" + session + "/keepalive", null, NO_BODY);
                assertEquals(200, kept.status(), () -> text(kept));
            }
            Answer answer = client.ask("PUT", path, session, wait);
            if (answer.status() == 409) {
                continue;
            }
            assertEquals(200, answer.status(), () -> text(answer));
            hold(lock, session, answer.json().get("token").asLong());
            Answer released = client.ask("DELETE", path, session, NO_BODY);
            assertEquals(200, released.status(), () -> text(released));
        }
        Answer closed = client.ask("DELETE", "/v1/sessions/" + session, null, NO_BODY);
        assertEquals(204, closed.status(), () -> text(closed));
        return null;
    }

    private static String openSession(RetryingClient client) throws Exception {
        byte[] lease = "{\"leaseMs\":120000}".getBytes(StandardCharsets.UTF_8);
        return client.ask("POST", "/v1/sessions", null, lease)
                .json()
                .get("session")
                .asText();
    }

    private void hold(int lock, String session, long token) {
        assertTrue(tokens.add(token), "token " + token + " came twice");
        assertNull(holders.get(lock).getAndSet(session), "two holders of lock " + lock);
        long before = lastTokens.get(lock).getAndSet(token);
        assertTrue(before < token, "token " + token + " after " + before);
        assertEquals(session, holders.get(lock).getAndSet(null), "two holders of lock " + lock);
    }

    /** While no client runs: every file is what the ledger says, asked of any replica. */
    void checkAll() throws Exception {
        RetryingClient client = client(0);
        for (FileLedger file : files) {
            read(client, file);
        }
    }

    static String path(FileLedger file) {
        return FILES + file.name();
    }

    static long generation(HttpResponse<byte[]> answer) {
        String tag = answer.headers().firstValue("ETag").orElseThrow();
        return Long.parseLong(tag.substring(tag.indexOf('.') + 1, tag.length() - 1));
    }

    static String text(Answer answer) {
        return answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8);
    }

    List<FileLedger> files() {
        return files;
    }

    long writtenBytes() {
        return writtenBytes.get();
    }

    /** The longest time without any successful operation since the last call. */
    long takeLongestGapMs() {
        return longestGapNanos.getAndSet(0) / 1_000_000;
    }

    @Override
    public String toString() {
        return operations + " operations, "
                + files.stream().mapToLong(FileLedger::acknowledged).sum() + " acknowledged writes ("
                + writtenBytes.get() / 1_000_000 + " MB), "
                + files.stream().mapToLong(FileLedger::unanswered).sum() + " without an answer of which "
                + files.stream().mapToLong(FileLedger::doneUnanswered).sum() + " were done, " + tokens.size()
                + " grants";
    }
}
