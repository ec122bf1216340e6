package io.lockservice.client.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.LockMode;
import io.lockservice.client.LockHeldException;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class SharedLockTest extends CellTest {
    private static final String NAME = "/ls/local/app/table";

    private SharedLock lock() {
        return SharedLock.of(session(12_000), NAME);
    }

    @Test
    void readersReadTogetherAndAWriterWritesAlone() {
        HeldLock first = TestCell.await(lock().read().acquire());
        HeldLock second = TestCell.await(lock().read().acquire(LockOptions.exclusive()));
        assertTrue(first.isHeld() && second.isHeld() && second.token() > first.token());
        assertEquals(LockMode.SHARED, second.mode());
        assertEquals(
                2,
                TestCell.failure(LockHeldException.class, lock().write().tryAcquire())
                        .holders()
                        .size());
        Future<HeldLock> writer = lock().write().acquire();
        awaitWaiters(NAME, 1);
        TestCell.failure(LockHeldException.class, lock().read().tryAcquire());
        Future<HeldLock> late = lock().read().acquire();
        awaitWaiters(NAME, 2);
        TestCell.await(first.release());
        assertFalse(writer.isComplete());
        TestCell.await(second.release());
        HeldLock written = TestCell.await(writer);
        assertEquals(LockMode.EXCLUSIVE, written.mode());
        assertTrue(written.token() > second.token());
        assertFalse(late.isComplete(), "it came later");
        cell.stop(leader());
        TestCell.await(written.release());
        assertTrue(TestCell.await(late).token() > written.token());
    }

    @Test
    void aDeadReaderHoldsUpAWriterForItsLeaseAndACancelledWriterHoldsUpNobody() {
        Vertx process = Vertx.vertx();
        HeldLock dead = TestCell.await(
                SharedLock.of(mortalSession(process), NAME).read().acquire());
        LockRequest cancelled = lock().write().request(LockOptions.exclusive());
        awaitWaiters(NAME, 1);
        TestCell.await(cancelled.cancel());
        TestCell.failure(CancellationException.class, cancelled.held());
        HeldLock reader = TestCell.await(lock().read().tryAcquire());
        Future<HeldLock> writer = lock().write().acquire();
        TestCell.await(process.close());
        TestCell.await(reader.release());
        assertTrue(TestCell.await(writer).isHeld());
        assertFalse(dead.isHeld());
    }
}
