package io.lockservice.client.testkit;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cell for tests: real replicas in this JVM, each with its own event loop, ports and data, and what goes wrong with real ones.
 * A test says what fails; nothing fails by itself.
 *
 * <pre>{@code
 * try (LockServiceCell cell = LockServiceCell.start()) {
 *     Session session = cell.session("worker");
 *     ...
 *     cell.killLeader();
 * }
 * }</pre>
 *
 * <p>Every client that the cell hands out reaches it through a {@link ClientNetwork} of its own.
 *
 * <p>Threading: any thread, one call at a time, but no event loop: each call returns once what it says is so, and throws
 * {@link IllegalStateException} where that takes half a minute.
 */
public final class LockServiceCell implements AutoCloseable {
    private static final long LOOK_AGAIN_MS = 20;
    private static final long GOODBYE_SECONDS = 2;

    private final ReplicaProcesses replicas;
    private final CellClients clients;

    private LockServiceCell(ReplicaProcesses replicas) {
        this.replicas = replicas;
        this.clients =
                new CellClients(replicas.ids().stream().map(replicas::member).toList());
    }

    /** A cell of three replicas, started. */
    public static LockServiceCell start() {
        return builder().start();
    }

    /** A cell that is not as usual. */
    public static Builder builder() {
        return new Builder();
    }

    /** What a cell is to be. Every setter returns this object. */
    public static final class Builder {
        private final CellBlueprint blueprint = new CellBlueprint();

        private Builder() {}

        /** How many replicas, 1 to 7; default 3. One starts sooner, and has nobody to take over from it. */
        public Builder replicas(int value) {
            blueprint.replicas(value);
            return this;
        }

        /** The cell's name; default {@code test}. {@code /ls/local} always means this cell. */
        public Builder name(String value) {
            blueprint.name(value);
            return this;
        }

        /**
         * How long the replicas wait for a leader that is dead, in milliseconds, 100 to 60,000; default 1,000, as in a real
         * cell. Where it is short, a busy machine may change leaders by itself.
         */
        public Builder leaderLeaseMs(long value) {
            blueprint.leaderLeaseMs(value);
            return this;
        }

        /** Starts it. Returns once a replica leads. */
        public LockServiceCell start() {
            ReplicaProcesses started = blueprint.start();
            try {
                started.leader();
                return new LockServiceCell(started);
            } catch (RuntimeException e) {
                started.close();
                throw e;
            }
        }
    }

    /**
     * The result of what a client does, waited for.
     *
     * @throws RuntimeException what it failed with, such as a {@code LockServiceException}
     */
    public static <T> T await(Future<T> future) {
        return Waiting.result(future);
    }

    // Who is there

    /** The ids of the replicas, from 1. */
    public List<Integer> replicas() {
        return replicas.ids();
    }

    /** The ids of those that run; one that is paused does. */
    public List<Integer> running() {
        return replicas.running();
    }

    /** Where the replicas answer, in the order of their ids, also those that do not run. No fault of a network is on that way. */
    public String[] urls() {
        return replicas.urls().toArray(String[]::new);
    }

    /**
     * Where the replicas answer DNS by UDP and TCP, each as {@code host:port}, in the order of their ids. They answer for
     * {@code <cell>.ls}, where the cell is called {@code test} unless {@link Builder#name} says otherwise.
     */
    public String[] dnsServers() {
        return replicas.dnsServers().toArray(String[]::new);
    }

    /** The replica that leads and serves; waits for one. */
    public int leader() {
        return replicas.leader();
    }

    /** Waits until a replica leads, and all that run and are not paused have caught up. */
    public void awaitReady() {
        replicas.awaitReady();
    }

    // Clients

    /** One more client, closed with the cell. */
    public LockServiceClient client() {
        return clients.another();
    }

    /** The client of that name, the same whenever it is asked for; closed with the cell. */
    public LockServiceClient client(String name) {
        return clients.named(name, UnaryOperator.identity());
    }

    /** The client of that name, with options of yours where this makes it. */
    public LockServiceClient client(String name, UnaryOperator<ClientOptions> options) {
        return clients.named(name, options);
    }

    /** A session of the client of that name, with a lease of 12 s. Each call opens another. */
    public Session session(String clientName) {
        return session(client(clientName), SessionOptions.named(clientName));
    }

    /** A session of this client. Each call opens another. */
    public Session session(LockServiceClient client, SessionOptions options) {
        return Waiting.await(client.openSession(options), "a session is to be opened");
    }

    /** What lies between the cell and a client that this object has handed out. */
    public ClientNetwork network(LockServiceClient client) {
        return clients.networkOf(client);
    }

    /**
     * The network of that name, where it is for a client that the program under test makes by itself: with
     * {@link ClientNetwork#clientOptions()}.
     */
    public ClientNetwork network(String name) {
        return clients.network(name);
    }

    /** Closes a client, and forgets it and its network. */
    public void close(LockServiceClient client) {
        clients.close(client);
    }

    // What goes wrong with clients

