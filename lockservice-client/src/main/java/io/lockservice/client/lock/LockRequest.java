package io.lockservice.client.lock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.lockservice.api.Reply;
import io.lockservice.client.LockHeldException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A lock being acquired. The wait is a row of polls that are short enough for any proxy; the place in the cell's queue is
 * kept between them and across changes of leader. All polls are one operation with one idempotency key, so that a packet
 * delayed until after the release cannot take the lock again.
 */
public final class LockRequest {
    private static final long MAX_POLL_MS = 20_000;
    private static final long QUICK_POLL_PAUSE_MS = 250;

    private final DistributedLock locks;
    private final Session session;
    private final Loop loop;
    private final String name;
    private final LockOptions options;
    private final Operation put;
    private final long startNanos;
    private final String key;
    private final Promise<HeldLock> promise = Promise.promise();
    private final Promise<Void> withdrawn = Promise.promise();
    private final SessionListener sessionEnd = new SessionEnd();
    private final Runnable turn = this::turnCame;
    private Future<HeldLock> held = promise.future();
    private long pollMs;
    private boolean polling;
    private boolean queued;
    private boolean mayBeLost;
    private int withdrawals;
    private Loop.@Nullable Timer deadline;

    LockRequest(DistributedLock locks, String name, LockOptions options, Operation put) {
        this.locks = locks;
        this.session = locks.session();
        this.loop = session.client().loop();
        this.name = name;
        this.options = options;
        this.put = put;
        this.startNanos = loop.nanoTime();
        this.key = session.client().newIdempotencyKey();
    }

    /**
     * The lock once it is held, with the session's lease checked again after the answer came.
     *
     * @return fails with {@link LockHeldException} where the wait was in vain, {@link SessionExpiredException} where the
     *     session ended meanwhile, {@link CancellationException} after {@link #cancel}
     */
    public Future<HeldLock> held() {
        return held;
    }

    /** Gives up the wait and the place in the queue. Where the lock is held already, release that instead. */
    public Future<Void> cancel() {
        return loop.call(() -> {
            fail(new CancellationException("the request for " + name + " was cancelled"));
            return withdrawn.future();
        });
    }

    void begin() {
        held = loop.call(() -> {
            start();
            return promise.future();
        });
    }

    private void start() {
        session.addListener(sessionEnd);
        if (promise.future().isComplete()) {
            return;
        }
        if (options.waitTime() != null) {
            if (options.waitTime().isZero() && locks.turns().isTaken(name)) {
                withdrawn.tryComplete();
                fail(new LockHeldException("this session holds or waits for " + name + " already", List.of(), 0));
                return;
            }
            deadline = loop.after(options.waitTime().toMillis(), this::turnDidNotCome);
        }
        locks.turns().enter(name, turn);
    }

    private void turnDidNotCome() {
        if (!queued) {
            fail(new LockHeldException(
                    "this program held " + name + " itself for " + options.waitTime() + ", with the same session",
                    List.of(),
                    0));
        }
    }

    private void turnCame() {
        queued = true;
        pollMs = pollMs(options.waitTime(), waitedMs());
        poll();
    }

    /** Polls of equal length, so that their requests are equal too: a key stands for one request. */
    private static long pollMs(@Nullable Duration waitTime, long waitedMs) {
        if (waitTime == null) {
            return MAX_POLL_MS;
        }
        long leftMs = waitTime.toMillis() - waitedMs;
        long polls = (leftMs + MAX_POLL_MS - 1) / MAX_POLL_MS;
        return leftMs <= 0 ? 0 : (leftMs + polls - 1) / polls;
    }

    private void poll() {
        if (promise.future().isComplete()) {
            return;
        }
        polling = true;
        long sentNanos = loop.nanoTime();
        Operation operation = put.json(options.body(pollMs)).idempotencyKey(key).waiting(pollMs);
        session.execute(operation).onComplete((response, failure) -> {
            polling = false;
            if (promise.future().isComplete()) {
                giveBack();
            } else if (response != null && response.status() == 200) {
                granted(response.json());
            } else if (response != null) {
                stillQueued(sentNanos);
            } else if (failure != null) {
                refused(failure);
            }
        });
    }

    private void granted(JsonNode grant) {
        HeldLock lock = HeldLock.granted(locks, name, options.mode(), grant, turn);
        if (session.isSafe()) {
            deliver(lock);
        } else {
            // The lease ran out while the answer was on its way: nobody may believe it before the cell has confirmed
            // it.
            session.addListener(new SessionListener() {
                @Override
                public void safe(Session safe) {
                    safe.removeListener(this);
                    if (!promise.future().isComplete()) {
                        deliver(lock);
                    }
                }
            });
        }
    }

    private void deliver(HeldLock lock) {
        session.removeListener(sessionEnd);
        stopDeadline();
        lock.watch(mayBeLost);
        withdrawn.tryComplete();
        promise.complete(lock);
    }

    private void stillQueued(long sentNanos) {
        if (isWaitOver()) {
            askWhoHolds();
        } else if (TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - sentNanos) < pollMs / 2) {
            loop.after(QUICK_POLL_PAUSE_MS, this::poll);
        } else {
            poll();
        }
    }

    private void askWhoHolds() {
        Operation question = Operation.get(DistributedLock.path(name));
        session.execute(question)
                .map(Response::json)
                .otherwise(MissingNode.getInstance())
                .onSuccess(lock -> {
                    List<Reply.Holder> holders = Problems.holders(lock.path("holders"));
                    int waiters = lock.path("waiters").size();
                    fail(new LockHeldException(name + " was still held after " + waitedMs() + " ms", holders, waiters));
                });
    }

    private void refused(Throwable failure) {
        boolean definite = Problems.isDefinite(failure);
        if (failure instanceof SessionExpiredException || (definite && pollMs == 0)) {
            promiseFailed(failure);
            leave();
        } else if (!definite && pollMs > 0 && !isWaitOver()) {
            poll();
        } else {
            fail(failure);
        }
    }

    /** Fails the request; what the cell may have for it is given back. */
    private void fail(Throwable why) {
        if (promise.future().isComplete()) {
            return;
        }
        promiseFailed(why);
        if (!queued) {
            locks.turns().leave(name, turn);
            withdrawn.tryComplete();
        } else {
            giveBack();
        }
    }

    private void promiseFailed(Throwable why) {
        session.removeListener(sessionEnd);
        stopDeadline();
        promise.tryFail(why);
    }

    /**
     * Also after a poll that outlived the request: it may have queued again, or been granted. The turn is over when all is
     * back: a withdrawal that is still on its way would take the lock from who is next.
     */
    private void giveBack() {
        withdrawals++;
        locks.withdrawAtLast(name, session.client().newIdempotencyKey()).onComplete((done, failure) -> {
            withdrawals--;
            withdrawn.tryComplete();
            if (withdrawals == 0 && !polling) {
                leave();
            }
        });
    }

    private void leave() {
        withdrawn.tryComplete();
        locks.turns().leave(name, turn);
    }

    private long waitedMs() {
        return TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - startNanos);
    }

    private boolean isWaitOver() {
        return options.waitTime() != null && waitedMs() >= options.waitTime().toMillis();
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    private final class SessionEnd implements SessionListener {
        /** That the lock was lost again may be told before the answer that it was granted has come. */
        @Override
        public void event(Session from, Event event) {
            mayBeLost |= HeldLock.mayEnd(event, name);
        }

        @Override
        public void expired(Session over, SessionExpiredException reason) {
            if (queued) {
                promiseFailed(reason);
                leave();
            } else {
                fail(reason);
            }
        }
    }
}
