package io.lockservice.client.threadlock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.SessionOptions;
import io.vertx.core.http.HttpMethod;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A thread that does not wait for the session any more. On virtual time, which stands still while it waits. */
class InterruptedOpeningTest {
    @Test
    void aSessionThatNobodyWaitedForIsEnded() throws Exception {
        ClientFixture fixture = new ClientFixture();
        ThreadLock lock =
                ThreadLocks.with(fixture.client(), SessionOptions.named("a")).lock("/ls/local/app/one");
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                lock.lockInterruptibly();
                outcome.complete(new AssertionError("locked"));
            } catch (Throwable e) {
                outcome.complete(e);
            }
        });
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        assertEquals(
                InterruptedException.class, outcome.get(20, TimeUnit.SECONDS).getClass());
        fixture.time.advanceMs(1_000);
        assertEquals(
                1,
                fixture.cell.calls(HttpMethod.POST, "/v1/sessions").stream()
                        .filter(call -> call.path().equals("/v1/sessions"))
                        .count());
        assertEquals(1, fixture.cell.calls(HttpMethod.DELETE, "/v1/sessions").size());
    }
}
