package io.lockservice.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.time.Lease;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A lease on everything a program holds in a cell (Burrows, section 2.8), kept alive by itself until it is closed.
 *
 * <p>The lease is counted from the moment the keep-alive that was answered had been <em>sent</em>, on this process's
 * monotonic clock, less the clocks' drift: it always ends here before it ends in the cell. {@link #state()},
 * {@link #isSafe()} and {@link #remainingMs()} read the clock when they are called, from any thread; after a pause of the
 * process they are right at once, before any listener has been told. Time for which the machine was suspended counts, also
 * where its monotonic clock stood still: the wall clock shows that.
 *
 * <p>While the session is in jeopardy what is done in it waits: it goes on when the session is safe again, and fails when it
 * is over or the operation's time is.
 *
 * <p>A session that is over stays over. Nothing replaces it silently: open a new one and take the locks again.
 */
public final class Session {
    private static final System.Logger LOG = System.getLogger(Session.class.getName());

    private final LockServiceClient client;
    private final Loop loop;
    private final String id;
    private final String clientName;
    private final String cell;
    private final long leaseMs;
    private final Lease lease;
    private final KeepAlives keepAlives;
    private final SessionCalls calls;
    private final SessionOptions.@Nullable Copies copies;
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<Class<?>, Object> recipes = new ConcurrentHashMap<>();
    private State told = State.SAFE;
    private @Nullable SessionExpiredException reason;
    private Loop.@Nullable Timer stateTimer;

    private Session(
            LockServiceClient client,
            int driftPercent,
            SessionOptions options,
            JsonNode body,
            Failover.Answered answered,
            long sleptNanos) {
        this.client = client;
        this.loop = client.loop();
        this.id = body.path("session").asText();
        this.clientName = body.path("client").asText(options.clientName());
        this.cell = body.path("cell").asText("local");
        this.leaseMs = body.path("leaseMs").asLong(options.leaseMs());
        this.copies = options.copies();
        this.calls = new SessionCalls(this, client.failover());
        this.lease = new Lease(
                Lease.endNanos(answered.firstSentNanos() + sleptNanos, leaseMs, driftPercent),
                loop.sleptNanos(),
                options.graceMs());
        this.keepAlives = new KeepAlives(this, client.failover(), driftPercent);
    }

    /** {@code sleptNanos}: what the machine was suspended for before the first attempt was sent. */
    static Session opened(
            LockServiceClient client,
            int driftPercent,
            SessionOptions options,
            Failover.Answered answered,
            long sleptNanos) {
        JsonNode body = answered.response().json();
        if (body.path("session").asText("").isEmpty()) {
            throw new LockServiceException("bad-answer", "the answer to POST /v1/sessions names no session");
        }
        return new Session(client, driftPercent, options, body, answered, sleptNanos);
    }

    /** From now on it is kept alive. */
    void begin() {
        keepAlives.start();
        look();
    }

    /** What a program may believe of its session (Burrows, section 2.8). */
    public enum State {
        /** The cell keeps the session: its locks are held. */
        SAFE,
        /** The lease ran out without an answer. The locks may be gone: touch nothing they guard, and wait. */
        JEOPARDY,
        /** It is over, for good. */
        EXPIRED
    }

    /** Is asked before a session changes something in the cell, and told what came of it. Called on the loop. */
    public interface WriteGuard {
        /**
         * {@code operation} is about to be sent.
         *
         * @return told when it has ended: null where it was done, else why not. An {@link OutcomeUnknownException} and
         *     whatever is no {@link LockServiceException} mean that it may still be done
         */
        Consumer<@Nullable Throwable> sending(Operation operation);
    }

    /** The session's id. Whoever has it can act as the session. */
    public String id() {
        return id;
    }

    /** The name shown to people. */
    public String clientName() {
        return clientName;
    }

    /** The cell's name. */
    public String cell() {
        return cell;
    }

    /** The lease that each keep-alive renews. */
    public long leaseMs() {
        return leaseMs;
    }

    /** The client it was opened with. */
    public LockServiceClient client() {
        return client;
    }

    /** What may be believed of it now. */
    public State state() {
        return lease.stateAt(loop.nanoTime(), loop.sleptNanos());
    }

    /** Whether its locks are certainly held now. */
    public boolean isSafe() {
        return state() == State.SAFE;
    }

    /** For how long {@link #isSafe()} stays true without another word from the cell; 0 where it is not. */
    public long remainingMs() {
        return TimeUnit.NANOSECONDS.toMillis(remainingNanos());
    }

    /** {@link #remainingMs()} in nanoseconds. */
    public long remainingNanos() {
        return lease.remainingNanos(loop.nanoTime(), loop.sleptNanos());
    }

    /** Adds a listener. Where the session is over already, it is told so at once. */
    public void addListener(SessionListener listener) {
        loop.execute(() -> {
            if (reason == null) {
                listeners.add(listener);
            } else {
                tell(listener, each -> each.expired(this, ended()));
            }
        });
    }

    /** Removes a listener. */
    public void removeListener(SessionListener listener) {
        loop.execute(() -> listeners.remove(listener));
    }

    /**
     * Does something within the session.
     *
     * @return fails with {@link SessionExpiredException} where the session is over, and the session then knows it
     */
    public Future<Response> execute(Operation operation) {
        return begin(operation).future();
    }

    /** As {@link #execute}, for callers that may change their mind. */
    public Pending<Response> begin(Operation operation) {
        SessionCalls.Running call = calls.call(operation);
        Future<Response> done = loop.call(() -> {
            if (state() == State.EXPIRED) {
                // By the clock, which the timers may not have noticed yet.
                look();
            }
            return reason != null ? Future.failedFuture(reason) : call.start();
        });
        return new Pending<>(done, () -> loop.execute(call::cancel));
    }

    /** What copies it keeps of what it reads; null where it keeps none. */
    public SessionOptions.@Nullable Copies copies() {
        return copies;
    }

    /** Has {@code guard} asked before each change that is made in this session. To be called on the loop. */
    public void guardWrites(WriteGuard guard) {
        calls.guard(guard);
    }

    /**
     * Ends the session at once: its locks are free without lock-delay and its ephemeral nodes gone. From the call on
     * nothing is safe here. Where the cell cannot be reached the session ends with its lease instead, and the future
     * fails.
     */
    public Future<Void> close() {
        return loop.call(() -> {
            if (reason != null) {
                return Future.succeededFuture();
            }
            end(new SessionExpiredException(SessionExpiredException.CLOSED, "this program closed session " + id));
            return client.failover()
                    .start(Operation.delete("/v1/sessions/" + id).session(id))
                    .future()
                    .<Void>mapEmpty()
                    .recover(failure -> failure instanceof SessionExpiredException
                            ? Future.succeededFuture()
                            : Future.failedFuture(failure));
        });
    }

    /** What a recipe keeps for each session, made when first asked for. From any thread. */
    public <T> T recipe(Class<T> type, Function<Session, T> make) {
        return type.cast(recipes.computeIfAbsent(type, ignored -> make.apply(this)));
    }

    @Override
    public String toString() {
        return "session " + clientName + " (" + state() + ")";
    }

    /**
     * The cell extended the lease, which now ends at {@code endNanos} by the monotonic clock and what the machine was
     * suspended for. One that is over stays over.
     */
    void renewed(long endNanos) {
        look();
        if (reason == null) {
            lease.extendTo(endNanos, loop.sleptNanos());
            look();
            tellAll(listener -> listener.renewed(this));
        }
    }

    void event(SessionListener.Event event) {
        tellAll(listener -> listener.event(this, event));
    }

    void noticeEnd(Throwable failure) {
        if (failure instanceof SessionExpiredException expired) {
            end(expired);
        }
    }

    boolean isOver() {
        return reason != null;
    }

    /** Compares the clock with what the listeners were told, and tells them what is new, without leaving out a state. */
    void look() {
        if (reason != null) {
            return;
        }
        State now = state();
        if (told == State.SAFE && now != State.SAFE) {
            told = State.JEOPARDY;
            tellAll(listener -> listener.jeopardy(this));
        }
        if (now == State.EXPIRED) {
            end(new SessionExpiredException(
                    SessionExpiredException.EXPIRED,
                    "no keep-alive of session " + id + " was answered until its lease and the grace period were over"));
        } else if (told == State.JEOPARDY && now == State.SAFE) {
            told = State.SAFE;
            client.lookBy(lease.endNanos());
            tellAll(listener -> listener.safe(this));
            calls.safe();
        }
        armTimer();
    }

    /** When it is in jeopardy unless it is renewed, by the monotonic clock and what the machine was suspended for. */
    long safeUntilNanos() {
        return lease.endNanos();
    }

    private void armTimer() {
        if (stateTimer != null) {
            stateTimer.cancel();
            stateTimer = null;
        }
        if (reason == null) {
            long nanos = lease.nextChangeNanos(loop.nanoTime(), loop.sleptNanos());
            stateTimer = loop.after(Loop.ceilMs(nanos), this::look);
        }
    }

    private void end(SessionExpiredException why) {
        if (reason != null) {
            return;
        }
        reason = why;
        lease.end();
        told = State.EXPIRED;
        keepAlives.stop();
        armTimer();
        client.ended(this, why.closedHere());
        tellAll(listener -> listener.expired(this, why));
        listeners.clear();
        calls.ended(why);
    }

    private SessionExpiredException ended() {
        return reason == null
                ? new SessionExpiredException(SessionExpiredException.EXPIRED, "session " + id + " is over")
                : reason;
    }

    private void tellAll(Consumer<SessionListener> what) {
        listeners.forEach(listener -> tell(listener, what));
    }

    private static void tell(SessionListener listener, Consumer<SessionListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a session listener failed", e);
        }
    }
}
