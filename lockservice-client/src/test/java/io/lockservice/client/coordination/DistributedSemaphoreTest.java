package io.lockservice.client.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockHeldException;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.lock.HeldLock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DistributedSemaphoreTest extends CellTest {
    private static final String NAME = "/ls/local/app/connections";
    private static final PermitOptions WAITING = PermitOptions.defaults();

    private DistributedSemaphore semaphore(int permits) {
        return DistributedSemaphore.of(session(12_000), NAME, permits);
    }

    @Test
    void asManyAsThereAreAndTheNextOneWaitsForARelease() throws Exception {
        DistributedSemaphore one = semaphore(2);
        DistributedSemaphore two = semaphore(2);
        HeldLock first = TestCell.await(one.acquire(WAITING.withNote("first")));
        HeldLock second = TestCell.await(one.acquire(WAITING));
        assertTrue(first.isHeld() && second.isHeld() && first.token() < second.token());
        assertEquals(0, TestCell.await(two.availablePermits()));
        LockHeldException refused = TestCell.failure(LockHeldException.class, two.tryAcquire(WAITING));
        assertEquals("first", refused.holders().get(0).note());
        TestCell.failure(LockHeldException.class, two.acquire(WAITING.waitAtMost(Duration.ofMillis(300))));
        Future<HeldLock> waiting = two.acquire(WAITING);
        TestCell.await(second.release());
        HeldLock third = TestCell.await(waiting);
        assertTrue(third.token() > second.token());
        assertTrue(TestCell.await(third.check()));
        TestCell.await(third.release());
        TestCell.await(two.tryAcquire(WAITING));
    }

    @Test
    void anotherNumberOfPermitsIsAnError() throws Exception {
        TestCell.await(semaphore(2).acquire(WAITING));
        LockServiceException refused =
                TestCell.failure(LockServiceException.class, semaphore(3).acquire(WAITING));
        assertEquals("permits-differ", refused.code());
        assertThrows(IllegalArgumentException.class, () -> semaphore(0));
    }

    @Test
    void firstComeFirstServedAndNobodyIsOvertaken() throws Exception {
        HeldLock only = TestCell.await(semaphore(1).acquire(WAITING));
        List<Future<HeldLock>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(semaphore(1).acquire(WAITING));
            awaitWaiters(NAME + "/queue", i);
        }
        long last = only.token();
        TestCell.await(only.release());
        for (Future<HeldLock> next : waiting) {
            HeldLock permit = TestCell.await(next);
            assertTrue(permit.token() > last);
            last = permit.token();
            TestCell.await(permit.release());
        }
    }

    @Test
    void aPermitOfADeadProgramIsAnothersOnceItsLeaseIsOver() throws Exception {
        Vertx process = Vertx.vertx();
        Session mortal = mortalSession(process);
        HeldLock permit =
                TestCell.await(DistributedSemaphore.of(mortal, NAME, 1).acquire(WAITING));
        Future<HeldLock> heir = semaphore(1).acquire(WAITING);
        awaitWaiters(NAME + "/queue", 0);
        TestCell.await(process.close());
        assertTrue(TestCell.await(heir).token() > permit.token());
        assertFalse(permit.isHeld(), "its own clock says so, though nobody could tell it");
    }

    @Test
    void aLockDelayKeepsThePermitOfADeadProgramFromEverybody() throws Exception {
        Vertx process = Vertx.vertx();
        TestCell.await(
                DistributedSemaphore.of(mortalSession(process), NAME, 1).acquire(WAITING.withLockDelayMs(1_500)));
        TestCell.await(process.close());
        DistributedSemaphore mine = semaphore(1);
        awaitNoHolder(mine);
        TestCell.failure(LockHeldException.class, mine.acquire(WAITING.waitAtMost(Duration.ofMillis(200))));
        assertTrue(TestCell.await(mine.acquire(WAITING)).isHeld());
    }

    private static void awaitNoHolder(DistributedSemaphore semaphore) {
        int found;
        do {
            found = TestCell.await(semaphore.holders()).size();
        } while (found > 0);
    }

    @Test
    void aDeadProgramAtTheHeadOfTheQueueDoesNotHoldItUpForEver() throws Exception {
        HeldLock only = TestCell.await(semaphore(1).acquire(WAITING));
        Vertx process = Vertx.vertx();
        DistributedSemaphore.of(mortalSession(process), NAME, 1).acquire(WAITING);
        awaitWaiters(NAME + "/queue", 0);
        Future<HeldLock> behind = semaphore(1).acquire(WAITING);
        awaitWaiters(NAME + "/queue", 1);
        TestCell.await(process.close());
        TestCell.await(only.release());
        assertTrue(TestCell.await(behind).isHeld());
    }

    @Test
    void aRequestCancelledInTheQueueOrAtItsHeadLeavesNothing() throws Exception {
        DistributedSemaphore one = semaphore(1);
        HeldLock only = TestCell.await(one.acquire(WAITING));
        PermitRequest head = semaphore(1).request(WAITING);
        awaitWaiters(NAME + "/queue", 0);
        PermitRequest behind = semaphore(1).request(WAITING);
        awaitWaiters(NAME + "/queue", 1);
        TestCell.await(behind.cancel());
        TestCell.await(head.cancel());
        TestCell.failure(CancellationException.class, head.held());
        TestCell.failure(CancellationException.class, behind.held());
        TestCell.await(only.release());
        assertTrue(TestCell.await(one.tryAcquire(WAITING)).isHeld());
    }

    @Test
    void aPermitWhoseNodeIsDeletedIsLost() throws Exception {
        HeldLock permit = TestCell.await(semaphore(1).acquire(WAITING));
        CountDownLatch lost = new CountDownLatch(1);
        permit.onLost(reason -> lost.countDown());
        TestCell.await(client().execute(Operation.delete("/v1/nodes" + permit.name())));
        assertTrue(lost.await(60, TimeUnit.SECONDS));
        assertFalse(permit.isHeld());
    }

    @Test
    void neverMoreThanThereAreAlsoOverAChangeOfLeader() throws Exception {
        int permits = 2;
        int programs = 5;
        int rounds = 6;
        AtomicInteger inUse = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Set<Long> tokens = ConcurrentHashMap.newKeySet();
        CountDownLatch half = new CountDownLatch(programs * rounds / 2);
        List<Thread> threads = new ArrayList<>();
        Set<String> failures = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < programs; i++) {
            DistributedSemaphore mine = semaphore(permits);
            Thread thread = new Thread(() -> {
                try {
                    for (int round = 0; round < rounds; round++) {
                        HeldLock permit = TestCell.await(mine.acquire(WAITING));
                        most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
                        tokens.add(permit.token());
                        half.countDown();
                        assertTrue(TestCell.await(mine.availablePermits()) >= 0);
                        inUse.decrementAndGet();
                        TestCell.await(permit.release());
                    }
                } catch (Throwable e) {
                    failures.add(e.toString());
                }
            });
            threads.add(thread);
            thread.start();
        }
        half.await();
        cell.stop(leader());
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(new HashSet<>(), failures);
        assertTrue(most.get() <= permits, "in use at a time: " + most);
        assertEquals(programs * rounds, tokens.size());
        assertEquals(0, TestCell.await(semaphore(permits).holders()).size());
    }

    @Test
    void aSessionThatIsClosedLosesItsPermitsAndItsWaits() throws Exception {
        Session session = TestCell.await(
                client().openSession(SessionOptions.named("closing").withLeaseMs(60_000)));
        DistributedSemaphore mine = DistributedSemaphore.of(session, NAME, 1);
        HeldLock permit = TestCell.await(mine.acquire(WAITING));
        Future<HeldLock> waiting = mine.acquire(WAITING);
        TestCell.await(session.close());
        assertFalse(permit.isHeld());
        assertEquals(
                "session-closed",
                TestCell.failure(LockServiceException.class, waiting).code());
        assertTrue(TestCell.await(semaphore(1).acquire(WAITING)).isHeld());
    }
}
