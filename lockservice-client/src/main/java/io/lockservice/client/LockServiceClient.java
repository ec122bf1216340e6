package io.lockservice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lockservice.client.node.Nodes;
import io.lockservice.client.observe.Observers;
import io.lockservice.client.time.VertxLoop;
import io.lockservice.client.time.WatchedLoop;
import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.HttpTransport;
import io.lockservice.client.transport.Lane;
import io.lockservice.client.transport.Response;
import io.lockservice.client.transport.Transport;
import io.lockservice.client.transport.channel.ChannelSettings;
import io.lockservice.client.transport.channel.ChannelTransport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program's way to a cell. One for a process is enough: it may be used from all threads and never blocks one.
 *
 * <p>Every method returns a Vert.x {@link Future}. Its handlers run on the caller's Vert.x context, or on the client's own
 * thread where the caller has none, and must not block there. From an ordinary thread
 * {@code future.toCompletionStage().toCompletableFuture().get()} waits for it.
 *
 * <p>An operation goes to another replica where one is dead or has no leader, with pauses that grow, until its deadline.
 * Writes carry an {@code Idempotency-Key} that is the same on all attempts, so that none is done twice. What then still
 * fails says in its {@link LockServiceException} whether it may have been done.
 */
public final class LockServiceClient implements AutoCloseable {
    /** So long after it wakes a suspended machine may take until it says so to those who do not ask. */
    private static final long WAKE_CHECK_MS = 250;

    private static final int KEY_BYTES = 12;
    private static final int HOSTS_REFRESH_MS = 1_000;
    private static final long CLOSE_SECONDS = 10;

    private final Loop loop;
    private final Transport transport;
    private final ClientOptions options;
    private final Observers observers;
    private final Failover failover;
    private final @Nullable Vertx own;
    private final List<Session> sessions = new CopyOnWriteArrayList<>();
    private final Set<Future<Session>> openings = new LinkedHashSet<>();
    private final Set<Supplier<Future<Void>>> closers = new LinkedHashSet<>();
    private final Map<Class<?>, Object> recipes = new ConcurrentHashMap<>();
    private long epoch = -1;
    private long lookAtNanos;
    private boolean isChecking;
    private boolean closed;
    private @Nullable Future<Void> down;

    LockServiceClient(
            Loop loop, Transport transport, ClientOptions options, Failover.Chance chance, @Nullable Vertx own) {
        this.loop = new WatchedLoop(loop, this::lookAtSessions);
        this.transport = transport;
        this.options = options;
        this.observers = new Observers();
        this.failover = new Failover(this.loop, transport, options, chance, this::sawEpoch, observers);
        this.own = own;
    }

    /** A client of the cell whose replicas, all or some of them, answer at these URLs: {@code http://host:port}. */
    public static LockServiceClient connect(String... urls) {
        return connect(ClientOptions.of(urls));
    }

    /** A client with these options. Nothing is sent before it is used. */
    public static LockServiceClient connect(ClientOptions options) {
        Vertx own = options.vertx() == null ? ownVertx() : null;
        Vertx vertx = options.vertx() == null ? own : options.vertx();
        if (vertx == null) {
            throw new IllegalStateException("no Vert.x");
        }
        VertxLoop loop = new VertxLoop(vertx, System::nanoTime, System::currentTimeMillis);
        Failover.Chance chance = new Failover.Chance(new Random(), uniquePrefix());
        return new LockServiceClient(loop, transport(vertx, loop, options), options, chance, own);
    }

    private static Transport transport(Vertx vertx, VertxLoop loop, ClientOptions options) {
        Transport http = new HttpTransport(
                vertx,
                options.connectTimeoutMs(),
                Map.of(
                        Lane.KEEP_ALIVE, options.maxWaitingCalls(),
                        Lane.CALL, options.maxConnections(),
                        Lane.WAIT, options.maxWaitingCalls()));
        ChannelSettings settings = new ChannelSettings(
                options.connectTimeoutMs(),
                options.attemptTimeoutMs(),
                options.maxWaitingCalls(),
                options.authorization());
        return options.channel() ? new ChannelTransport(vertx, loop, settings, http) : http;
    }

