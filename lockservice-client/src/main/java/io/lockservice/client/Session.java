package io.lockservice.client;

import com.fasterxml.jackson.databind.JsonNode;
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
 * process they are right at once, before any listener has been told.
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
            Failover.Answered answered) {
        this.client = client;
        this.loop = client.loop();
        this.id = body.path("session").asText();
        this.clientName = body.path("client").asText(options.clientName());
        this.cell = body.path("cell").asText("local");
        this.leaseMs = body.path("leaseMs").asLong(options.leaseMs());
        this.lease = new Lease(Lease.endNanos(answered.firstSentNanos(), leaseMs, driftPercent), options.graceMs());
        this.keepAlives = new KeepAlives(this, client.failover(), driftPercent);
    }

    static Session opened(
            LockServiceClient client, int driftPercent, SessionOptions options, Failover.Answered answered) {
        JsonNode body = answered.response().json();
        if (body.path("session").asText("").isEmpty()) {
            throw new LockServiceException("bad-answer", "the answer to POST /v1/sessions names no session");
        }
        Session session = new Session(client, driftPercent, options, body, answered);
        session.keepAlives.start(answered.firstSentNanos());
        session.look();
        return session;
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
        return lease.stateAt(loop.nanoTime());
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
        return lease.remainingNanos(loop.nanoTime());
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
        return loop.call(() -> reason != null
                ? Future.failedFuture(reason)
                : client.failover()
                        .start(operation.session(id))
                        .future()
                        .map(Failover.Answered::response)
                        .onFailure(this::noticeEnd));
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
                    .start(Operation.delete("/v1/sessions/" + id))
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

    /** The cell extended the lease, which now ends at {@code endNanos}. One that is over stays over. */
    void renewed(long endNanos) {
        look();
        if (reason == null) {
            lease.extendTo(endNanos);
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
            tellAll(listener -> listener.safe(this));
        }
        armTimer();
    }

    private void armTimer() {
        if (stateTimer != null) {
            stateTimer.cancel();
            stateTimer = null;
        }
        if (reason == null) {
            long nanos = lease.nextChangeNanos(loop.nanoTime());
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
