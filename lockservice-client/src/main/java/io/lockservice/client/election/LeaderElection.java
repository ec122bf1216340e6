package io.lockservice.client.election;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.Reply;
import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.lock.LockRequest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A standing candidacy: whoever holds the lock of the election's node leads (Burrows, sections 2.1 and 2.4). It lasts
 * until it is closed. In between it does by itself whatever is needed to lead again, also opening a new session when
 * the old one is over: a candidacy says what is wanted, and a leadership that ended is never taken for the next one.
 *
 * <p>The order is always elected, revoked, lock released, candidate again at the end of the queue. Each election has a
 * larger token. A session in doubt ends the leadership, by the stop margin before the lease does.
 */
public final class LeaderElection implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LeaderElection.class.getName());
    private static final long FIRST_PAUSE_MS = 500;
    private static final long MAX_PAUSE_MS = 30_000;
    private static final long CLOSE_SECONDS = 10;

    private final LockServiceClient client;
    private final Loop loop;
    private final String name;
    private final ElectionOptions options;
    private final Callbacks callbacks;
    private final Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
    private final SessionListener lease = new LeaseWatch();
    private final Supplier<Future<Void>> closer = this::shutdown;
    private final List<Promise<Void>> waitingForEnd = new ArrayList<>();
    private @Nullable Session session;
    private boolean sessionIsOwn;
    private @Nullable LockRequest request;
    private volatile @Nullable Leadership leadership;
    private Callbacks.@Nullable Term term;
    private Loop.@Nullable Timer endTimer;
    private boolean awaitingRenewal;
    private boolean stopping;
    private boolean workFailed;
    private boolean closed;
    private int failures;

    LeaderElection(
            LockServiceClient client,
            @Nullable Session session,
            String name,
            ElectionOptions options,
            Callbacks callbacks) {
        this.client = client;
        this.loop = client.loop();
        this.session = session;
        this.name = name;
        this.options = options;
        this.callbacks = callbacks;
    }

    /** Makes this program a candidate for the node {@code name}, with sessions of its own and default options. */
    public static LeaderElection candidate(LockServiceClient client, String name, Candidate candidate) {
        return candidate(client, name, candidate, ElectionOptions.named(name));
    }

    /** Makes this program a candidate, with sessions of its own. */
    public static LeaderElection candidate(
            LockServiceClient client, String name, Candidate candidate, ElectionOptions options) {
        return started(client, null, name, candidate, options);
    }

    /** Makes this program a candidate with this session; once that is over, with sessions of its own. */
    public static LeaderElection candidate(Session session, String name, Candidate candidate, ElectionOptions options) {
        return started(session.client(), session, name, candidate, options);
    }

    private static LeaderElection started(
            LockServiceClient client,
            @Nullable Session session,
            String name,
            Candidate candidate,
            ElectionOptions options) {
        ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, "election " + name);
            made.setDaemon(true);
            return made;
        });
        LeaderElection election =
                new LeaderElection(client, session, name, options, new Callbacks(candidate, thread, client.loop()));
        election.begin();
        return election;
    }

    /** Who leads the election of the node {@code name} now; empty where nobody does. */
    public static Future<Optional<Leader>> currentLeader(LockServiceClient client, String name) {
        return client.execute(Operation.get(DistributedLock.path(name)))
                .map(response -> leaderIn(response.json()))
                .recover(failure -> Problems.isCode(failure, "no-such-node")
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    /** Who leads now. */
    public Future<Optional<Leader>> currentLeader() {
        return currentLeader(client, name);
    }

    /** This program's leadership while it leads; from any thread. */
    public Optional<Leadership> leadership() {
        Leadership now = leadership;
        return now != null && now.isLeader() ? Optional.of(now) : Optional.empty();
    }

    /**
     * Hands over: stops leading, releases the lock, and is a candidate again behind those that wait. Done when the
     * candidate has stopped and the cell knows; does nothing where this program does not lead.
     */
    public Future<Void> resign() {
        return loop.call(() -> leadership == null && !stopping ? Future.succeededFuture() : stop());
    }

    /** Ends the candidacy. Done when the candidate has stopped, the lock is released and the own session closed. */
    public Future<Void> shutdown() {
        return loop.call(() -> {
            if (closed) {
                return Future.succeededFuture();
            }
            closed = true;
            client.removeCloser(closer);
            Future<Void> stopped = leadership != null || stopping ? stop() : Future.succeededFuture();
            return stopped.transform(ignored -> withdraw())
                    .transform(ignored -> closeSession())
                    .onComplete(ignored -> callbacks.shutdown());
        });
    }

    /** {@link #shutdown} that waits up to 10 s for it; not on a Vert.x thread and not within the candidate's calls. */
    @Override
    public void close() {
        Future<Void> down = shutdown();
        if (Context.isOnVertxThread() || callbacks.isCaller()) {
            return;
        }
        try {
            down.toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "the candidacy for " + name + " ends with its lease", e);
        }
    }

    void begin() {
        client.addCloser(closer);
        loop.execute(() -> {
            Session given = session;
            if (given == null) {
                campaign();
            } else {
                adopt(given);
            }
        });
    }

    private void campaign() {
        awaitingRenewal = false;
        if (closed) {
            return;
        }
        Session now = session;
        if (now == null || now.state() == Session.State.EXPIRED) {
            openSession();
        } else if (now.remainingMs() <= options.marginMs(now.leaseMs())) {
            // Elected now it would have to stop at once.
            awaitingRenewal = true;
        } else {
            request(now);
        }
    }

    private void openSession() {
        client.openSession(options.session()).onComplete((opened, failure) -> {
            if (opened != null) {
                sessionIsOwn = true;
                adopt(opened);
            } else if (failure != null) {
                pause("no session for the election of " + name, failure);
            }
        });
    }

    private void adopt(Session adopted) {
        session = adopted;
        failures = 0;
        adopted.addListener(lease);
        if (closed) {
            // The candidacy was closed while the session was being opened.
            closeSession();
        } else {
            campaign();
        }
    }

    private void request(Session with) {
        LockRequest started;
        try {
            started = DistributedLock.of(with)
                    .request(name, LockOptions.exclusive().withNote(options.note()));
        } catch (LockServiceException e) {
            pause(name + " cannot be an election", e);
            return;
        }
        request = started;
        started.held().onComplete((lock, failure) -> {
            request = null;
            if (lock != null) {
                lead(lock);
            } else if (failure instanceof SessionExpiredException over) {
                again(over);
            } else if (failure != null && !closed) {
                pause("the candidacy for " + name + " was refused", failure);
            }
        });
    }

    /** A session that ran out is replaced; one that the program closed takes the candidacy with it. */
    private void again(SessionExpiredException over) {
        if (over.closedHere()) {
            shutdown().onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "not closed in order", failure));
        } else {
            campaign();
        }
    }

    private void lead(HeldLock lock) {
        Session holder = lock.session();
        long marginMs = options.marginMs(holder.leaseMs());
        Leadership begun = new Leadership(lock, TimeUnit.MILLISECONDS.toNanos(marginMs));
        if (closed || !begun.isLeader()) {
            lock.release().onComplete(ignored -> campaign());
            return;
        }
        leadership = begun;
        lock.onLost(reason -> endOf(begun));
        armEndTimer(begun);
        Callbacks.Term begins = callbacks.term(begun, () -> {
            workFailed = true;
            endOf(begun);
        });
        term = begins;
        begins.begin();
    }

    private void armEndTimer(Leadership of) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(of.remainingNanos());
        endTimer = loop.after(leftMs, () -> {
            if (of.isLeader()) {
                armEndTimer(of);
            } else {
                endOf(of);
            }
        });
    }

    private void endOf(Leadership which) {
        if (leadership == which) {
            stop();
        }
    }

    /** From leading to being a candidate again, or to the end. Asked for twice, both are told when it is done. */
    private Future<Void> stop() {
        Promise<Void> done = Promise.promise();
        waitingForEnd.add(done);
        Leadership ended = leadership;
        Callbacks.Term ending = term;
        if (stopping || ended == null || ending == null) {
            return done.future();
        }
        stopping = true;
        leadership = null;
        ended.end();
        if (endTimer != null) {
            endTimer.cancel();
        }
        ending.end().transform(ignored -> ended.lock().release()).onComplete(ignored -> stopped());
        return done.future();
    }

    private void stopped() {
        stopping = false;
        term = null;
        List<Promise<Void>> told = List.copyOf(waitingForEnd);
        waitingForEnd.clear();
        told.forEach(Promise::complete);
        if (workFailed) {
            workFailed = false;
            pause("the leader's work failed", null);
        } else {
            campaign();
        }
    }

    /** A cell that cannot be reached has cost a whole deadline already; what is refused at once needs real pauses. */
    private void pause(String why, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        failures++;
        boolean unreachable = failure != null && !Problems.isDefinite(failure);
        long pauseMs = pauses.delayMs(unreachable ? 1 : failures);
        String cause = failure == null ? "" : ": " + failure.getMessage();
        // Of a cell that is away for a night, a line now and then is enough.
        boolean now = Integer.bitCount(failures) == 1;
        System.Logger.Level level = now ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
        LOG.log(level, why + cause + "; again in " + pauseMs + " ms");
        LOG.log(System.Logger.Level.DEBUG, why, failure);
        loop.after(pauseMs, this::campaign);
    }

    private Future<Void> withdraw() {
        LockRequest waiting = request;
        return waiting == null ? Future.succeededFuture() : waiting.cancel();
    }

    private Future<Void> closeSession() {
        Session last = session;
        return last != null && sessionIsOwn ? last.close() : Future.succeededFuture();
    }

    private static Optional<Leader> leaderIn(JsonNode lock) {
        List<Reply.Holder> holders = Problems.holders(lock.path("holders"));
        return holders.stream()
                .findFirst()
                .map(holder -> new Leader(holder.client(), holder.note(), holder.token(), holder.heldMs()));
    }

    private final class LeaseWatch implements SessionListener {
        @Override
        public void renewed(Session renewed) {
            Leadership now = leadership;
            if (now != null) {
                now.renewed();
                if (now.isLeader()) {
                    failures = 0;
                    // A lease says nothing of an operator who released the lock: a lost lock ends it by onLost.
                    now.lock().check().onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "unchecked", failure));
                } else {
                    endOf(now);
                }
            } else if (awaitingRenewal && renewed == session) {
                campaign();
            }
        }

        @Override
        public void jeopardy(Session doubtful) {
            Leadership now = leadership;
            if (now != null && now.lock().session() == doubtful) {
                endOf(now);
            }
        }

        @Override
        public void expired(Session over, SessionExpiredException reason) {
            jeopardy(over);
            if (over == session && (awaitingRenewal || reason.closedHere())) {
                again(reason);
            }
        }
    }
}
