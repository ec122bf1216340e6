package io.lockservice.client.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TokenGuardTest {
    private static final String DISK = "/ls/local/disk";

    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void admitsTheLargestAndLargerOnesOnly() {
        TokenGuard guard = TokenGuard.inMemory();
        assertEquals(OptionalLong.empty(), guard.largest(DISK));
        guard.admit(DISK, 7);
        guard.admit(DISK, 7);
        guard.admit(DISK, 9);
        StaleTokenException refused = assertThrows(StaleTokenException.class, () -> guard.admit(DISK, 8));
        assertEquals(
                List.of(DISK, 8L, 9L, "sequencer-invalid"),
                List.of(refused.resource(), refused.token(), refused.largest(), refused.code()));
        assertFalse(refused.outcomeUnknown());
        guard.admit("another", 1);
        assertEquals(OptionalLong.of(9), guard.largest(DISK));
    }

    @Test
    void aTokenIsPositive() {
        assertThrows(IllegalArgumentException.class, () -> TokenGuard.inMemory().admit(DISK, 0));
    }

    @Test
    void remembersOverARestart() throws IOException {
        MemoryStore store = new MemoryStore();
        TokenGuard.keptIn(store).admit(DISK, 8);
        TokenGuard again = TokenGuard.keptIn(store);
        assertThrows(StaleTokenException.class, () -> again.admit(DISK, 7));
        store.breakDown();
        again.admit(DISK, 8);
    }

    @Test
    void whatCouldNotBeSavedIsNotAdmittedAndWhatIsOlderNeitherAgain() throws IOException {
        MemoryStore store = new MemoryStore();
        TokenGuard guard = TokenGuard.keptIn(store);
        guard.admit(DISK, 7);
        store.breakDown();
        assertThrows(UncheckedIOException.class, () -> guard.admit(DISK, 8));
        assertThrows(UncheckedIOException.class, () -> guard.admit(DISK, 8));
        assertThrows(StaleTokenException.class, () -> guard.admit(DISK, 7));
        assertFalse(guard.answersAtOnce(DISK, 8));
        store.repair();
        guard.admit(DISK, 8);
        assertTrue(guard.answersAtOnce(DISK, 8));
        assertTrue(guard.answersAtOnce(DISK, 7));
        assertEquals(8, store.load().get(DISK));
    }

    @Test
    void aWriteUnderWayIsOverBeforeALargerTokenIsAdmitted() throws Exception {
        TokenGuard guard = TokenGuard.inMemory();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> order = new ArrayList<>();
        Future<String> old = threads.submit(() -> guard.write(DISK, 7, () -> {
            inside.countDown();
            goOn.await();
            order.add("old");
            return "old";
        }));
        inside.await();
        Future<String> next = threads.submit(() -> guard.write(DISK, 8, () -> {
            order.add("new");
            return "new";
        }));
        assertEquals("another of the same holder", guard.write(DISK, 7, () -> "another of the same holder"));
        goOn.countDown();
        assertEquals("old", old.get());
        assertEquals("new", next.get());
        assertEquals(List.of("old", "new"), order);
        assertThrows(StaleTokenException.class, () -> guard.write(DISK, 7, () -> order.add("late")));
        assertEquals(2, order.size());
    }

    @Test
    void aWriteInsideAWriteCannotWaitForItself() {
        TokenGuard guard = TokenGuard.inMemory();
        assertThrows(
                IllegalStateException.class,
                () -> guard.write(DISK, 7, () -> {
                    guard.admit(DISK, 8);
                    return "";
                }));
    }

    @Test
    void ofManyThreadsNoneWritesAfterALargerToken() throws Exception {
        TokenGuard guard = TokenGuard.inMemory();
        AtomicLong storage = new AtomicLong();
        AtomicLong issued = new AtomicLong();
        List<Future<Integer>> holders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            holders.add(threads.submit(() -> {
                int backwards = 0;
                for (int n = 0; n < 2_000; n++) {
                    long token = issued.incrementAndGet();
                    try {
                        backwards += guard.write(DISK, token, () -> storage.getAndSet(token) > token ? 1 : 0);
                    } catch (StaleTokenException tooLate) {
                        Thread.onSpinWait();
                    }
                }
                return backwards;
            }));
        }
        int backwards = 0;
        for (Future<Integer> holder : holders) {
            backwards += value(holder);
        }
        assertEquals(0, backwards);
        assertEquals(storage.get(), guard.largest(DISK).orElseThrow());
    }

    private static int value(Future<Integer> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
