package io.lockservice.client.survival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.election.Candidate;
import io.lockservice.client.election.ElectionOptions;
import io.lockservice.client.election.LeaderElection;
import io.lockservice.client.election.Leadership;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.LockOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Fifty changes of leader in a row, while clients write, lock and lead. */
class LeaderChangesTest extends CellTest {
    private static final int CHANGES = 50;
    private static final int WRITERS = 8;
    private static final int LOCKERS = 4;

    private volatile boolean stopping;

    @Test
    void everyCallIsDoneOnceAndNoSessionNoticesAnything() {
        LockServiceClient client = client();
        States states = new States();
        Session session = TestCell.await(client.openSession(SessionOptions.named("locker")));
        session.addListener(states);
        Steadfast steadfast = new Steadfast();
        LeaderElection election =
                LeaderElection.candidate(client, "/ls/test/steady", steadfast, ElectionOptions.named("steady"));
        List<Writer> writers = new ArrayList<>();
        List<Future<Void>> work = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Writer writer = new Writer(client, "/ls/test/written-" + i);
            writers.add(writer);
            work.add(writer.start());
        }
        ConcurrentLinkedQueue<Long> tokens = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < LOCKERS; i++) {
            work.add(lockAndRelease(DistributedLock.of(session), tokens));
        }
        for (int i = 0; i < CHANGES; i++) {
            changeLeader(client);
        }
        stopping = true;
        TestCell.await(Future.join(work));
        for (Writer writer : writers) {
            assertTrue(writer.done > 0);
            assertEquals(writer.done, writer.contentGeneration(), "each write was done once, and none was lost");
        }
        assertEquals(
                List.copyOf(tokens).stream().distinct().sorted().toList(),
                List.copyOf(tokens),
                "one after the other had the lock, each with a larger token");
        assertEquals(List.of(), states.seen);
        assertEquals(1, steadfast.elected.get());
        assertEquals(0, steadfast.revoked.get());
        election.close();
    }

    /** Another leads, with a larger epoch; done when the cell says so. */
    private static void changeLeader(LockServiceClient client) {
        JsonNode before = cell(client);
        TestCell.await(client.execute(Operation.post("/v1/cell/leader")));
        while (true) {
            JsonNode now = cell(client);
            if (now.path("epoch").asLong() > before.path("epoch").asLong()
                    && now.path("leader").asInt() != before.path("leader").asInt()) {
                return;
            }
        }
    }

    private static JsonNode cell(LockServiceClient client) {
        return TestCell.await(client.execute(Operation.get("/v1/cell"))).json();
    }

    private Future<Void> lockAndRelease(DistributedLock locks, ConcurrentLinkedQueue<Long> tokens) {
        if (stopping) {
            return Future.succeededFuture();
        }
        return locks.acquire("/ls/test/contended", LockOptions.exclusive())
                .compose(lock -> {
                    tokens.add(lock.token());
                    return lock.release();
                })
                .compose(released -> lockAndRelease(locks, tokens));
    }

    /** Writes its file again and again, one write after the other: the file counts them. */
    private final class Writer {
        private final LockServiceClient client;
        private final String path;
        private final Promise<Void> end = Promise.promise();
        private long done;

        Writer(LockServiceClient client, String name) {
            this.client = client;
            this.path = "/v1/files" + name;
        }

        Future<Void> start() {
            client.loop().execute(this::next);
            return end.future();
        }

        private void next() {
            client.execute(Operation.put(path).withBody(Buffer.buffer("written " + done)))
                    .onComplete((written, failure) -> {
                        if (failure != null) {
                            end.fail(failure);
                            return;
                        }
                        done++;
                        if (stopping) {
                            end.complete();
                        } else {
                            next();
                        }
                    });
        }

        long contentGeneration() {
            return TestCell.await(client.execute(Operation.get(path.replace("/files/", "/nodes/"))))
                    .json()
                    .path("contentGeneration")
                    .asLong();
        }
    }

    private static final class States implements SessionListener {
        private final List<String> seen = new ArrayList<>();

        @Override
        public void jeopardy(Session session) {
            seen.add("jeopardy");
        }

        @Override
        public void expired(Session session, SessionExpiredException reason) {
            seen.add(reason.getMessage());
        }
    }

    private static final class Steadfast implements Candidate {
        private final AtomicInteger elected = new AtomicInteger();
        private final AtomicInteger revoked = new AtomicInteger();

        @Override
        public void elected(Leadership leadership) {
            elected.incrementAndGet();
        }

        @Override
        public void revoked() {
            revoked.incrementAndGet();
        }
    }
}
