package io.lockservice.client.coordination;

import io.lockservice.client.LockHeldException;
import io.lockservice.client.Loop;
import io.lockservice.client.Problems;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.lock.LockRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A permit being acquired: first the turn in the queue, then a permit, then the queue goes on. */
public final class PermitRequest {
    private static final long QUEUE_PATIENCE_MS = 2_000;
    private static final long DELAYED_POLL_MS = 500;
    private static final long POLL_MS = 20_000;

    private final DistributedSemaphore semaphore;
    private final PermitOptions options;
    private final Loop loop;
    private final long startNanos;
    private final Promise<HeldLock> promise = Promise.promise();
    private Future<HeldLock> held = promise.future();
    private @Nullable LockRequest turn;
    private @Nullable HeldLock head;
    private @Nullable Waiting<HeldLock> slot;
    private Loop.@Nullable Timer deadline;
    private @Nullable Future<Void> undone;

    PermitRequest(DistributedSemaphore semaphore, PermitOptions options) {
        this.semaphore = semaphore;
        this.options = options;
        this.loop = semaphore.session().client().loop();
        this.startNanos = loop.nanoTime();
    }

    /**
     * The permit once it is held; {@link HeldLock#release()} gives it back.
     *
     * @return fails with {@link LockHeldException} where the wait was in vain, {@link
     *     io.lockservice.client.SessionExpiredException} where the session ended meanwhile, {@link CancellationException} after
     *     {@link #cancel}
     */
    public Future<HeldLock> held() {
        return held;
    }

    /** Gives up the wait and the place in the queue. Where the permit is held already, release that instead. */
    public Future<Void> cancel() {
        return loop.call(() -> {
            fail(new CancellationException("the request for a permit of " + semaphore.name() + " was cancelled"));
            return undone == null ? Future.succeededFuture() : undone;
        });
    }

    PermitRequest begun() {
        held = loop.call(() -> {
            Duration wait = options.waitTime();
            if (wait != null) {
                deadline = loop.after(wait.isZero() ? QUEUE_PATIENCE_MS : wait.toMillis(), this::timeIsOver);
            }
            semaphore
                    .checkSize()
                    .compose(ignored -> refusedAtOnce())
                    .onComplete((ignored, failure) -> loop.execute(() -> {
                        if (failure != null) {
                            fail(failure);
                        } else {
                            queue();
                        }
                    }));
            return promise.future();
        });
        return this;
    }

    private boolean doesNotWait() {
        return options.waitTime() != null && options.waitTime().isZero();
    }

    /** Whoever does not want to wait need not queue where no permit is free. */
    private Future<Void> refusedAtOnce() {
        if (!doesNotWait()) {
            return Future.succeededFuture();
        }
        return semaphore
                .slots()
                .compose(taken -> taken.size() < semaphore.permits()
                        ? Future.succeededFuture()
                        : Future.failedFuture(refusal(taken)));
    }

    private void queue() {
        if (promise.future().isComplete()) {
            return;
        }
        LockRequest request = semaphore
                .locks()
                .request(semaphore.queue(), LockOptions.exclusive().withNote(options.note()));
        turn = request;
        request.held()
                .onComplete((lock, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        fail(failure);
                    } else if (promise.future().isComplete()) {
                        lock.close();
                    } else {
                        takeSlot(lock);
                    }
                }));
    }

    private void takeSlot(HeldLock queue) {
        head = queue;
        Waiting<HeldLock> pending = Waiting.in(
                semaphore.session(), semaphore.name() + "/slots", "a permit of " + semaphore.name(), new FreeSlot());
        slot = pending;
        pending.future()
                .onComplete((permit, failure) -> loop.execute(() -> {
                    queue.close();
                    if (failure != null) {
                        fail(failure);
                    } else if (!promise.tryComplete(permit)) {
                        permit.close();
                    } else {
                        stopDeadline();
                    }
                }));
    }

    private void timeIsOver() {
        semaphore.slots().otherwise(List.of()).onSuccess(taken -> loop.execute(() -> fail(refusal(taken))));
    }

    private LockHeldException refusal(List<DistributedSemaphore.Slot> taken) {
        long waitedMs = TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - startNanos);
        return new LockHeldException(
                taken.size() + " of the " + semaphore.permits() + " permits of " + semaphore.name()
                        + " were taken after " + waitedMs + " ms",
                taken.stream().flatMap(each -> each.holders().stream()).toList(),
                0);
    }

    /** What the request has in the cell is given back: its place in the queue or the queue's head, and a permit that comes late. */
    private void fail(Throwable why) {
        if (!promise.tryFail(why)) {
            return;
        }
        stopDeadline();
        Waiting<HeldLock> taking = slot;
        LockRequest queued = turn;
        if (taking != null && head != null) {
            undone = Future.join(taking.cancel(), head.release()).mapEmpty();
        } else if (queued != null) {
            undone = queued.cancel();
        }
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    private final class FreeSlot implements Waiting.Condition<HeldLock> {
        private boolean isDelayed;
        private @Nullable HeldLock permit;

        @Override
        public Future<Boolean> look() {
            isDelayed = false;
            return semaphore.slots().compose(taken -> {
                Set<String> names = taken.stream()
                        .map(each -> each.name().substring(each.name().lastIndexOf('/') + 1))
                        .collect(Collectors.toSet());
                return next(0, names);
            });
        }

        /** A slot in its lock-delay, or that this session is giving back, has no holder; nobody tells when that is over. */
        @Override
        public long pollMs() {
            return isDelayed ? DELAYED_POLL_MS : POLL_MS;
        }

        @Override
        public @Nullable HeldLock result() {
            return permit;
        }

        /** A permit that came too late. */
        @Override
        public Future<Void> undo() {
            return permit == null ? Future.succeededFuture() : permit.release();
        }

        private Future<Boolean> next(int from, Set<String> taken) {
            int index = from;
            while (index < semaphore.permits() && taken.contains(Integer.toString(index))) {
                index++;
            }
            if (index == semaphore.permits()) {
                if (doesNotWait() && !isDelayed) {
                    timeIsOver();
                }
                return Future.succeededFuture(false);
            }
            int following = index + 1;
            return semaphore
                    .locks()
                    .tryAcquire(semaphore.slot(index), options.slot())
                    .map(lock -> {
                        permit = lock;
                        return true;
                    })
                    .recover(failure -> {
                        boolean delayed = Problems.isCode(failure, "lock-delayed")
                                || (failure instanceof LockHeldException held
                                        && held.holders().isEmpty());
                        isDelayed |= delayed;
                        return delayed || failure instanceof LockHeldException
                                ? next(following, taken)
                                : Future.failedFuture(failure);
                    });
        }
    }
}
