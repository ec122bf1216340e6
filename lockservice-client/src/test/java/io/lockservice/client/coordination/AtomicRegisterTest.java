package io.lockservice.client.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AtomicRegisterTest extends CellTest {
    private static final String NAME = "/ls/local/app/value";

    @Test
    void isReadSetAndReplacedOnlyWhereNobodyElseDid() {
        AtomicRegister mine = AtomicRegister.of(client(), NAME);
        AtomicRegister theirs = AtomicRegister.of(client(), NAME);
        assertEquals(Optional.empty(), TestCell.await(mine.get()));
        AtomicRegister.Value first = TestCell.await(mine.compareAndSet(Optional.empty(), Buffer.buffer("a")))
                .orElseThrow();
        assertEquals(1, first.generation());
        assertEquals(
                Optional.empty(),
                TestCell.await(theirs.compareAndSet(Optional.empty(), Buffer.buffer("b"))),
                "it is there");
        AtomicRegister.Value read = TestCell.await(theirs.get()).orElseThrow();
        assertEquals(first, read);
        AtomicRegister.Value second = TestCell.await(theirs.set("b"));
        assertTrue(second.generation() > first.generation());
        assertEquals(
                Optional.empty(),
                TestCell.await(mine.compareAndSet(Optional.of(first), Buffer.buffer("c"))),
                "too late");
        assertTrue(TestCell.await(mine.compareAndSet(Optional.of(second), Buffer.buffer("c")))
                .isPresent());
        assertEquals("c", TestCell.await(mine.get()).orElseThrow().text());
    }

    @Test
    void bytesThatAreNoTextComeBack() {
        AtomicRegister register = AtomicRegister.of(client(), NAME);
        Buffer bytes = Buffer.buffer(new byte[] {(byte) 0xff, 0, (byte) 0x80});
        TestCell.await(register.set(bytes));
        assertEquals(bytes, TestCell.await(register.get()).orElseThrow().content());
    }

    @Test
    void anUpdateThatThrowsWritesNothing() {
        AtomicRegister register = AtomicRegister.of(client(), NAME);
        TestCell.await(register.set("a"));
        Future<?> failed = register.update(content -> {
            throw new IllegalStateException("no");
        });
        assertEquals("no", TestCell.failure(IllegalStateException.class, failed).getMessage());
        assertEquals("a", TestCell.await(register.get()).orElseThrow().text());
        assertThrows(IllegalArgumentException.class, () -> register.settlingWithin(Duration.ofMinutes(10)));
    }

    @Test
    void whoLostTheLockWritesNoMore() {
        DistributedLock locks = DistributedLock.of(session(12_000));
        HeldLock lock = TestCell.await(locks.acquire("/ls/local/app/lock", LockOptions.exclusive()));
        AtomicRegister fenced = AtomicRegister.of(client(), NAME).fencedBy(lock);
        TestCell.await(fenced.set("held"));
        AtomicCounter counter = AtomicCounter.of(client(), NAME + "-count").fencedBy(lock);
        assertEquals(1, TestCell.await(counter.incrementAndGet()));
        TestCell.await(client().execute(Operation.delete(DistributedLock.path("/ls/local/app/lock") + "?force=true")));
        // The program may not have heard of it: either it knows itself, or the cell refuses.
        String code =
                TestCell.failure(LockServiceException.class, fenced.set("late")).code();
        assertTrue(List.of("lock-lost", "sequencer-invalid").contains(code), code);
        TestCell.failure(LockServiceException.class, counter.incrementAndGet());
        assertEquals("held", TestCell.await(fenced.get()).orElseThrow().text());
    }

    @Test
    void everyAdditionIsDoneOnceAlsoOverAChangeOfLeader() throws Exception {
        int programs = 4;
        int additions = 15;
        CountDownLatch half = new CountDownLatch(programs * additions / 2);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < programs; i++) {
            AtomicCounter mine = AtomicCounter.of(client(), NAME);
            Thread thread = new Thread(() -> {
                try {
                    for (int n = 0; n < additions; n++) {
                        TestCell.await(mine.addAndGet(2));
                        half.countDown();
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
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
        assertEquals(List.of(), failures);
        assertEquals(
                2L * programs * additions,
                TestCell.await(AtomicCounter.of(client(), NAME).get()));
    }

    @Test
    void aCounterIsANumberThatFits() {
        AtomicCounter counter = AtomicCounter.of(client(), NAME);
        assertEquals(0, TestCell.await(counter.get()));
        assertEquals(Long.MAX_VALUE, TestCell.await(counter.addAndGet(Long.MAX_VALUE)));
        TestCell.failure(ArithmeticException.class, counter.incrementAndGet());
        assertEquals(Long.MAX_VALUE, TestCell.await(counter.get()));
        TestCell.await(AtomicRegister.of(client(), NAME).set("seven"));
        assertEquals(
                "not-a-number",
                TestCell.failure(LockServiceException.class, counter.incrementAndGet())
                        .code());
    }
}
