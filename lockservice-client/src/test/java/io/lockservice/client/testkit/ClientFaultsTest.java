package io.lockservice.client.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong with clients and the networks between them and the cell. */
@Timeout(120)
@LockServiceTest
class ClientFaultsTest {
    private static final Operation READ = Operation.get("/v1/cell");
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final SessionOptions SHORT = SessionOptions.named("short").withLeaseMs(2_000);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private Session told(Session session) {
        session.addListener(new SessionListener() {
            @Override
            public void jeopardy(Session doubtful) {
                told.add("jeopardy");
            }

            @Override
            public void safe(Session again) {
                told.add("safe");
            }

            @Override
            public void expired(Session over, SessionExpiredException reason) {
                told.add(reason.closedHere() ? "closed" : "expired");
            }
        });
        return session;
    }

    private String next() throws InterruptedException {
        String next = told.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing was told");
        }
        return next;
    }

    private static HeldLock acquired(Session session, String name, LockOptions options) {
        return LockServiceCell.await(DistributedLock.of(session).acquire(name, options));
    }

    @Test
    void aPartitionedClientsSessionIsInJeopardyAndSafeWhenItHeals(LockServiceCell cell, LockServiceClient client)
            throws Exception {
        Session cutOff = told(cell.session(client, SHORT));
        Session other = cell.session("other");
        cell.partition(client);
        Waiting.until(() -> cutOff.remainingMs() < 400 ? cutOff : null, "the lease is to run out");
        // A new leader begins all leases anew: the cell still has the session when the client does not know it any
        // more.
        cell.transferLeadership();
        assertEquals("jeopardy", next());
        assertEquals(Session.State.JEOPARDY, cutOff.state());
        assertEquals(Session.State.SAFE, other.state());
        LockServiceCell.await(cell.client("other").execute(READ));
        cell.heal(client);
        assertEquals("safe", next());
        LockServiceCell.await(client.execute(READ));
    }

    @Test
    void aPartitionThatHealsInTimeCostsNothing(LockServiceCell cell, LockServiceClient client) throws Exception {
        Session session =
                told(cell.session(client, SessionOptions.named("patient").withLeaseMs(30_000)));
        HeldLock lock = acquired(session, "/ls/local/patient", LockOptions.exclusive());
        cell.partition(client);
        Future<Response> read = client.execute(READ);
        Future<Boolean> check = lock.check();
        LockServiceCell.await(cell.client("other").execute(READ));
        assertFalse(read.isComplete());
        cell.heal(client);
        LockServiceCell.await(read);
        assertTrue(LockServiceCell.await(check));
        assertTrue(lock.isHeld());
        assertTrue(told.isEmpty());
    }

    @Test
    void aPartitionFromOneReplicaIsGoneAround(LockServiceCell cell, LockServiceClient client) {
        Session session = cell.session(client, SHORT);
        cell.network(client).partition(cell.leader());
        LockServiceCell.await(
                session.execute(Operation.put("/v1/files/ls/local/around").withBody(Buffer.buffer("x"))));
        assertThrows(IllegalArgumentException.class, () -> cell.network(client).partition(9));
    }

    @Test
    void anExpiredSessionLeavesItsLockDelay(LockServiceCell cell, LockServiceClient client) throws Exception {
        Session session = told(cell.session(client, SessionOptions.named("dying")));
        String revision = new JsonObject(
                        LockServiceCell.await(client.execute(READ)).body())
                .getValue("revision")
                .toString();
        HeldLock lock =
                acquired(session, "/ls/local/delayed", LockOptions.exclusive().withLockDelayMs(30_000));
        acquired(session, "/ls/local/undelayed", LockOptions.exclusive());
        cell.expire(session);
        assertEquals("expired", next());
        assertFalse(lock.isHeld());
        Session other = cell.session("other");
        assertEquals(
                "lock-delayed",
                assertThrows(LockServiceException.class, () -> acquired(other, "/ls/local/delayed", tryOnce()))
                        .code());
        acquired(other, "/ls/local/undelayed", tryOnce());
        String events = LockServiceCell.await(client.execute(
                        Operation.get("/v1/events?name=/ls/local&recursive=true&waitMs=0&since=" + revision)
                                .header("Accept", "application/json")))
                .body()
                .toString();
        assertTrue(events.contains("session-expired"), events);
    }

    private static LockOptions tryOnce() {
        return LockOptions.exclusive().waitAtMost(Duration.ZERO);
    }

    @Test
    void aSessionExpiresThoughItsClientIsCutOff(LockServiceCell cell, LockServiceClient client) throws Exception {
        Session session = told(cell.session(client, SHORT));
        acquired(session, "/ls/local/cutoff", LockOptions.exclusive());
        cell.partition(client);
        cell.expire(session);
        acquired(cell.session("other"), "/ls/local/cutoff", tryOnce());
        assertEquals("jeopardy", next(), "it finds out by its own clock");
        cell.heal(client);
        assertEquals("expired", next());
    }

    @Test
    void aPausedClientLosesItsLockAndKnowsAtOnce(LockServiceCell cell, LockServiceClient client) {
        HeldLock lock = acquired(cell.session(client, SHORT), "/ls/local/paused", LockOptions.exclusive());
        cell.pause(client, LONG);
        HeldLock next = acquired(cell.session("other"), "/ls/local/paused", LockOptions.exclusive());
        assertFalse(lock.isHeld());
        assertTrue(next.token() > lock.token());
        cell.resume(client);
        assertFalse(LockServiceCell.await(lock.check()));
    }

    @Test
    void aSlowNetworkIsSlowInBothDirections(LockServiceCell cell, LockServiceClient client) {
        LockServiceCell.await(client.execute(READ));
        cell.network(client).delay(Duration.ofMillis(150));
        long startNanos = System.nanoTime();
        LockServiceCell.await(client.execute(READ));
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        assertTrue(tookMs >= 300, "not " + tookMs);
        assertThrows(IllegalArgumentException.class, () -> cell.network(client).delay(Duration.ofHours(1)));
    }

    @Test
    void brokenConnectionsAreMadeAnew(LockServiceCell cell, LockServiceClient client) {
        Session waiting = cell.session(client, SessionOptions.named("waiting"));
        HeldLock held = acquired(cell.session("other"), "/ls/local/cut", LockOptions.exclusive());
        Future<HeldLock> wait = DistributedLock.of(waiting).acquire("/ls/local/cut", LockOptions.exclusive());
        LockServiceCell.await(client.execute(READ));
        cell.network(client).cut();
        LockServiceCell.await(client.execute(READ));
        assertFalse(wait.isComplete());
        LockServiceCell.await(held.release());
        assertTrue(LockServiceCell.await(wait).isHeld());
    }

    @Test
    void aClientOfYourOwnHasANetworkToo(LockServiceCell cell) {
        ClientNetwork network = cell.network("application");
        try (LockServiceClient own = LockServiceClient.connect(network.clientOptions())) {
            Session session = cell.session(own, SHORT);
            assertEquals(3, network.urls().length);
            cell.transferLeadership();
            LockServiceCell.await(session.execute(READ));
            network.partition();
            Future<Response> read = session.execute(READ);
            LockServiceCell.await(cell.client("other").execute(READ));
            LockServiceCell.await(cell.client("other").execute(READ));
            assertFalse(read.isComplete(), "it knows no other way to the leader");
            network.heal();
            LockServiceCell.await(read);
        }
    }

    @Test
    void aClosedClientIsForgotten(LockServiceCell cell) {
        LockServiceClient first = cell.client("short-lived");
        cell.close(first);
        assertThrows(IllegalArgumentException.class, () -> cell.network(first));
        LockServiceCell.await(cell.client("short-lived").execute(READ));
    }
}