    /**
     * Opens a session. Its lease is counted from before the first attempt was sent.
     *
     * @return fails with a {@link LockServiceException}
     */
    public Future<Session> openSession(SessionOptions sessionOptions) {
        return loop.call(() -> {
            long sleptNanos = loop.sleptNanos();
            if (closed) {
                return Future.failedFuture(new IllegalStateException("this client is closed"));
            }
            Future<Session> opening = failover.start(sessionOptions.operation())
                    .future()
                    .map(answered -> opened(sessionOptions, answered, sleptNanos));
            openings.add(opening);
            opening.onComplete(opened -> openings.remove(opening));
            return opening;
        });
    }

    /** Does something that needs no session. */
    public Future<Response> execute(Operation operation) {
        return begin(operation).future();
    }

    /** As {@link #execute}, for callers that may change their mind. */
    public Pending<Response> begin(Operation operation) {
        AtomicReference<@Nullable Attempts> begun = new AtomicReference<>();
        Future<Response> done = loop.call(() -> {
            Attempts attempts = failover.start(operation);
            begun.set(attempts);
            return attempts.future().map(Failover.Answered::response);
        });
        return new Pending<>(
                done,
                () -> loop.execute(() -> {
                    // Begun before this runs: the loop does what it is given in order.
                    Attempts attempts = begun.get();
                    if (attempts != null) {
                        attempts.cancel(new CancellationException("the call was cancelled"));
                    }
                }));
    }

    /** A key that no other operation of any client has; for repeats that span several operations. */
    public String newIdempotencyKey() {
        return failover.nextKey();
    }

    /** Where this client's work is done; for recipes. */
    public Loop loop() {
        return loop;
    }

    /** Who is told what this client does; from any thread. */
    public Observers observers() {
        return observers;
    }

    /** The sessions that are open now; from any thread. */
    public List<Session> sessions() {
        return List.copyOf(sessions);
    }

    /** What a recipe keeps for each client, made when first asked for. From any thread. */
    public <T> T recipe(Class<T> type, Function<LockServiceClient, T> make) {
        return type.cast(recipes.computeIfAbsent(type, ignored -> make.apply(this)));
    }

    /** Runs {@code closer} before the sessions are closed, so that a recipe can stop in order. */
    public void addCloser(Supplier<Future<Void>> closer) {
        loop.execute(() -> closers.add(closer));
    }

    /** Forgets a closer. */
    public void removeCloser(Supplier<Future<Void>> closer) {
        loop.execute(() -> closers.remove(closer));
    }

    /** Ends candidacies, closes all sessions, which frees their locks at once, and then the connections. */
    public synchronized Future<Void> shutdown() {
        if (down == null) {
            down = closedInOrder();
        }
        return down;
    }

    private Future<Void> closedInOrder() {
        return loop.call(() -> {
            closed = true;
            List<Future<Void>> first =
                    List.copyOf(closers).stream().map(Supplier::get).toList();
            return Future.join(first).transform(ignored -> closeAll());
        });
    }

    private Future<Void> closeAll() {
        // One that is just being opened would else be there until its lease is over.
        return Future.join(List.copyOf(openings))
                .transform(ignored -> Future.join(
                        List.copyOf(sessions).stream().map(Session::close).toList()))
                .transform(ignored -> {
                    failover.close();
                    return transport.close();
                })
                .transform(ignored -> own == null ? Future.<Void>succeededFuture() : own.close());
    }

    /** {@link #shutdown} that waits up to 10 s for it; on a Vert.x thread it does not wait. */
    @Override
    public void close() {
        Future<Void> end = shutdown();
        if (Context.isOnVertxThread()) {
            return;
        }
        try {
            end.toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Sessions that could not be closed end with their leases.
            System.getLogger(LockServiceClient.class.getName())
                    .log(System.Logger.Level.DEBUG, "the client did not close in order", e);
        }
    }

