package io.lockservice.client.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.LockMode;
import io.lockservice.client.LockHeldException;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.election.Candidate;
import io.lockservice.client.election.ElectionOptions;
import io.lockservice.client.election.LeaderElection;
import io.lockservice.client.election.Leadership;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.lock.LockRequest;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EmbeddedCellTest extends CellTest {
    private static final LockOptions EXCLUSIVE = LockOptions.exclusive();

    private Session session(long leaseMs) {
        return TestCell.await(client().openSession(SessionOptions.named("test").withLeaseMs(leaseMs)));
    }

    private String leader() {
        JsonObject cellState = new JsonObject(
                TestCell.await(client().execute(Operation.get("/v1/cell"))).body());
        return cell.urls()[cellState.getInteger("leader") - 1];
    }

    @Test
    void tokensGrowOverGrantsOfAnyLock() {
        DistributedLock locks = DistributedLock.of(session(12_000));
        long last = 0;
        for (int i = 0; i < 20; i++) {
            HeldLock lock = TestCell.await(locks.acquire("/ls/local/locks/n" + i % 3, EXCLUSIVE));
            assertTrue(lock.isHeld());
            assertTrue(TestCell.await(lock.check()));
            assertTrue(lock.token() > last);
            last = lock.token();
            TestCell.await(lock.release());
            assertFalse(TestCell.await(lock.check()));
        }
    }

    @Test
    void aWaiterIsServedWhenTheHolderReleasesAndSeesWhoHoldsMeanwhile() {
        DistributedLock one = DistributedLock.of(session(12_000));
        DistributedLock two = DistributedLock.of(session(12_000));
        HeldLock held = TestCell.await(one.acquire("/ls/test/x", EXCLUSIVE.withNote("backup, host a")));
        AssertionError refused =
                assertThrows(AssertionError.class, () -> TestCell.await(two.tryAcquire("/ls/local/x", EXCLUSIVE)));
        Throwable root =
                refused.getCause() == null ? refused : refused.getCause().getCause();
        assertEquals(
                "backup, host a",
                assertInstanceOf(LockHeldException.class, root).holders().get(0).note());
        Future<HeldLock> waiting = two.acquire("/ls/local/x", EXCLUSIVE);
        TestCell.await(held.release());
        assertTrue(TestCell.await(waiting).token() > held.token());
    }

    @Test
    void aWaitThatEndsGivesUpThePlace() {
        DistributedLock one = DistributedLock.of(session(12_000));
        DistributedLock two = DistributedLock.of(session(12_000));
        HeldLock held = TestCell.await(one.acquire("/ls/local/x", EXCLUSIVE));
        assertThrows(
                AssertionError.class,
                () -> TestCell.await(two.acquire("/ls/local/x", EXCLUSIVE.waitAtMost(Duration.ofMillis(300)))));
        LockRequest cancelled = two.request("/ls/local/x", EXCLUSIVE);
        TestCell.await(cancelled.cancel());
        TestCell.await(held.release());
        assertTrue(TestCell.await(one.tryAcquire("/ls/local/x", EXCLUSIVE)).isHeld(), "nobody waits");
    }

    @Test
    void readersShare() {
        DistributedLock one = DistributedLock.of(session(12_000));
        DistributedLock two = DistributedLock.of(session(12_000));
        HeldLock first = TestCell.await(one.acquire("/ls/local/r", LockOptions.shared()));
        HeldLock second = TestCell.await(two.acquire("/ls/local/r", LockOptions.shared()));
        assertEquals(LockMode.SHARED, second.mode());
        assertTrue(first.isHeld() && second.isHeld());
    }

    @Test
    void closingASessionFreesItsLocksAtOnce() {
        Session session = session(60_000);
        TestCell.await(DistributedLock.of(session).acquire("/ls/local/x", EXCLUSIVE));
        Future<HeldLock> next = DistributedLock.of(session(12_000)).acquire("/ls/local/x", EXCLUSIVE);
        TestCell.await(session.close());
        assertTrue(TestCell.await(next).isHeld());
    }

    @Test
    void aWaitSurvivesTheLeadersStop() {
        DistributedLock one = DistributedLock.of(session(12_000));
        DistributedLock two = DistributedLock.of(session(12_000));
        HeldLock held = TestCell.await(one.acquire("/ls/local/x", EXCLUSIVE));
        Future<HeldLock> waiting = two.acquire("/ls/local/x", EXCLUSIVE);
        cell.stop(leader());
        assertTrue(TestCell.await(DistributedLock.of(session(12_000)).acquire("/ls/local/y", EXCLUSIVE))
                .isHeld());
        assertTrue(held.isHeld());
        assertFalse(waiting.isComplete());
        TestCell.await(held.release());
        assertTrue(TestCell.await(waiting).token() > held.token());
    }

    @Test
    void anElectionPassesOnWithALargerToken() throws Exception {
        Office office = new Office();
        LeaderElection first = LeaderElection.candidate(client(), "/ls/local/leader", office, named("a"));
        long token = office.next();
        LeaderElection second = LeaderElection.candidate(client(), "/ls/local/leader", office, named("b"));
        assertEquals("b", named("b").note());
        assertEquals("a", TestCell.await(second.currentLeader()).orElseThrow().note());
        awaitWaiter("/v1/locks/ls/local/leader");
        TestCell.await(first.resign());
        assertTrue(office.stopped.await(60, TimeUnit.SECONDS));
        assertTrue(office.next() > token);
        second.close();
        assertTrue(office.next() > token + 1, "the first is a candidate again");
        first.close();
    }

    /** Who resigns is a candidate again at once: the other must be in the queue before. */
    private void awaitWaiter(String lock) {
        LockServiceClient client = client();
        while (TestCell.await(client.execute(Operation.get(lock)))
                .json()
                .path("waiters")
                .isEmpty()) {
            Thread.onSpinWait();
        }
    }

    private static ElectionOptions named(String note) {
        return ElectionOptions.named("test").withNote(note);
    }

    @Test
    void aClosedClientSaysSo() {
        LockServiceClient client = client();
        client.close();
        Future<Session> refused = client.openSession(SessionOptions.named("late"));
        AssertionError failed = assertThrows(AssertionError.class, () -> TestCell.await(refused));
        assertFalse(failed.getCause() instanceof LockServiceException);
    }

    private static final class Office implements Candidate {
        private final BlockingQueue<Long> tokens = new LinkedBlockingQueue<>();
        private final CountDownLatch stopped = new CountDownLatch(1);

        @Override
        public void elected(Leadership leadership) {
            tokens.add(leadership.token());
        }

        @Override
        public void revoked() {
            stopped.countDown();
        }

        long next() throws InterruptedException {
            Long token = tokens.poll(60, TimeUnit.SECONDS);
            if (token == null) {
                throw new AssertionError("nobody was elected");
            }
            return token;
        }
    }
}
