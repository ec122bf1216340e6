package io.lockservice.client.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.OutcomeUnknownException;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An instance that a program wants to be registered. It says what is wanted, and this sees to it: the first time, after the session
 * ended, after the entry was deleted, with something new to say. From all threads.
 *
 * <p>One request is on its way at a time, and one whose outcome is unknown is settled before the next, so that nothing old comes
 * late over something new.
 */
public final class Registration {
    private static final System.Logger LOG = System.getLogger(Registration.class.getName());
    private static final long FIRST_PAUSE_MS = 200;
    private static final long MAX_PAUSE_MS = 5_000;

    private final NameRegistry registry;
    private final LockServiceClient client;
    private final Loop loop;
    private final RegistrySession sessions;
    private final NameRegistry.Entry entry;
    private final Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
    private final Set<RegistrationListener> listeners = new LinkedHashSet<>();
    private final List<Promise<Void>> awaited = new ArrayList<>();
    private final Promise<Void> left = Promise.promise();
    private Instance wanted;
    private volatile @Nullable Known known;
    private @Nullable Attempt unsettled;
    private Loop.@Nullable Timer timer;
    private boolean isBegun;
    private boolean isUnderWay;
    private boolean isTaken;
    private boolean leaving;
    private boolean stopped;
    private String lastRefusal = "";
    private int failures;
    private long turn;

    /** What the cell has. */
    private record Known(Session session, Instance instance) {}

    /** A request that was sent. */
    private record Attempt(Session session, Instance instance, Operation operation) {
        Attempt again(String key) {
            return new Attempt(session, instance, operation.idempotencyKey(key));
        }
    }

    Registration(
            NameRegistry registry,
            LockServiceClient client,
            RegistrySession sessions,
            NameRegistry.Entry entry,
            Instance wanted) {
        this.registry = registry;
        this.client = client;
        this.loop = client.loop();
        this.sessions = sessions;
        this.entry = entry;
        this.wanted = wanted;
    }

    /** The service's name. */
    public String service() {
        return entry.service();
    }

    /** What the instance is called among those of its service. */
    public String id() {
        return entry.id();
    }

    /** Whether the cell certainly has it now, as far as this program's clock and what it has heard tell. From any thread. */
    public boolean isRegistered() {
        Known now = known;
        return now != null && now.session().isSafe();
    }

    /** Done when the cell has what is wanted now. Fails with {@link CancellationException} where it is deregistered before. */
    public Future<Void> registered() {
        return loop.call(() -> {
            Known now = known;
            if (stopped || leaving) {
                return Future.failedFuture(given());
            }
            if (now != null && now.instance().equals(wanted) && !isUnderWay && unsettled == null) {
                return Future.succeededFuture();
            }
            Promise<Void> promise = Promise.promise();
            awaited.add(promise);
            return promise.future();
        });
    }

    /** Wants to say something else of itself, now and after registering again; done as {@link #registered()} is. */
    public Future<Void> update(Instance instance) {
        loop.execute(() -> {
            wanted = instance;
            turn++;
            hurry();
        });
        return registered();
    }

    /** Wants to be registered no longer; done when the cell does not have it. What another registered meanwhile stays. */
    public Future<Void> deregister() {
        registry.forget(this);
        return loop.call(() -> {
            if (!leaving && !stopped) {
                leaving = true;
                giveUpWaiting();
                hurry();
            }
            return left.future();
        });
    }

    /** Adds a listener; where it is registered already, that is told. */
    public void addListener(RegistrationListener listener) {
        loop.execute(() -> {
            if (listeners.add(listener) && known != null) {
                tell(listener, each -> each.registered(this));
            }
        });
    }

    /** Removes a listener. */
    public void removeListener(RegistrationListener listener) {
        loop.execute(() -> listeners.remove(listener));
    }

    @Override
    public String toString() {
        return entry + (isRegistered() ? " (registered)" : " (not registered)");
    }

    String key() {
        return entry.toString();
    }

    /** Not before an earlier registration of the same instance is over, or that would delete what this one has made. */
    void beginAfter(@Nullable Registration before) {
        Future<Void> free = before == null ? Future.succeededFuture() : before.left.future();
        free.onComplete((done, failure) -> loop.execute(() -> {
            isBegun = true;
            hurry();
        }));
    }

    /** Ends with the registry, whose session takes the entry along. */
    void stop() {
        stopped = true;
        known = null;
        cancelTimer();
        giveUpWaiting();
        left.tryComplete();
    }

    /** Grows with all that happens here: what was asked before says nothing of it. */
    long turn() {
        return turn;
    }

    void over(Session ended, SessionExpiredException reason) {
        Known now = known;
        if (now != null && now.session() == ended) {
            lose(reason);
            hurry();
        }
    }

    /** Compares with what the cell has, as of when {@link #turn} was {@code asked}. */
    void compare(long asked, List<ServiceInstance> found) {
        if (asked != turn || isUnderWay || leaving || stopped) {
            return;
        }
        ServiceInstance there = found.stream()
                .filter(each -> each.id().equals(id()))
                .findFirst()
                .orElse(null);
        Known now = known;
        if (isTaken && there == null) {
            isTaken = false;
            hurry();
        } else if (now != null && there == null) {
            lose(new LockServiceException("registration-lost", entry + " was deleted by others"));
            hurry();
        } else if (now != null
                && there != null
                && !there.session().equals(now.session().id())) {
            // Most likely a second program of the same name: to take it back would go on for ever.
            isTaken = true;
            lose(new InstanceTakenException(
                    entry + " was taken over by session " + there.session()
                            + " of the same client name; it is registered" + " again when that one is gone",
                    there.session()));
        } else if (now != null && there != null && !there.instance().equals(now.instance())) {
            hurry();
        }
    }

