package io.lockservice.client.election;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.lock.DistributedLock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LeaderElection} for programs that ask whether they lead, or wait until they do, rather than be called. From its start
 * until it is closed it is a candidate; when a leadership ends it is one again, at the end of the queue.
 *
 * <p>Each answer is about one {@link Leadership}: a function of its grant, its session's lease and the clock. What {@link #await()}
 * gave stays about that leadership, and never leads again once that is over, also where this latch does. From any thread.
 */
public final class LeaderLatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LeaderLatch.class.getName());

    private final LockServiceClient client;
    private final Loop loop;
    private final String name;
    private final ElectionOptions options;
    private final List<LatchListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Promise<Leadership>> waiting = new ArrayList<>();
    private final Supplier<Future<Void>> closer = this::shutdown;
    private @Nullable LeaderElection election;
    private volatile @Nullable Leadership leadership;
    private volatile boolean closed;

    private LeaderLatch(LockServiceClient client, String name, ElectionOptions options) {
        this.client = client;
        this.loop = client.loop();
        this.name = name;
        this.options = options;
    }

    /** A latch for the election of the node {@code name}, with sessions of its own. It takes part once it is started. */
    public static LeaderLatch of(LockServiceClient client, String name, ElectionOptions options) {
        return new LeaderLatch(client, name, options);
    }

    /**
     * Makes this program a candidate.
     *
     * @throws IllegalStateException where it was started before, or closed
     */
    public void start() {
        start(candidate -> LeaderElection.candidate(client, name, candidate, options));
    }

    synchronized void start(Function<Candidate, LeaderElection> campaign) {
        if (election != null || closed) {
            throw new IllegalStateException("a latch is started once");
        }
        election = campaign.apply(new Told());
        client.addCloser(closer);
    }

    /** Adds a listener for what comes; it is told first of the next leadership where there is one now. */
    public void addListener(LatchListener listener) {
        listeners.add(listener);
    }

    /** Removes a listener. */
    public void removeListener(LatchListener listener) {
        listeners.remove(listener);
    }

    /** Whether this program leads now, by its own clock: right also just after a pause of the process. */
    public boolean hasLeadership() {
        return leadership().isPresent();
    }

    /** The leadership that is; empty where this program does not lead. */
    public Optional<Leadership> leadership() {
        Leadership now = leadership;
        return now != null && !closed && now.isLeader() ? Optional.of(now) : Optional.empty();
    }

    /** Of the leadership that is: larger than that of every earlier leader. Empty where this program does not lead. */
    public OptionalLong token() {
        return leadership().map(now -> OptionalLong.of(now.token())).orElseGet(OptionalLong::empty);
    }

    /**
     * Waits until this program leads.
     *
     * @return the leadership, which was one when it was handed over: ask it with {@link Leadership#isLeader()} before each use.
     *     Fails with {@link CancellationException} once the latch is closed
     */
    public Future<Leadership> await() {
        Future<Leadership> next = next(Promise.promise());
        // It may have ended on the way to the caller's context.
        return next.compose(given -> given.isLeader() ? Future.succeededFuture(given) : await());
    }

    /**
     * {@link #await()}, blocking; not on an event loop.
     *
     * @param atMost for how long
     * @return empty where this program did not come to lead in that time
     * @throws CancellationException once the latch is closed
     */
    public Optional<Leadership> await(Duration atMost) throws InterruptedException {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("not to be waited for on an event loop");
        }
        long endNanos = loop.nanoTime() + atMost.toNanos();
        while (true) {
            long leftNanos = endNanos - loop.nanoTime();
            Promise<Leadership> mine = Promise.promise();
            try {
                Leadership given = next(mine)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(Math.max(0, leftNanos), TimeUnit.NANOSECONDS);
                // This thread may have been held up until now.
                if (given.isLeader()) {
                    return Optional.of(given);
                }
            } catch (TimeoutException e) {
                return leadership();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException refusal
                        ? refusal
                        : new IllegalStateException(e.getCause());
            } finally {
                loop.execute(() -> waiting.remove(mine));
            }
        }
    }

    /** The leadership that is, or that comes next: then by {@code promise}. */
    private Future<Leadership> next(Promise<Leadership> promise) {
        return loop.call(() -> {
            Optional<Leadership> now = leadership();
            if (now.isPresent()) {
                promise.complete(now.get());
            } else if (closed) {
                promise.fail(isClosed());
            } else {
                waiting.add(promise);
            }
            return promise.future();
        });
    }

    /** Who leads now, as the cell sees it. */
    public Future<Optional<Leader>> currentLeader() {
        return LeaderElection.currentLeader(client, name);
    }

    /** Who takes part: the leader, and who waits, in the order in which they would follow. None where there is no such election. */
    public Future<List<Participant>> participants() {
        return client.execute(Operation.get(DistributedLock.path(name)))
                .map(response -> participantsIn(response.json()))
                .recover(failure -> Problems.isCode(failure, "no-such-node")
                        ? Future.succeededFuture(List.of())
                        : Future.failedFuture(failure));
    }

    private static List<Participant> participantsIn(JsonNode lock) {
        List<Participant> all = new ArrayList<>();
        Problems.holders(lock.path("holders"))
                .forEach(holder -> all.add(
                        new Participant(holder.session(), holder.client(), holder.note(), true, holder.token())));
        for (JsonNode each : lock.path("waiters")) {
            all.add(new Participant(
                    each.path("session").asText(""), each.path("client").asText(""), "", false, 0));
        }
        return all;
    }

    /** Stops leading where it does, and is a candidate again behind those that wait. Done when the cell knows. */
    public Future<Void> resign() {
        LeaderElection running = election();
        return running == null ? Future.succeededFuture() : running.resign();
    }

    /** Hands over and takes part no more. From the call on this program does not lead. Done when the cell knows. */
    public Future<Void> shutdown() {
        markClosed();
        LeaderElection running = election();
        return running == null ? Future.succeededFuture() : running.shutdown();
    }

    /** {@link #shutdown} that waits up to 10 s for it; not on a Vert.x thread, and not within a listener's calls. */
    @Override
    public void close() {
        markClosed();
        LeaderElection running = election();
        if (running != null) {
            running.close();
        }
    }

    private synchronized @Nullable LeaderElection election() {
        return election;
    }

    private void markClosed() {
        closed = true;
        client.removeCloser(closer);
        Leadership ended = leadership;
        if (ended != null) {
            ended.end();
        }
        loop.execute(() -> {
            List<Promise<Leadership>> all = List.copyOf(waiting);
            waiting.clear();
            all.forEach(promise -> promise.tryFail(isClosed()));
        });
    }

    private CancellationException isClosed() {
        return new CancellationException("the latch of " + name + " is closed");
    }

    private void each(List<LatchListener> told, Consumer<LatchListener> what) {
        for (LatchListener listener : told) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener of the latch of " + name + " failed", e);
            }
        }
    }

    private final class Told implements Candidate {
        private List<LatchListener> informed = List.of();

        @Override
        public void elected(Leadership begun) {
            leadership = begun;
            if (closed) {
                begun.end();
                return;
            }
            loop.execute(() -> {
                List<Promise<Leadership>> all = List.copyOf(waiting);
                waiting.clear();
                all.forEach(promise -> promise.tryComplete(begun));
            });
            informed = List.copyOf(listeners);
            each(informed, listener -> listener.isLeader(begun));
        }

        @Override
        public void revoked() {
            leadership = null;
            each(informed, LatchListener::notLeader);
            informed = List.of();
        }
    }
}
