package io.lockservice.client.node;

import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.PercentText;
import io.lockservice.api.Stat;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Pending;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener.Event;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.lock.LockRequest;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node that a session has open (Burrows, section 2.6): this very node, and not what is made under its name later. Its calls
 * fail with {@code no-such-node} once it was deleted, with {@code permission-denied} where it was not opened for them. From all
 * threads; every call can be cancelled.
 *
 * <p>After a call that failed because the session is over all later ones fail: what was not done is always the last part of
 * what was asked for.
 */
public final class Handle {
    private final Nodes nodes;
    private final Session session;
    private final Loop loop;
    private final Name name;
    private final String id;
    private final OpenOptions options;
    private final boolean created;
    private final Stat stat;
    private final NodeRequests requests;
    private final Set<Call<?>> underWay = new LinkedHashSet<>();
    private volatile @Nullable LockServiceException unusable;
    private volatile @Nullable String fence;
    private @Nullable HeldLock held;
    private @Nullable Future<Void> closing;

    Handle(Nodes nodes, Name name, String id, OpenOptions options, boolean created, Stat stat) {
        this.nodes = nodes;
        this.session = nodes.session();
        this.loop = session.client().loop();
        this.name = name;
        this.id = id;
        this.options = options;
        this.created = created;
        this.stat = stat;
        this.requests = new NodeRequests(name, id);
    }

    /** Opens the node {@code name} for {@code session}. See {@link Nodes#open}. */
    public static Pending<Handle> open(Session session, String name, OpenOptions options) {
        return Nodes.of(session).open(name, options);
    }

    /** The node, with the real cell's name. */
    public String name() {
        return name.path();
    }

    /** What the HTTP API takes as {@code ?handle=}. Whoever has it can act as the session on this node. */
    public String id() {
        return id;
    }

    /** The session it belongs to, and ends with. */
    public Session session() {
        return session;
    }

    /** Whether opening it made the node. */
    public boolean created() {
        return created;
    }

    /** The node when it was opened. */
    public Stat openedStat() {
        return stat;
    }

    /** The whole content of a file with its stat, taken at once. */
    public Pending<Contents> getContentsAndStat() {
        return read(Seen.Part.CONTENT, Nodes::contents);
    }

    /** The node's metadata. */
    public Pending<Stat> getStat() {
        return read(Seen.Part.STAT, Nodes::stat);
    }

    /** All children of a directory, with their metadata. */
    public Pending<Directory> readDir() {
        return read(Seen.Part.CHILDREN, Nodes::directory);
    }

    /** Writes a file's whole content. */
    public Pending<Stat> setContents(byte[] content) {
        return write(() -> requests.write(content, false, false), NodeRequests::stat);
    }

    /** As {@link #setContents(byte[])} if the file is at this content generation; else {@code generation-mismatch}. */
    public Pending<Stat> setContents(byte[] content, long contentGeneration) {
        return write(
                () -> NodeRequests.ifAt(requests.write(content, false, false), stat.instance(), contentGeneration),
                NodeRequests::stat);
    }

    /** Which ACLs the node names. */
    public Pending<Acl> getAcl() {
        return call(() -> nodes.begin(requests.getAcl()).map(NodeRequests::acl));
    }

    /** Names other ACLs; {@link Acl#aclGeneration()} plays no part. */
    public Pending<Acl> setAcl(Acl acl) {
        return write(() -> requests.setAcl(acl, null), NodeRequests::acl);
    }

    /** As {@link #setAcl(Acl)} if the node is at this ACL generation; else {@code generation-mismatch}. */
    public Pending<Acl> setAcl(Acl acl, long aclGeneration) {
        return write(() -> requests.setAcl(acl, aclGeneration), NodeRequests::acl);
    }

    /** Deletes the node if nothing is in it. */
    public Pending<Void> delete() {
        return write(() -> requests.delete(false), done -> null);
    }

    /**
     * Acquires the node's lock for the session, waiting as {@code lock} says, without a time for as long as the session lives.
     * Cancelled, the place in the queue is given up. The hold is the session's: it outlives the handle. Through a handle that
     * has the lock already it is the same hold again.
     */
    public Pending<HeldLock> acquire(LockOptions lock) {
        return call(() -> {
            HeldLock before = held;
            if (before != null && before.isHeld() && before.mode() == lock.mode()) {
                return Pending.of(before);
            }
            String path = DistributedLock.path(name()) + "?handle=" + PercentText.encode(id);
            LockRequest request = DistributedLock.of(session).request(name(), lock, fenced(Operation.put(path)));
            return new Pending<>(request.held().onSuccess(lockHeld -> held = lockHeld), () -> giveUp(request));
        });
    }

    /** Acquires it if it is free; fails with {@link io.lockservice.client.LockHeldException} where it is not. */
    public Pending<HeldLock> tryAcquire(LockOptions lock) {
        return acquire(lock.waitAtMost(Duration.ZERO));
    }

    /** Releases the lock that was acquired through this handle; {@code not-held} where none is. */
    public Pending<Void> release() {
        return call(() -> {
            HeldLock lock = held;
            held = null;
            return lock == null ? Pending.failed(notHeld()) : new Pending<>(lock.release(), () -> {});
        });
    }

    /** Describes the lock that is held through this handle, for others to check; {@code not-held} where none is. */
    public Pending<String> getSequencer() {
        return call(() -> {
            HeldLock lock = held;
            return lock == null || !lock.isHeld() ? Pending.failed(notHeld()) : Pending.of(lock.sequencer());
        });
    }