    /** Does what there is to do, at once where nothing is on its way. */
    private void hurry() {
        cancelTimer();
        if (!isUnderWay && !stopped && isBegun) {
            advance();
        }
    }

    private void advance() {
        timer = null;
        if (stopped) {
            return;
        }
        if (leaving && unsettled == null) {
            leave();
        } else if (!isTaken || leaving) {
            isUnderWay = true;
            turn++;
            sessions.current()
                    .onComplete((session, failure) -> loop.execute(() -> {
                        if (failure != null) {
                            failed(failure);
                        } else {
                            send(session);
                        }
                    }));
        }
    }

    private void send(Session session) {
        Attempt open = unsettled;
        boolean isRepeat = open != null && open.session() == session;
        if (stopped || (leaving && !isRepeat)) {
            // What was unsettled was of a session that is over.
            unsettled = null;
            isUnderWay = false;
            hurry();
            return;
        }
        Attempt next = open != null && isRepeat
                ? open
                : new Attempt(session, wanted, InstanceJson.register(service(), id(), wanted));
        session.execute(next.operation())
                .onComplete((response, failure) -> loop.execute(() -> {
                    if (failure instanceof OutcomeUnknownException unknown) {
                        unsettled = next.again(unknown.idempotencyKey());
                    } else if (failure == null || Problems.isDefinite(failure) || !isRepeat) {
                        // A repeat that certainly did nothing itself says nothing of the first one.
                        unsettled = null;
                    }
                    if (failure != null) {
                        failed(failure);
                    } else {
                        done(next);
                    }
                }));
    }

    private void done(Attempt attempt) {
        isUnderWay = false;
        failures = 0;
        turn++;
        lastRefusal = "";
        if (stopped || attempt.session().state() == Session.State.EXPIRED) {
            hurry();
            return;
        }
        Known before = known;
        known = new Known(attempt.session(), attempt.instance());
        if (before == null) {
            tellAll(listener -> listener.registered(this));
        }
        if (leaving || !attempt.instance().equals(wanted)) {
            hurry();
        } else {
            awaited.forEach(Promise::tryComplete);
            awaited.clear();
        }
    }

    private void failed(Throwable failure) {
        isUnderWay = false;
        turn++;
        if (stopped) {
            return;
        }
        failures++;
        System.Logger.Level level =
                Integer.bitCount(failures) == 1 ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
        LOG.log(level, entry + " is not registered as wanted yet: " + failure.getMessage());
        if (failure instanceof LockServiceException refusal
                && Problems.isDefinite(refusal)
                && !(refusal instanceof SessionExpiredException)) {
            refused(refusal);
        }
        timer = loop.after(leaving && unsettled == null ? 0 : pauses.delayMs(failures), this::advance);
    }

    private void refused(LockServiceException refusal) {
        LockServiceException reason = refusal;
        if (refusal.code().equals("node-exists")) {
            Response said = refusal.response();
            String owner = said == null ? "" : said.json().path("owner").asText("");
            reason = new InstanceTakenException(refusal.detail(), owner);
            if (known != null) {
                lose(reason);
            }
        }
        LockServiceException told = reason;
        if (!lastRefusal.equals(told.getMessage())) {
            lastRefusal = String.valueOf(told.getMessage());
            tellAll(listener -> listener.refused(this, told));
        }
    }

    /** Deletes the entry where it is this session's, and nothing that came after it. */
    private void leave() {
        Known now = known;
        known = null;
        isUnderWay = true;
        if (now == null) {
            gone();
            return;
        }
        client.execute(Operation.get(InstanceJson.node(service(), id())))
                .compose(response -> {
                    JsonNode stat = response.json();
                    return stat.path("owner").asText("").equals(now.session().id())
                            ? delete(now.session(), stat).<Void>mapEmpty()
                            : Future.<Void>succeededFuture();
                })
                .onComplete((done, failure) -> loop.execute(() -> left(now, failure)));
    }

    private void left(Known was, @Nullable Throwable failure) {
        boolean isOver = was.session().state() == Session.State.EXPIRED;
        if (failure == null || isOver || stopped || isCode(failure, "no-such-node")) {
            gone();
        } else if (Problems.isDefinite(failure) && !isCode(failure, "generation-mismatch")) {
            // It goes with the session.
            left.tryFail(failure);
            gone();
        } else {
            known = was;
            isUnderWay = false;
            failures++;
            timer = loop.after(pauses.delayMs(failures), this::advance);
        }
    }

    private Future<Response> delete(Session session, JsonNode stat) {
        String version = stat.path("instance").asText() + "."
                + stat.path("contentGeneration").asText();
        return session.execute(
                Operation.delete(InstanceJson.path(service(), id())).header("If-Match", "\"" + version + "\""));
    }

    private void gone() {
        isUnderWay = false;
        stopped = true;
        listeners.clear();
        registry.gone(this);
        left.tryComplete();
    }

    private void lose(LockServiceException reason) {
        known = null;
        turn++;
        if (!leaving) {
            tellAll(listener -> listener.lost(this, reason));
        }
    }

    private void giveUpWaiting() {
        awaited.forEach(promise -> promise.tryFail(given()));
        awaited.clear();
    }

    private CancellationException given() {
        return new CancellationException(entry + " is wanted no longer");
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void tellAll(Consumer<RegistrationListener> what) {
        List.copyOf(listeners).forEach(listener -> tell(listener, what));
    }

    private static void tell(RegistrationListener listener, Consumer<RegistrationListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a listener of a registration failed", e);
        }
    }

    private static boolean isCode(Throwable failure, String code) {
        return failure instanceof LockServiceException refusal && refusal.code().equals(code);
    }
}
