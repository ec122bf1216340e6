package io.lockservice.client.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.threadlock.LostLockException;
import io.lockservice.client.threadlock.ThreadLock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.integration.leader.AbstractCandidate;
import org.springframework.integration.leader.Context;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;

/** Locks are the subject here, and taken and lost outside of the usual try and finally. */
@SuppressWarnings("LockNotBeforeTry")
class LockServiceLockRegistryTest extends CellTest {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        thread.shutdownNow();
    }

    private LockServiceLockRegistry registry() {
        LockServiceClient client = LockServiceClient.connect(cell.urls());
        // docs/adapters.md
        LockServiceLockRegistry registry =
                LockServiceLockRegistry.in("/ls/local/orders", client, SessionOptions.named("host-a"));
        opened.add(registry);
        opened.add(client);
        return registry;
    }

    private void force(ThreadLock lock) {
        LockServiceClient operator = LockServiceClient.connect(cell.urls());
        opened.add(operator);
        TestCell.await(
                operator.execute(Operation.delete("/v1/locks" + PercentText.encode(lock.name()) + "?force=true")));
    }

    private boolean onOtherThread(Callable<Boolean> work) throws Exception {
        try {
            return thread.submit(work).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    @Test
    void excludesThreadsAndProgramsAndIsReentrant() throws Exception {
        LockServiceLockRegistry one = registry();
        ThreadLock mine = one.obtain("key");
        ThreadLock theirs = registry().obtain("key");
        assertSame(mine, one.obtain("key"));
        mine.lock();
        assertTrue(mine.tryLock());
        assertTrue(mine.tryLock(1, TimeUnit.SECONDS));
        assertFalse(theirs.tryLock());
        assertFalse(theirs.tryLock(10, TimeUnit.MILLISECONDS));
        assertFalse(onOtherThread(mine::tryLock));
        long token = mine.token().orElseThrow();
        mine.unlock();
        mine.unlock();
        assertFalse(theirs.tryLock());
        mine.unlock();
        assertTrue(theirs.tryLock());
        assertTrue(theirs.token().orElseThrow() > token);
        theirs.unlock();
        assertThrows(IllegalMonitorStateException.class, theirs::unlock);
        assertThrows(UnsupportedOperationException.class, mine::newCondition);
    }

    @Test
    void executesLocked() throws Exception {
        List<String> done = new ArrayList<>();
        registry().executeLocked("key", () -> {
            done.add("once");
        });
        assertEquals(List.of("once"), done);
    }

    @Test
    void aLockThatWasLostIsFreedHereAndSaysSo() throws Exception {
        ThreadLock lock = registry().obtain("key");
        CountDownLatch lost = new CountDownLatch(1);
        lock.lock();
        lock.lock();
        lock.onLost(lost::countDown);
        force(lock);
        assertTrue(lost.await(60, TimeUnit.SECONDS));
        assertThrows(LostLockException.class, lock::unlock);
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        assertTrue(onOtherThread(() -> {
            boolean locked = lock.tryLock(30, TimeUnit.SECONDS);
            lock.unlock();
            return locked;
        }));
        lock.lock();
        lock.unlock();
    }

    @Test
    void anInterruptedWaitGivesUpItsPlace() throws Exception {
        ThreadLock mine = registry().obtain("key");
        ThreadLock theirs = registry().obtain("key");
        mine.lock();
        CountDownLatch waiting = new CountDownLatch(1);
        Future<Boolean> interrupted = thread.submit(() -> {
            waiting.countDown();
            try {
                theirs.lockInterruptibly();
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        waiting.await();
        thread.shutdownNow();
        assertTrue(interrupted.get());
        mine.unlock();
        assertTrue(mine.tryLock(30, TimeUnit.SECONDS));
        mine.unlock();
    }

    @Test
    void unusedLocksAreForgottenHeldOnesNot() {
        LockServiceLockRegistry registry = registry();
        ThreadLock held = registry.obtain("held");
        ThreadLock unused = registry.obtain("unused");
        held.lock();
        registry.expireUnusedOlderThan(60_000);
        assertSame(unused, registry.obtain("unused"));
        registry.expireUnusedOlderThan(-1);
        assertSame(held, registry.obtain("held"));
        assertNotSame(unused, registry.obtain("unused"));
        held.unlock();
    }

    @Test
    void aClosedRegistryFreesItsLocks() {
        LockServiceLockRegistry first = registry();
        ThreadLock lock = first.obtain("key");
        lock.lock();
        first.close();
        ThreadLock next = registry().obtain("key");
        next.lock();
        next.unlock();
        assertThrows(LostLockException.class, lock::unlock);
        assertThrows(IllegalStateException.class, lock::lock);
    }

    @Test
    void springsInitiatorLeadsAndHandsOver() throws Exception {
        BlockingQueue<String> granted = new LinkedBlockingQueue<>();
        BlockingQueue<String> revoked = new LinkedBlockingQueue<>();
        LockServiceLockRegistry registry = registry();
        LockRegistryLeaderInitiator a = initiator(registry, "a", granted, revoked);
        a.start();
        assertEquals("a", next(granted));
        assertTrue(a.getContext().isLeader());
        LockRegistryLeaderInitiator b = initiator(registry(), "b", granted, revoked);
        b.start();
        force(registry.obtain("role"));
        assertEquals("a", next(revoked));
        String second = next(granted);
        (second.equals("a") ? a : b).stop();
        assertEquals(second, next(revoked));
        assertEquals(second.equals("a") ? "b" : "a", next(granted));
        a.stop();
        b.stop();
    }

    private static LockRegistryLeaderInitiator initiator(
            LockServiceLockRegistry registry, String id, BlockingQueue<String> granted, BlockingQueue<String> revoked) {
        LockRegistryLeaderInitiator initiator =
                new LockRegistryLeaderInitiator(registry, new AbstractCandidate(id, "role") {
                    @Override
                    public void onGranted(Context context) {
                        granted.add(id);
                    }

                    @Override
                    public void onRevoked(Context context) {
                        revoked.add(id);
                    }
                });
        initiator.setHeartBeatMillis(50);
        initiator.setBusyWaitMillis(10);
        return initiator;
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        String next = queue.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came");
        }
        return next;
    }
}
