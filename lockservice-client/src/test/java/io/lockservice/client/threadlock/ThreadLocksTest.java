package io.lockservice.client.threadlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.vertx.core.Vertx;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What Spring's registry does not show; the rest is in its test. Locks are the subject, and taken and lost without try. */
@SuppressWarnings("LockNotBeforeTry")
class ThreadLocksTest extends CellTest {
    private static final String NAME = "/ls/local/app/one";

    @Test
    void locksWithASessionThatIsGivenAndGoWithIt() {
        Session session = session(12_000);
        ThreadLocks locks = ThreadLocks.with(session);
        ThreadLock lock = locks.lock(NAME);
        assertSame(lock, locks.lock(NAME));
        assertEquals(OptionalLong.empty(), lock.token());
        lock.lock();
        assertTrue(lock.token().isPresent());
        assertFalse(ThreadLocks.with(session(12_000)).lock(NAME).tryLock());
        TestCell.await(session.close());
        assertEquals(OptionalLong.empty(), lock.token());
        LostLockException lost = assertThrows(LostLockException.class, lock::unlock);
        assertTrue(String.valueOf(lost.getMessage()).contains(NAME));
        assertThrows(SessionExpiredException.class, lock::lock);
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
    }

    @Test
    void aSessionThatIsGivenIsNotClosedWithTheLocks() {
        Session session = session(12_000);
        ThreadLocks locks = ThreadLocks.with(session);
        ThreadLock lock = locks.lock(NAME);
        lock.lock();
        locks.close();
        lock.unlock();
        assertTrue(session.isSafe());
        assertThrows(IllegalStateException.class, lock::lock);
    }

    @Test
    void oneThreadOfAllProgramsAlsoOverAChangeOfLeader() throws Exception {
        ThreadLock mine = ThreadLocks.with(client(), SessionOptions.named("a")).lock(NAME);
        ThreadLock theirs =
                ThreadLocks.with(client(), SessionOptions.named("b")).lock(NAME);
        int rounds = 10;
        int[] plain = {0};
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> count(theirs, plain, rounds));
        cell.stop(leader());
        count(mine, plain, rounds);
        other.get(60, TimeUnit.SECONDS);
        assertEquals(2 * rounds, plain[0]);
    }

    /** Not atomic by itself: one that comes in between is seen in the sum. */
    private static void count(ThreadLock lock, int[] plain, int rounds) {
        for (int i = 0; i < rounds; i++) {
            lock.lock();
            try {
                int before = plain[0];
                assertTrue(lock.token().isPresent());
                plain[0] = before + 1;
            } finally {
                lock.unlock();
            }
        }
    }

    @Test
    void aDeadProgramsLockIsFreeAfterItsLease() throws Exception {
        Vertx process = Vertx.vertx();
        ThreadLocks.with(mortalSession(process)).lock(NAME).lock();
        ThreadLock heir =
                ThreadLocks.with(client(), SessionOptions.named("heir")).lock(NAME);
        assertFalse(heir.tryLock());
        TestCell.await(process.close());
        assertTrue(heir.tryLock(60, TimeUnit.SECONDS));
        heir.unlock();
    }
}
