package io.lockservice.client.springcloud;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.registry.NameRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** How long threads wait for the cell where Spring Cloud's contract is that they do. */
final class BoundedWait {
    private final NameRegistry registry;
    private final long waitMs;

    BoundedWait(NameRegistry registry, long waitMs) {
        if (waitMs < 1) {
            throw new IllegalArgumentException("waitMs is 1 or more, not " + waitMs);
        }
        this.registry = registry;
        this.waitMs = waitMs;
    }

    /** The answer; asked for on the client's loop, for on its own context a worker would wait for itself. */
    <T> T result(Supplier<Future<T>> question, String what) {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException(what + " is asked of the cell, and that blocks: not on an event loop;"
                    + " resolve the name before, or use LockServiceReactiveDiscoveryClient");
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            registry.client()
                    .loop()
                    .execute(() -> question.get().onSuccess(answer::complete).onFailure(answer::completeExceptionally));
            return answer.get(waitMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("this client is closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the cell was asked for " + what, e);
        } catch (TimeoutException e) {
            throw new LockServiceException(
                    "unreachable", "the cell did not say " + what + " within " + waitMs + " ms", e);
        } catch (ExecutionException e) {
            // The caller's own trace says more than that of the client's loop.
            if (e.getCause() instanceof LockServiceException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