    /**
     * Has the cell refuse every later change through this handle, {@code sequencer-invalid}, unless {@code sequencer} is valid
     * at the moment the change is made. Reads are not affected. Null takes that back.
     */
    public void setSequencer(@Nullable String sequencer) {
        fence = sequencer;
    }

    /** Whether a sequencer that somebody sent is valid now. */
    public Pending<Boolean> checkSequencer(String sequencer) {
        return call(() -> nodes.begin(Operation.checkSequencer(sequencer))
                .map(response -> response.json().path("valid").asBoolean(false)));
    }

    /**
     * Makes all calls fail, {@code handle-poisoned}: those under way and all later ones. The handle stays open, with its events
     * and what it holds.
     */
    public void poison() {
        LockServiceException why =
                new LockServiceException("handle-poisoned", "somebody poisoned the handle of " + name);
        refuse(why);
        loop.execute(() -> List.copyOf(underWay).forEach(call -> call.end(why)));
    }

    /**
     * Closes the handle: later calls fail, {@code handle-closed}. Those under way are not cancelled, and may find it closed.
     * An ephemeral node goes with the last who has it open. Locks stay held. Never fails: it is tried until it is done, or the
     * session is over.
     */
    public Future<Void> close() {
        refuse(new LockServiceException("handle-closed", "the handle of " + name + " was closed here"));
        return loop.call(() -> {
            if (closing == null) {
                nodes.closing(this);
                closing = closedAtLast(session.client().newIdempotencyKey());
            }
            return closing;
        });
    }

    @Override
    public String toString() {
        return "handle of " + name + (unusable == null ? "" : " (unusable)");
    }

    Set<EventType> eventTypes() {
        return options.events();
    }

    Consumer<Event> listener() {
        return options.listener();
    }

    private Future<Void> closedAtLast(String key) {
        Operation close =
                Operation.delete("/v1/handles/" + PercentText.encode(id)).idempotencyKey(key);
        return session.execute(close).transform((done, failure) -> {
            if (failure != null && !(failure instanceof SessionExpiredException) && !Problems.isDefinite(failure)) {
                return closedAtLast(key);
            }
            loop.execute(() -> nodes.closed(this));
            return Future.succeededFuture();
        });
    }

    private synchronized void refuse(LockServiceException why) {
        if (unusable == null) {
            unusable = why;
        }
    }

    private static void giveUp(LockRequest request) {
        request.cancel();
        // Where it has just been granted, the one who was to be told is not there any more.
        request.held().onSuccess(HeldLock::close);
    }

    private <T> Pending<T> read(Seen.Part part, Function<Seen, T> form) {
        Function<Seen, T> ofThis = seen -> form.apply(sameInstance(seen));
        Seen copy = unusable == null && options.modes().contains(HandleMode.READ) ? copy(part) : null;
        if (copy != null) {
            return Nodes.formed(copy, ofThis);
        }
        return call(() -> nodes.reads().read(name, part, id).map(ofThis));
    }

    private @Nullable Seen copy(Seen.Part part) {
        return nodes.reads().copy(name.path(), part);
    }

    /** What was made under its name later is another node. */
    private Seen sameInstance(Seen seen) {
        long instance = stat.instance();
        if (seen instanceof Seen.Node node) {
            instance = node.stat().instance();
        } else if (seen instanceof Seen.Listing listing) {
            instance = listing.directory().stat().instance();
        }
        if (instance != stat.instance()) {
            throw new LockServiceException(
                    "no-such-node",
                    "the node '" + name + "' that was opened has been deleted, and made anew; open it again");
        }
        return seen;
    }

    private <T> Pending<T> write(Supplier<Operation> operation, Function<Response, T> form) {
        return call(() -> nodes.begin(fenced(operation.get())).map(form));
    }

    private Operation fenced(Operation operation) {
        String sequencer = fence;
        return sequencer == null ? operation : operation.fencedBy(sequencer);
    }

    private LockServiceException notHeld() {
        return new LockServiceException("not-held", "the lock of " + name + " is not held through this handle");
    }

    private <T> Pending<T> call(Supplier<Pending<T>> work) {
        Call<T> call = new Call<>(work);
        return new Pending<>(
                loop.call(call::start),
                () -> loop.execute(() -> call.end(new CancellationException("the call was cancelled"))));
    }

    /** A call that is under way, so that it can be ended from outside. */
    private final class Call<T> {
        private final Supplier<Pending<T>> work;
        private final Promise<T> promise = Promise.promise();
        private @Nullable Pending<T> pending;

        Call(Supplier<Pending<T>> work) {
            this.work = work;
        }

        Future<T> start() {
            LockServiceException refusal = unusable;
            if (refusal != null) {
                return Future.failedFuture(refusal);
            }
            underWay.add(this);
            Pending<T> begun = begun();
            pending = begun;
            begun.future()
                    .onComplete((result, failure) -> loop.execute(() -> {
                        underWay.remove(this);
                        if (failure == null) {
                            promise.tryComplete(result);
                        } else {
                            promise.tryFail(failure);
                        }
                    }));
            return promise.future();
        }

        private Pending<T> begun() {
            try {
                return work.get();
            } catch (LockServiceException e) {
                return Pending.failed(e);
            }
        }

        void end(Throwable why) {
            underWay.remove(this);
            if (promise.tryFail(why) && pending != null) {
                pending.cancel();
            }
        }
    }
}
