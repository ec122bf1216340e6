package io.lockservice.client;

import io.vertx.core.Future;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * A call whose caller may change its mind. From all threads.
 *
 * @param <T> what it results in
 */
public final class Pending<T> {
    private final Future<T> future;
    private final Runnable cancel;

    /** A call that {@code cancel} gives up, from any thread and at any time. */
    public Pending(Future<T> future, Runnable cancel) {
        this.future = future;
        this.cancel = cancel;
    }

    /** A call that has this result already. */
    public static <T> Pending<T> of(T result) {
        return new Pending<>(Future.succeededFuture(result), () -> {});
    }

    /** A call that has failed already. */
    public static <T> Pending<T> failed(Throwable failure) {
        return new Pending<>(Future.failedFuture(failure), () -> {});
    }

    /** The result. Fails with {@link CancellationException} after {@link #cancel}, and else as the call says. */
    public Future<T> future() {
        return future;
    }

    /**
     * Gives the call up: it is not tried again. What the cell was sent already may still be done. Where the result is there
     * nothing happens.
     */
    public void cancel() {
        cancel.run();
    }

    /** The same call with another form of its result. */
    public <R> Pending<R> map(Function<T, R> form) {
        return new Pending<>(future.map(form), cancel);
    }
}
