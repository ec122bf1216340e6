package io.lockservice.client.lock;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.LockMode;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lock that was granted. Not bound to a thread.
 *
 * <p>Send {@link #token()} with what the lock guards, and let the resource refuse tokens smaller than the largest it has
 * seen: {@link #isHeld()} can be true a moment before the process is paused, the token still protects after it.
 */
public final class HeldLock implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HeldLock.class.getName());
    private static final long CHECK_PAUSE_MS = 250;

    private final DistributedLock locks;
    private final Session session;
    private final String name;
    private final LockMode mode;
    private final long token;
    private final String sequencer;
    private final Runnable turn;
    private final SessionListener watcher = new Watcher();
    private final Loss loss;
    private final long sinceNanos;
    private volatile boolean ended;
    private boolean observedEnd;
    private @Nullable Future<Void> release;

    private HeldLock(DistributedLock locks, String name, LockMode mode, JsonNode grant, Runnable turn) {
        this.locks = locks;
        this.session = locks.session();
        this.name = name;
        this.mode = mode;
        this.token = grant.path("token").asLong();
        this.sequencer = grant.path("sequencer").asText();
        this.turn = turn;
        this.loss = new Loss(session.client().loop());
        this.sinceNanos = session.client().loop().nanoTime();
    }

    static HeldLock granted(DistributedLock locks, String name, LockMode mode, JsonNode grant, Runnable turn) {
        return new HeldLock(locks, name, mode, grant, turn);
    }

    /** The node, with the real cell's name. */
    public String name() {
        return name;
    }

    /** How it is held. */
    public LockMode mode() {
        return mode;
    }

    /** Larger than that of every earlier grant of any lock of the cell, and never given again. */
    public long token() {
        return token;
    }

    /** Proves the hold to the cell and to others: an opaque string. */
    public String sequencer() {
        return sequencer;
    }

    /** The session that holds it. */
    public Session session() {
        return session;
    }

    /**
     * Whether the lock is certainly held now, by this process's own clock and without asking anybody. False from the
     * moment the lease ran out here, which is before it ends in the cell; true again if the session then proves safe.
     */
    public boolean isHeld() {
        return !ended && session.isSafe();
    }

    /** For how long {@link #isHeld()} stays true without another word from the cell. */
    public long remainingMs() {
        return ended ? 0 : session.remainingMs();
    }

    /** Asks the cell whether the sequencer is valid: a resource's check, made here. Where it is not, the lock is lost. */
    public Future<Boolean> check() {
        return session.client()
                .execute(Operation.checkSequencer(sequencer))
                .map(response -> response.json().path("valid").asBoolean(false))
                .onSuccess(valid -> {
                    if (!valid) {
                        session.client().loop().execute(this::lose);
                    }
                });
    }

    /** Runs {@code listener} on the client's loop when the lock is lost other than by {@link #release}; at once if it is. */
    public void onLost(Consumer<LockServiceException> listener) {
        loss.tell(listener);
    }

    /**
     * Releases the lock, from any thread. From the call on it is not held here. Where the cell does not answer in time the
     * future fails, but the release goes on being tried for as long as the session lives. Releasing twice is no error.
     */
    public Future<Void> release() {
        ended = true;
        return session.client().loop().call(() -> {
            if (release == null) {
                release = started();
            }
            return release;
        });
    }

    /** Starts {@link #release} and does not wait for it. */
    @Override
    public void close() {
        release().onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "still releasing " + name, failure));
    }

    @Override
    public String toString() {
        return name + " (" + mode.label() + ", token " + token + (isHeld() ? ", held)" : ", not held)");
    }

    /** From now on a loss is noticed. {@code mayBeLost}: something was told before that may have been about this hold. */
    void watch(boolean mayBeLost) {
        session.client().observers().tell(observer -> observer.lockHeld(name));
        session.addListener(watcher);
        if (mayBeLost) {
            checkAtLast();
        }
    }

    /** Whether {@code event} may be about the loss of a hold of {@code name}: the sequencer tells. */
    static boolean mayEnd(SessionListener.Event event, String name) {
        return event.type().equals("events-dropped")
                || (event.type().equals("lock-lost") && event.name().equals(name));
    }

    /** Until somebody has answered: the event does not come again. */
    private void checkAtLast() {
        if (ended) {
            return;
        }
        check().onFailure(failure -> {
            LOG.log(System.Logger.Level.DEBUG, "not checked", failure);
            if (!Problems.isDefinite(failure)) {
                session.client().loop().after(CHECK_PAUSE_MS, this::checkAtLast);
            }
        });
    }

    private void observeEnd(boolean isLost) {
        if (!observedEnd) {
            observedEnd = true;
            long heldNanos = session.client().loop().nanoTime() - sinceNanos;
            session.client().observers().tell(observer -> observer.lockEnded(name, heldNanos, isLost));
        }
    }

    private Future<Void> started() {
        if (loss.isSo()) {
            // What the session holds of this name by now is somebody else's in this program.
            return Future.succeededFuture();
        }
        session.removeListener(watcher);
        observeEnd(false);
        String key = session.client().newIdempotencyKey();
        Future<Void> first = locks.withdraw(name, key);
        first.recover(failure ->
                        Problems.isDefinite(failure) ? Future.failedFuture(failure) : locks.withdrawAtLast(name, key))
                .onComplete(ignored -> locks.turns().leave(name, turn));
        return first;
    }

    private void lose() {
        lose(new LockServiceException("lock-lost", name + " was released by an operator, or its node deleted"));
    }

    private void lose(LockServiceException reason) {
        if (ended) {
            return;
        }
        ended = true;
        loss.happened(reason);
        session.removeListener(watcher);
        observeEnd(true);
        locks.turns().leave(name, turn);
        loss.tellAll();
    }

    private final class Watcher implements SessionListener {
        @Override
        public void expired(Session over, SessionExpiredException reason) {
            lose(reason);
        }

        @Override
        public void event(Session from, Event event) {
            if (mayEnd(event, name)) {
                checkAtLast();
            }
        }
    }
}