    /** Nothing comes through between this client and the cell until {@link #heal}; nothing is refused. */
    public void partition(LockServiceClient client) {
        network(client).partition();
    }

    /** Everything comes through again. */
    public void heal(LockServiceClient client) {
        network(client).heal();
    }

    /**
     * This client's program makes no progress: no keep-alives, no timers, no callbacks, until {@link #resume}. Sessions and
     * locks may still be asked from other threads what they believe. Not for clients that run on a Vert.x of yours.
     *
     * @param atMost after this it goes on by itself
     */
    public void pause(LockServiceClient client, Duration atMost) {
        clients.pause(client, atMost);
    }

    /** This client's program goes on. */
    public void resume(LockServiceClient client) {
        clients.resume(client);
    }

    /**
     * Ends a session as if its lease had run out: its locks stay closed for their lock-delays, {@code session-expired} is
     * told, its ephemeral nodes go. Returns once the cell has done it, and the client has been told where the cell can be
     * reached from it.
     *
     * <p>The lease itself is not waited for, so for a moment the client takes the session for safe though it is over, which
     * never happens otherwise. Where that matters, use {@link #partition} or {@link #pause} and wait.
     */
    public void expire(Session session) {
        replicas.expire(session.id());
        LockServiceClient operator = clients.operator();
        Operation look = Operation.get("/v1/sessions/" + session.id());
        Waiting.until(() -> isOver(operator, look, session.id()), "the session is to expire");
        if (!clients.isCutOff(session.client())) {
            quietly(session.execute(look));
        }
    }

    private @Nullable Boolean isOver(LockServiceClient operator, Operation look, String session) {
        Future<Boolean> over = operator.execute(look)
                .map(alive -> false)
                .recover(failure -> failure instanceof SessionExpiredException
                        ? Future.succeededFuture(true)
                        : Future.failedFuture(failure));
        if (Waiting.await(over, "the cell is asked for a session")) {
            return true;
        }
        // The leader may have changed in between.
        replicas.expire(session);
        sleep();
        return null;
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // What goes wrong with replicas

    /** Stops the leader in order: it hands over before. Returns its id. */
    public int stopLeader() {
        int leader = leader();
        stop(leader);
        return leader;
    }

    /** Ends the leader without a word: it hands nothing over, and its connections break. Returns its id. */
    public int killLeader() {
        int leader = leader();
        kill(leader);
        return leader;
    }

    /**
     * The leader makes no progress, as in a long collection of garbage: connections to it are open and silent. Another
     * replica leads once its lease is over. Returns its id.
     *
     * @param atMost after this it goes on by itself
     */
    public int pauseLeader(Duration atMost) {
        int leader = leader();
        pause(leader, atMost);
        return leader;
    }

    /** Moves leadership to another replica, in order. Returns the id of the new leader. */
    public int transferLeadership() {
        int former = leader();
        move(new JsonObject());
        return replicas.leaderOtherThan(former);
    }

    /** Moves leadership to this replica, in order. */
    public void transferLeadership(int to) {
        replicas.member(to);
        move(new JsonObject().put("replica", to));
        Waiting.until(() -> leader() == to ? Boolean.TRUE : null, "replica " + to + " is to lead");
    }

    private void move(JsonObject where) {
        Waiting.await(
                clients.operator().execute(Operation.post("/v1/cell/leader").json(where)), "leadership is to be moved");
    }

    /** Stops a replica in order; nothing happens where it does not run. */
    public void stop(int replica) {
        replicas.stop(replica);
    }

    /** Ends a replica without a word; nothing happens where it does not run. */
    public void kill(int replica) {
        replicas.kill(replica);
    }

    /** A replica makes no progress, see {@link #pauseLeader}. */
    public void pause(int replica, Duration atMost) {
        replicas.pause(replica, atMost);
    }

    /** All replicas that are paused go on. */
    public void resume() {
        replicas.resumeAll();
    }

    /** Starts a replica with the data it has; one that runs is stopped before. {@link #awaitReady} waits for it to catch up. */
    public void restart(int replica) {
        replicas.stop(replica);
        replicas.start(replica);
    }

    /** Takes back all that went wrong: starts what does not run, resumes what is paused, heals all networks, and waits for that. */
    public void repair() {
        clients.repair();
        replicas.resumeAll();
        replicas.ids().forEach(replicas::start);
        awaitReady();
    }

    /** Closes its clients, in order where the cell can still serve them, and ends the cell. */
    @Override
    public void close() {
        clients.repair();
        replicas.resumeAll();
        Future<Void> goodbye = clients.shutdown();
        if (replicas.isMajorityRunning()) {
            quietly(goodbye);
        }
        replicas.close();
        clients.close();
    }

    /** For what may take long, and whose end nobody needs. */
    private static void quietly(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get(GOODBYE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException unimportant) {
            System.getLogger(LockServiceCell.class.getName())
                    .log(System.Logger.Level.DEBUG, "not in order", unimportant);
        }
    }
}
