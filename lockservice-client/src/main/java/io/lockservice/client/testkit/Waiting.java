package io.lockservice.client.testkit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waiting for what a test has asked for. Never for ever: a test that hangs says nothing. */
final class Waiting {
    private static final long MAX_SECONDS = 30;
    private static final long LOOK_EVERY_MS = 2;

    private Waiting() {}

    /** The result of {@code future}; {@code what} is for the message where it fails or does not come. */
    static <T> T await(Future<T> future, String what) {
        checkThread();
        try {
            return future.toCompletionStage().toCompletableFuture().get(MAX_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(what + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw late(what, e);
        }
    }

    /** The result of {@code future}, or the exception it failed with. */
    static <T> T result(Future<T> future) {
        try {
            return await(future, "something that was asked for");
        } catch (IllegalStateException e) {
            if (future.failed() && future.cause() instanceof RuntimeException own) {
                own.addSuppressed(new IllegalStateException("waited for here"));
                throw own;
            }
            throw e;
        }
    }

    /** Looks again and again until there is something. */
    static <T> T until(Supplier<@Nullable T> look, String what) {
        checkThread();
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
        while (true) {
            T found = look.get();
            if (found != null) {
                return found;
            }
            if (System.nanoTime() - endNanos > 0) {
                throw late(what, null);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
            } catch (InterruptedException e) {
                throw interrupted(what, e);
            }
        }
    }

    private static void checkThread() {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("this waits, and must not be called on an event loop");
        }
    }

    private static IllegalStateException interrupted(String what, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(what + ": interrupted", cause);
    }

    private static IllegalStateException late(String what, @Nullable Throwable cause) {
        return new IllegalStateException(what + ": not within " + MAX_SECONDS + " s", cause);
    }
}
