package io.lockservice.client;

import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls made in a session. While it is in jeopardy they wait (Burrows, section 2.8): whoever called in a session that
 * turns out to be over must not have done half of what it wanted. Confined to the loop.
 */
final class SessionCalls {
    private final Session session;
    private final Failover failover;
    private final Set<Running> waiting = new LinkedHashSet<>();
    private Session.@Nullable WriteGuard guard;

    SessionCalls(Session session, Failover failover) {
        this.session = session;
        this.failover = failover;
    }

    void guard(Session.WriteGuard value) {
        guard = value;
    }

    Running call(Operation operation) {
        return new Running(operation);
    }

    /** The session is safe again. */
    void safe() {
        for (Running each : List.copyOf(waiting)) {
            // The end of one may have been the end of another.
            if (waiting.contains(each)) {
                each.send();
            }
        }
    }

    /** It is over. */
    void ended(SessionExpiredException reason) {
        for (Running each : List.copyOf(waiting)) {
            each.fail(reason);
        }
    }

    /** One call, from when it was made. */
    final class Running {
        private final Operation operation;
        private final Promise<Response> promise = Promise.promise();
        private final long deadlineNanos;
        private @Nullable Attempts attempts;
        private Loop.@Nullable Timer deadline;

        private Running(Operation operation) {
            this.operation = operation;
            this.deadlineNanos = loop().nanoTime() + TimeUnit.MILLISECONDS.toNanos(failover.withinMs(operation));
        }

        Future<Response> start() {
            if (session.state() == Session.State.JEOPARDY) {
                waiting.add(this);
                deadline = loop().after(failover.withinMs(operation), this::giveUp);
            } else {
                send();
            }
            return promise.future();
        }

        void cancel() {
            CancellationException why = new CancellationException("the call was cancelled");
            if (attempts != null) {
                attempts.cancel(why);
            }
            fail(why);
        }

        private void send() {
            leave();
            Consumer<@Nullable Throwable> outcome = guard == null ? failure -> {} : guard.sending(operation);
            attempts = failover.start(operation.session(session.id()), deadlineNanos);
            attempts.future().onComplete((answered, failure) -> {
                outcome.accept(failure);
                if (answered != null) {
                    promise.tryComplete(answered.response());
                } else if (failure != null) {
                    session.noticeEnd(failure);
                    promise.tryFail(failure);
                }
            });
        }

        private void giveUp() {
            fail(new NoLeaderException(
                    "in-jeopardy",
                    "not done: the lease of " + session.id() + " ran out, and the cell did not answer in time."
                            + " Try again later",
                    null));
        }

        private void fail(Throwable why) {
            leave();
            promise.tryFail(why);
        }

        private void leave() {
            waiting.remove(this);
            if (deadline != null) {
                deadline.cancel();
                deadline = null;
            }
        }

        private Loop loop() {
            return failover.loop();
        }
    }
}
