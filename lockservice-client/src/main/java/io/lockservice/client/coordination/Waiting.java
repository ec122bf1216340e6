package io.lockservice.client.coordination;

import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Loop;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something waited for that others in the cell bring about. It goes on over changes of leader and while there is none; it ends
 * with its result, by {@link #cancel()}, with the session it needs, or where the cell refuses for good.
 *
 * @param <T> what comes of it
 */
public final class Waiting<T> {
    private static final System.Logger LOG = System.getLogger(Waiting.class.getName());
    private static final long POLL_MS = 20_000;
    private static final long FIRST_PAUSE_MS = 100;
    private static final long MAX_PAUSE_MS = 2_000;

    private final LockServiceClient client;
    private final Loop loop;
    private final @Nullable Session session;
    private final String what;
    private final Changes changes;
    private final Condition<T> condition;
    private final Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
    private final Promise<T> promise = Promise.promise();
    private final Promise<Void> undone = Promise.promise();
    private final SessionListener sessionEnd = new SessionEnd();
    private final Supplier<Future<Void>> closer = this::cancel;
    private Future<T> future = promise.future();
    private boolean looking;
    private int failures;

    /** What is waited for. All is called on the loop. */
    interface Condition<T> {
        /** Whether it is so. */
        Future<Boolean> look();

        /** What comes of it, once it is so. */
        default @Nullable T result() {
            return null;
        }

        /** For how long nothing can become of it unless the cell tells of a change. */
        default long pollMs() {
            return POLL_MS;
        }

        /** A wait without result is over: takes back what the looks have done, also one that came too late. Not called during one. */
        default Future<Void> undo() {
            return Future.succeededFuture();
        }
    }

    private Waiting(
            LockServiceClient client, @Nullable Session session, String name, String what, Condition<T> condition) {
        this.client = client;
        this.loop = client.loop();
        this.session = session;
        this.what = what;
        this.changes = new Changes(client, name);
        this.condition = condition;
    }

    /** Waits for {@code condition} as long as the session lives. It can become true by changes of the node {@code name} and below. */
    static <T> Waiting<T> in(Session session, String name, String what, Condition<T> condition) {
        return new Waiting<>(session.client(), session, name, what, condition).begun();
    }

    /** Waits for {@code condition} without a session. */
    static <T> Waiting<T> in(LockServiceClient client, String name, String what, Condition<T> condition) {
        return new Waiting<>(client, null, name, what, condition).begun();
    }

    /**
     * The result.
     *
     * @return fails with {@link CancellationException} after {@link #cancel}, else with a
     *     {@link io.lockservice.client.LockServiceException}
     */
    public Future<T> future() {
        return future;
    }

    /** Gives up. Done once nothing of it is left in the cell. Where the result is there already, it stays. */
    public Future<Void> cancel() {
        return loop.call(() -> {
            fail(new CancellationException(what + " was cancelled"));
            return undone.future();
        });
    }

    private Waiting<T> begun() {
        client.addCloser(closer);
        future = loop.call(() -> {
            if (session != null) {
                session.addListener(sessionEnd);
            }
            look();
            return promise.future();
        });
        return this;
    }

    private void look() {
        if (promise.future().isComplete()) {
            return;
        }
        looking = true;
        condition
                .look()
                .onComplete((found, failure) -> loop.execute(() -> {
                    looking = false;
                    if (promise.future().isComplete()) {
                        undo();
                    } else if (failure == null && found) {
                        succeed();
                    } else if (failure != null) {
                        failed(failure);
                    } else {
                        failures = 0;
                        awaitChange();
                    }
                }));
    }

    private void awaitChange() {
        changes.next(condition.pollMs())
                .onComplete((batch, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        look();
                    } else {
                        failed(failure);
                    }
                }));
    }

    private void failed(Throwable failure) {
        if (Problems.isDefinite(failure)) {
            fail(failure);
        } else {
            failures++;
            loop.after(pauses.delayMs(failures), this::look);
        }
    }

    private void succeed() {
        end();
        undone.tryComplete();
        promise.tryComplete(condition.result());
    }

    private void fail(Throwable why) {
        if (promise.future().isComplete()) {
            return;
        }
        end();
        promise.tryFail(why);
        if (!looking) {
            undo();
        }
    }

    private void undo() {
        condition.undo().onComplete((done, failure) -> {
            if (failure != null) {
                LOG.log(System.Logger.Level.DEBUG, what + " is left to the session's end", failure);
            }
            undone.tryComplete();
        });
    }

    private void end() {
        client.removeCloser(closer);
        if (session != null) {
            session.removeListener(sessionEnd);
        }
    }

    private final class SessionEnd implements SessionListener {
        @Override
        public void expired(Session over, SessionExpiredException reason) {
            fail(reason);
        }
    }
}