    Failover failover() {
        return failover;
    }

    void ended(Session session, boolean closedHere) {
        sessions.remove(session);
        observers.tell(observer -> observer.sessionEnded(closedHere));
    }

    private Session opened(SessionOptions sessionOptions, Failover.Answered answered, long sleptNanos) {
        JsonNode body = answered.response().json();
        follow(body.path("leader"));
        Session session = Session.opened(this, options.driftPercent(), sessionOptions, answered, sleptNanos);
        sessions.add(session);
        if (sessionOptions.copies() != null) {
            // Before anything is done in the session: the copies have to know of all that it changes.
            Nodes.of(session);
        }
        lookBy(session.safeUntilNanos());
        checkForWaking();
        session.begin();
        return session;
    }

    /** The sessions are to be looked at no later than that. */
    void lookBy(long nanos) {
        lookAtNanos = sessions.size() == 1 || nanos - lookAtNanos < 0 ? nanos : lookAtNanos;
    }

    /** Before each task: where a lease has run out since the last, that is known before anything else runs. */
    private void lookAtSessions() {
        if (sessions.isEmpty() || loop.nanoTime() + loop.sleptNanos() - lookAtNanos < 0) {
            return;
        }
        long nextNanos = Long.MAX_VALUE;
        long nowNanos = loop.nanoTime() + loop.sleptNanos();
        for (Session session : sessions) {
            session.look();
            long leftNanos = session.safeUntilNanos() - nowNanos;
            nextNanos = leftNanos > 0 ? Math.min(nextNanos, leftNanos) : nextNanos;
        }
        lookAtNanos = nowNanos + Math.min(nextNanos, Long.MAX_VALUE / 2);
    }

    private void checkForWaking() {
        if (!isChecking && !sessions.isEmpty()) {
            isChecking = true;
            loop.after(WAKE_CHECK_MS, () -> {
                isChecking = false;
                checkForWaking();
            });
        }
    }

    /** The epoch grows with each change of leader: time to ask who it is now. */
    private void sawEpoch(long seen) {
        boolean changed = epoch >= 0 && seen > epoch;
        epoch = Math.max(epoch, seen);
        if (changed && options.followLeader() && !closed) {
            failover.start(Operation.get("/v1/cell"))
                    .future()
                    .onSuccess(answered -> follow(leaderOf(answered.response().json())));
        }
    }

    private void follow(JsonNode leader) {
        String url = leader.path("url").asText("");
        if (!url.isEmpty()) {
            try {
                failover.leader(options.translated(Address.parse(url)));
            } catch (IllegalArgumentException e) {
                System.getLogger(LockServiceClient.class.getName())
                        .log(System.Logger.Level.WARNING, "the cell says its leader answers there: " + e.getMessage());
            }
        }
    }

    private static JsonNode leaderOf(JsonNode cell) {
        JsonNode leader = cell.path("leader");
        if (leader.isObject()) {
            return leader;
        }
        for (JsonNode replica : cell.path("replicas")) {
            if (replica.path("id").asInt() == leader.asInt(-1)
                    && replica.path("http").isInt()) {
                return JsonNodeFactory.instance
                        .objectNode()
                        .put(
                                "url",
                                "http://" + replica.path("host").asText() + ":"
                                        + replica.path("http").asInt());
            }
        }
        return leader;
    }

    private static String uniquePrefix() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + ".";
    }

    /** Small, never keeps the program alive, and looks up host names anew each time: replicas move. */
    private static Vertx ownVertx() {
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2)
                .setUseDaemonThread(true)
                .setAddressResolverOptions(
                        new AddressResolverOptions().setCacheMaxTimeToLive(0).setHostsRefreshPeriod(HOSTS_REFRESH_MS)));
    }
}
