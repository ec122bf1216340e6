package io.lockservice.client.shedlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.PercentText;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockExtender;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.LockException;
import org.junit.jupiter.api.Test;

class LockServiceLockProviderTest extends CellTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static LockConfiguration config(String name, Duration atMost, Duration atLeast) {
        return new LockConfiguration(ClockProvider.now(), name, atMost, atLeast);
    }

    private static FencedSimpleLock locked(LockServiceLockProvider provider, Duration atMost, Duration atLeast) {
        Optional<SimpleLock> lock = provider.lock(config("task", atMost, atLeast));
        return assertInstanceOf(FencedSimpleLock.class, lock.orElseThrow());
    }

    /** Another's request, which the cell grants when the lock is free: how the tests wait for that. */
    private Future<HeldLock> waiting(String name) {
        return client().openSession(SessionOptions.named("waiting"))
                .compose(session -> DistributedLock.of(session).acquire(name, LockOptions.exclusive()));
    }

    private void force(LockServiceLockProvider provider) {
        String path = "/v1/locks" + PercentText.encode(provider.nameOf("task")) + "?force=true";
        TestCell.await(client().execute(Operation.delete(path)));
    }

    @Test
    void providersOfSeveralProgramsExcludeEachOtherAndTokensGrow() {
        LockServiceLockProvider one = LockServiceLockProvider.of(client(), "one");
        LockServiceLockProvider two = LockServiceLockProvider.of(client(), "two");
        FencedSimpleLock first = locked(one, MINUTE, Duration.ZERO);
        assertTrue(first.isHeld());
        assertEquals("/ls/local/shedlock/task", first.name());
        assertTrue(two.lock(config("task", MINUTE, Duration.ZERO)).isEmpty());
        first.unlock();
        assertFalse(first.isHeld());
        FencedSimpleLock second = locked(two, MINUTE, Duration.ZERO);
        assertTrue(second.token() > first.token());
        assertTrue(second.sequencer().contains("/task"));
    }

    @Test
    void aProgramThatIsGoneKeepsItsLockForItsTimeAndNoLonger() {
        Vertx process = Vertx.vertx();
        LockServiceClient dying =
                LockServiceClient.connect(ClientOptions.of(cell.urls()).vertx(process));
        FencedSimpleLock lock =
                locked(LockServiceLockProvider.of(dying, "dying"), Duration.ofSeconds(2), Duration.ZERO);
        long lockedNanos = System.nanoTime();
        TestCell.await(process.close());
        HeldLock next = TestCell.await(waiting(lock.name()));
        long heldMs = Duration.ofNanos(System.nanoTime() - lockedNanos).toMillis();
        assertTrue(heldMs > 1_500, "held for " + heldMs + " ms after it was locked, for 2,000 ms");
        assertTrue(next.token() > lock.token());
    }

    @Test
    void aLockUnlockedTooSoonIsKeptByTheCellAlsoForAProgramThatIsGone() {
        Vertx process = Vertx.vertx();
        LockServiceClient dying =
                LockServiceClient.connect(ClientOptions.of(cell.urls()).vertx(process));
        long startNanos = System.nanoTime();
        FencedSimpleLock lock = locked(LockServiceLockProvider.of(dying, "dying"), MINUTE, Duration.ofSeconds(2));
        lock.unlock();
        TestCell.await(process.close());
        LockServiceLockProvider other = LockServiceLockProvider.of(client(), "other");
        assertTrue(other.lock(config("task", MINUTE, Duration.ZERO)).isEmpty());
        TestCell.await(waiting(lock.name()));
        long heldMs = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
        assertTrue(heldMs >= 1_900 && heldMs < 30_000, "held for " + heldMs + " ms instead of 2,000");
    }

    @Test
    void extendedBeyondItsFirstTimeItIsKeptAlive() {
        LockServiceLockProvider provider = LockServiceLockProvider.of(client(), "one");
        FencedSimpleLock first = locked(provider, Duration.ofSeconds(1), Duration.ZERO);
        long startNanos = System.nanoTime();
        SimpleLock longer = first.extend(Duration.ofSeconds(4), Duration.ZERO).orElseThrow();
        assertEquals(
                first.token(), assertInstanceOf(FencedSimpleLock.class, longer).token());
        HeldLock next = TestCell.await(waiting(first.name()));
        long heldMs = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
        assertTrue(heldMs >= 3_900, "held for " + heldMs + " ms instead of 4,000");
        longer.unlock();
        assertTrue(next.isHeld(), "a lock that was lost is not released");
    }

    @Test
    void whatAnOperatorReleasedIsNotExtendedNorReleasedAgain() {
        LockServiceLockProvider provider = LockServiceLockProvider.of(client(), "one");
        FencedSimpleLock lost = locked(provider, MINUTE, Duration.ZERO);
        force(provider);
        FencedSimpleLock next = locked(LockServiceLockProvider.of(client(), "two"), MINUTE, Duration.ZERO);
        assertTrue(lost.extend(MINUTE, Duration.ZERO).isEmpty());
        FencedSimpleLock again =
                locked(LockServiceLockProvider.in("/ls/local/other", client(), "x"), MINUTE, Duration.ZERO);
        again.unlock();
        assertTrue(next.extend(MINUTE, Duration.ZERO).isPresent());
    }

    @Test
    void unlockingWhatWasLostIsNoError() {
        LockServiceLockProvider provider = LockServiceLockProvider.of(client(), "one");
        FencedSimpleLock lost = locked(provider, MINUTE, MINUTE);
        force(provider);
        HeldLock next = TestCell.await(waiting(lost.name()));
        lost.unlock();
        assertTrue(TestCell.await(next.check()));
    }

    @Test
    void namesMayBeAnything() {
        LockServiceLockProvider provider = LockServiceLockProvider.of(client(), "one");
        for (String name : List.of("a/b", "a%2Fb", "..", ".", "com.acme.Jobs#nightly run", "caf\u00e9\n", "%")) {
            SimpleLock lock = provider.lock(config(name, MINUTE, Duration.ZERO)).orElseThrow();
            assertTrue(provider.lock(config(name, MINUTE, Duration.ZERO)).isEmpty(), name);
            lock.unlock();
        }
        assertThrows(
                IllegalArgumentException.class, () -> provider.lock(config("x".repeat(300), MINUTE, Duration.ZERO)));
    }

    @Test
    void aCellThatCannotBeReachedIsAnError() {
        LockServiceClient lonely = closing(
                LockServiceClient.connect(ClientOptions.of("http://127.0.0.1:1").operationTimeoutMs(200)));
        LockServiceLockProvider provider = LockServiceLockProvider.of(lonely, "one");
        assertThrows(LockException.class, () -> provider.lock(config("task", MINUTE, Duration.ZERO)));
    }

    @Test
    void eventLoopsAreNotBlocked() {
        LockServiceLockProvider provider = LockServiceLockProvider.of(client(), "one");
        Vertx vertx = Vertx.vertx();
        Future<Throwable> refused =
                Future.future(promise -> vertx.runOnContext(ignored -> promise.complete(assertThrows(
                        IllegalStateException.class, () -> provider.lock(config("task", MINUTE, Duration.ZERO))))));
        assertTrue(String.valueOf(TestCell.await(refused)).contains("event loop"));
        TestCell.await(vertx.close());
    }

    @Test
    void theExampleOfTheDocumentation() throws Throwable {
        List<String> done = new ArrayList<>();
        LockServiceClient client = client();
        // docs/adapters.md
        LockingTaskExecutor tasks = new DefaultLockingTaskExecutor(LockServiceLockProvider.of(client, "host-a"));
        LockConfiguration nightly =
                new LockConfiguration(ClockProvider.now(), "nightly", Duration.ofMinutes(10), Duration.ofSeconds(0));
        LockingTaskExecutor.TaskResult<String> result = tasks.executeWithLock(
                () -> {
                    done.add("report");
                    LockExtender.extendActiveLock(Duration.ofMinutes(20), Duration.ZERO);
                    return "written";
                },
                nightly);
        assertEquals("written", result.getResult());
        assertEquals(List.of("report"), done);
    }
}
