package io.lockservice.client.lock;

import io.lockservice.api.Name;
import io.lockservice.api.PercentText;
import io.lockservice.api.ProblemException;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * The locks of a session (Burrows, section 2.4). A hold belongs to the session and to whoever has the {@link HeldLock},
 * never to a thread: it may be released from anywhere. Any number of locks can be held with one session.
 *
 * <p>Within a session a name has one hold at a time, in either mode: a second request in the same program waits for its
 * turn like everybody else. Futures complete as {@link io.lockservice.client.LockServiceClient} says, and fail with a
 * {@link LockServiceException}.
 */
public final class DistributedLock {
    private static final System.Logger LOG = System.getLogger(DistributedLock.class.getName());

    private final Session session;
    private final Turns turns = new Turns();

    private DistributedLock(Session session) {
        this.session = session;
        session.addListener(new StrayGrants());
    }

    /** The locks of {@code session}: always the same object. */
    public static DistributedLock of(Session session) {
        return session.recipe(DistributedLock.class, DistributedLock::new);
    }

    /** Acquires the lock of the node {@code name}, waiting as {@code options} say. */
    public Future<HeldLock> acquire(String name, LockOptions options) {
        try {
            return request(name, options).held();
        } catch (LockServiceException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * Acquires the lock if it is free.
     *
     * @return fails with {@link io.lockservice.client.LockHeldException}, which says who holds it, where it is not
     */
    public Future<HeldLock> tryAcquire(String name, LockOptions options) {
        return acquire(name, options.waitAtMost(Duration.ZERO));
    }

    /**
     * As {@link #acquire}, for callers that may change their mind: the request can be cancelled.
     *
     * @throws LockServiceException {@code bad-name} or {@code wrong-cell}, where {@link #acquire} fails with it
     */
    public LockRequest request(String name, LockOptions options) {
        String absolute = absolute(name);
        return request(absolute, options, Operation.put(path(absolute)));
    }

    /** As {@link #request(String, LockOptions)}, asked for in another way, such as through a handle. */
    public LockRequest request(String name, LockOptions options, Operation put) {
        LockRequest request = new LockRequest(this, absolute(name), options, put);
        request.begin();
        return request;
    }

    Session session() {
        return session;
    }

    Turns turns() {
        return turns;
    }

    /** Gives up the hold of, or the place in the queue for, {@code name}. Done also where there was none. */
    Future<Void> withdraw(String name, String key) {
        Operation operation = Operation.delete(path(name)).idempotencyKey(key);
        return session.execute(operation)
                .<Void>mapEmpty()
                .recover(failure -> isGone(failure) ? Future.succeededFuture() : Future.failedFuture(failure));
    }

    /**
     * As {@link #withdraw}, again and again until it is done or the session over, which frees the lock too. A lock whose
     * release failed would otherwise be held for as long as the session lives, by nobody.
     */
    Future<Void> withdrawAtLast(String name, String key) {
        return withdraw(name, key)
                .recover(failure ->
                        Problems.isDefinite(failure) ? Future.failedFuture(failure) : withdrawAtLast(name, key));
    }

    /** Where the HTTP API has the lock of the node {@code name}. */
    public static String path(String name) {
        return "/v1/locks" + PercentText.encode(name);
    }

    private static boolean isGone(Throwable failure) {
        if (failure instanceof SessionExpiredException) {
            return true;
        }
        return failure instanceof LockServiceException refusal
                && (refusal.code().equals("not-held") || refusal.code().equals("no-such-node"));
    }

    private String absolute(String name) {
        try {
            return Name.parse(name, session.cell()).path();
        } catch (ProblemException e) {
            throw new LockServiceException(
                    e.problem().code().label(), e.problem().detail());
        }
    }

    /**
     * Releases what nobody asked for any more: a request that was cancelled while one of its packets was still on its way
     * can be queued, and granted, after it was withdrawn. That takes a turn, or it would take the lock from who comes next.
     */
    private final class StrayGrants implements SessionListener {
        @Override
        public void event(Session from, Event event) {
            if (event.type().equals("lock-acquired") && !turns.isTaken(event.name())) {
                turns.enter(event.name(), new GivingBack(event.name()));
            }
        }
    }

    private final class GivingBack implements Runnable {
        private final String name;

        GivingBack(String name) {
            this.name = name;
        }

        @Override
        public void run() {
            withdrawAtLast(name, session.client().newIdempotencyKey())
                    .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "not withdrawn", failure))
                    .onComplete(done -> turns.leave(name, this));
        }
    }
}
