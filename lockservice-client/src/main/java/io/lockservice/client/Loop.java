package io.lockservice.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Where a client's work is done: one task at a time and in order, with a monotonic clock and timers. Everything with
 * state is confined to it; only what is documented so may be read from elsewhere. Recipes are built on it.
 */
public interface Loop {
    /** Monotonic nanoseconds, from any thread. Only differences mean something. */
    long nanoTime();

    /**
     * For how long the machine was suspended while {@link #nanoTime()} stood still, in nanoseconds; from any thread. Never
     * falls. Leases count it, since the cell's clocks went on.
     */
    long sleptNanos();

    /** Does {@code task} on the loop: at once where the caller is on it, else soon. */
    void execute(Runnable task);

    /** Does {@code task} on the loop after at least {@code delayMs}. A paused process makes timers late. */
    Timer after(long delayMs, Runnable task);

    /** A task that has not been done yet. */
    interface Timer {
        /** Forgets the task; nothing happens where it was done already. To be called on the loop. */
        void cancel();
    }

    /**
     * Does {@code work} on the loop. Its result comes back on the caller's Vert.x context where there is one, else on the
     * loop: handlers there must not block.
     */
    default <T> Future<T> call(Supplier<Future<T>> work) {
        Promise<T> promise = Promise.promise();
        Context caller = Vertx.currentContext();
        try {
            execute(() -> start(work).onComplete((value, failure) -> {
                if (caller == null) {
                    promise.complete(value, failure);
                } else {
                    caller.runOnContext(ignored -> promise.complete(value, failure));
                }
            }));
        } catch (RejectedExecutionException e) {
            promise.fail(new IllegalStateException("this client is closed", e));
        }
        return promise.future();
    }

    /** The whole milliseconds in {@code nanos}, rounded up: a timer set for them is never early. */
    static long ceilMs(long nanos) {
        return nanos <= 0 ? 0 : (nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1) / TimeUnit.MILLISECONDS.toNanos(1);
    }

    private static <T> Future<T> start(Supplier<Future<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
