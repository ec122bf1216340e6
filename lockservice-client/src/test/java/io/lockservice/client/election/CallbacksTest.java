package io.lockservice.client.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.Session;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a real thread: the candidate may block. */
@Timeout(30)
class CallbacksTest {
    private final ClientFixture fixture = new ClientFixture();
    private final Session session = fixture.session(fixture.client());
    private final HeldLock lock =
            fixture.now(DistributedLock.of(session).acquire("/ls/local/x", LockOptions.exclusive()));
    private final Leadership leadership = new Leadership(lock, 0);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final CountDownLatch working = new CountDownLatch(1);

    @AfterEach
    void stopThread() {
        thread.shutdownNow();
    }

    private static void await(Future<Void> done) throws Exception {
        done.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void workThatBlocksIsInterruptedAndThenRevoked() throws Exception {
        Callbacks callbacks =
                new Callbacks(new Worker(), thread, session.client().loop());
        Callbacks.Term term = callbacks.term(leadership, () -> told.add("failure"));
        term.begin();
        assertTrue(working.await(20, TimeUnit.SECONDS));
        await(term.end());
        assertEquals(List.of("elected", "interrupted", "revoked clean"), told);
    }

    @Test
    void aLeadershipThatIsOverBeforeTheThreadIsFreeIsNotAnnounced() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        thread.execute(() -> awaitQuietly(busy));
        Callbacks callbacks =
                new Callbacks(new Worker(), thread, session.client().loop());
        Callbacks.Term term = callbacks.term(leadership, () -> told.add("failure"));
        term.begin();
        leadership.end();
        Future<Void> ended = term.end();
        busy.countDown();
        await(ended);
        assertEquals(List.of(), told);
    }

    @Test
    void aFailureIsReportedOnceAndRevokedStillCalled() throws Exception {
        Callbacks callbacks =
                new Callbacks(new Failing(), thread, session.client().loop());
        CountDownLatch failed = new CountDownLatch(1);
        Callbacks.Term term = callbacks.term(leadership, failed::countDown);
        term.begin();
        assertTrue(failed.await(20, TimeUnit.SECONDS));
        await(term.end());
        assertEquals(List.of("failing", "revoked"), told);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker implements Candidate {
        @Override
        public void elected(Leadership now) throws InterruptedException {
            told.add("elected");
            working.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                told.add("interrupted");
                throw e;
            }
        }

        @Override
        public void revoked() {
            told.add("revoked " + (Thread.currentThread().isInterrupted() ? "interrupted" : "clean"));
        }
    }

    private final class Failing implements Candidate {
        @Override
        public void elected(Leadership now) {
            told.add("failing");
            throw new IllegalStateException("planted");
        }

        @Override
        public void revoked() {
            told.add("revoked");
        }
    }
}
