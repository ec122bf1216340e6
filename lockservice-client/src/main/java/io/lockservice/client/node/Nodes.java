package io.lockservice.client.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.Name;
import io.lockservice.api.Stat;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Pending;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.transport.Response;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The files and directories of a cell, as a session sees them: opened as {@link Handle}s, or by name. Reads and writes are
 * linearizable. In a session with {@link io.lockservice.client.SessionOptions#withCache()} what was read is answered without
 * asking the cell, for as long as it has not changed; such an answer is there at once, on any thread.
 *
 * <p>Futures complete as {@link io.lockservice.client.LockServiceClient} says, and fail with a {@link LockServiceException}.
 */
public final class Nodes {
    private static final String BAD_ANSWER = "bad-answer";

    private final Session session;
    private final Loop loop;
    private final @Nullable NodeCache cache;
    private final Reads reads;
    private final HandleEvents events = new HandleEvents();
    private final Map<String, Name> handles = new HashMap<>();

    private Nodes(Session session) {
        this.session = session;
        this.loop = session.client().loop();
        this.cache = session.copies() == null ? null : new NodeCache(session, session.copies());
        OwnWrites own = new OwnWrites(session, handles::get, this::drop);
        this.reads = new Reads(session, cache, own::isAbout);
        if (cache != null) {
            ClientCaches.of(session.client()).opened(cache);
            loop.execute(() -> session.guardWrites(own));
        }
        session.addListener(new Told());
    }

    /** The files and directories as {@code session} sees them: always the same object. */
    public static Nodes of(Session session) {
        return session.recipe(Nodes.class, Nodes::new);
    }

    /**
     * Opens the node {@code name} (Burrows, section 2.6).
     *
     * @return fails with {@code no-such-node}, {@code node-exists}, {@code permission-denied}, as the options say. Cancelled, a
     *     handle that the cell opens all the same is closed
     */
    public Pending<Handle> open(String name, OpenOptions options) {
        return named(name, node -> {
            Opening opening = new Opening(node, options);
            return new Pending<>(loop.call(opening::start), () -> loop.execute(opening::cancel));
        });
    }

    /** A file's content and stat, taken at once; fails with {@code not-a-file} for a directory. */
    public Pending<Contents> getContentsAndStat(String name) {
        return read(name, Seen.Part.CONTENT, Nodes::contents);
    }

    /** A node's stat; fails with {@code no-such-node} where there is none. */
    public Pending<Stat> getStat(String name) {
        return read(name, Seen.Part.STAT, Nodes::stat);
    }

    /**
     * A directory with the stats of all that is directly in it. More than 1,000 children are read page by page: what comes
     * or goes meanwhile may be in it or not.
     */
    public Pending<Directory> readDir(String name) {
        return read(name, Seen.Part.CHILDREN, Nodes::directory);
    }

    /** Writes a file's whole content, and makes the file where there is none. Its directory has to be there. */
    public Pending<Stat> setContents(String name, byte[] content) {
        return named(
                name, node -> begin(requests(node).write(content, false, false)).map(NodeRequests::stat));
    }

    /** As {@link #setContents(String, byte[])} if the file is still as {@code expected}; else {@code generation-mismatch}. */
    public Pending<Stat> setContents(String name, byte[] content, Stat expected) {
        return named(name, node -> {
            Operation write = requests(node).write(content, false, false);
            return begin(NodeRequests.ifAt(write, expected.instance(), expected.contentGeneration()))
                    .map(NodeRequests::stat);
        });
    }

    /**
     * Makes a file with all directories above it; {@code generation-mismatch} where it is there.
     *
     * @param ephemeral whether it goes with the session
     */
    public Pending<Stat> createFile(String name, byte[] content, boolean ephemeral) {
        return named(name, node -> {
            Operation write = requests(node).write(content, true, ephemeral);
            return begin(write.header("If-None-Match", "*")).map(NodeRequests::stat);
        });
    }

    /** Makes a directory with all above it, where they are not there yet. */
    public Pending<Stat> makeDirectories(String name) {
        return named(
                name, node -> begin(requests(node).makeDirectory(false, true)).map(NodeRequests::stat));
    }

    /** Deletes a node; {@code not-empty} for a directory with children. */
    public Pending<Void> delete(String name) {
        return named(name, node -> begin(requests(node).delete(false)).map(done -> null));
    }

    /** Deletes a node with all that is below it, in one change. */
    public Pending<Void> deleteAll(String name) {
        return named(name, node -> begin(requests(node).delete(true)).map(done -> null));
    }

    /** What the copies of this session are good for. From any thread. */
    public CacheStats cacheStats() {
        return cache == null ? CacheStats.NONE : cache.stats();
    }

    Session session() {
        return session;
    }

    Reads reads() {
        return reads;
    }

    Pending<Response> begin(Operation operation) {
        return session.begin(operation);
    }

    /** The handle is closed, or will be. */
    void closing(Handle handle) {
        events.closed(handle);
    }

    /** The cell knows no such handle any more. */
    void closed(Handle handle) {
        handles.remove(handle.id());
    }

    static Contents contents(Seen seen) {
        if (seen instanceof Seen.Node node) {
            return NodeRequests.contents(node);
        }
        throw refused(seen);
    }

    static Stat stat(Seen seen) {
        if (seen instanceof Seen.Node node) {
            return node.stat();
        }
        throw refused(seen);
    }

    static Directory directory(Seen seen) {
        if (seen instanceof Seen.Listing listing) {
            return listing.directory();
        }
        throw refused(seen);
    }

    private static LockServiceException refused(Seen seen) {
        return seen instanceof Seen.Absent absent
                ? new LockServiceException(
                        absent.problem().code(), absent.problem().detail())
                : new LockServiceException(BAD_ANSWER, "the cell answered something else than it was asked for");
    }

    private <T> Pending<T> read(String name, Seen.Part part, Function<Seen, T> form) {
        // As it stands first: who keeps to the real cell's name is spared its reading.
        Seen known = reads.copy(name, part);
        if (known != null) {
            return formed(known, form);
        }
        return named(name, node -> {
            Seen copy = reads.copy(node.path(), part);
            return copy == null ? reads.read(node, part, null).map(form) : formed(copy, form);
        });
    }

    static <T> Pending<T> formed(Seen copy, Function<Seen, T> form) {
        try {
            return Pending.of(form.apply(copy));
        } catch (LockServiceException e) {
            return Pending.failed(e);
        }
    }

    private <T> Pending<T> named(String text, Function<Name, Pending<T>> work) {
        try {
            return work.apply(NodeRequests.name(text, session.cell()));
        } catch (LockServiceException e) {
            return Pending.failed(e);
        }
    }

    private static NodeRequests requests(Name name) {
        return new NodeRequests(name, null);
    }

    private void drop(Scope scope) {
        if (cache != null) {
            cache.drop(scope);
            reads.overtaken(scope::covers);
        }
    }

    private void dropAll() {
        drop(Scope.EVERYTHING);
    }

    /** A node being opened. */
    private final class Opening {
        private final Name name;
        private final OpenOptions options;
        private final Promise<Handle> promise = Promise.promise();

        Opening(Name name, OpenOptions options) {
            this.name = name;
            this.options = options;
        }

        io.vertx.core.Future<Handle> start() {
            events.opening();
            begin(Operation.post("/v1/handles").json(options.body(name.path())))
                    .future()
                    .onComplete((response, failure) -> loop.execute(() -> {
                        if (response != null) {
                            opened(response.json());
                        } else {
                            events.notOpened();
                            promise.tryFail(failure);
                        }
                    }));
            return promise.future();
        }

        private void opened(JsonNode answer) {
            String id = answer.path("handle").asText("");
            if (id.isEmpty()) {
                events.notOpened();
                promise.tryFail(new LockServiceException(BAD_ANSWER, "the answer to POST /v1/handles names no handle"));
                return;
            }
            handles.put(id, name);
            Stat stat = NodeRequests.stat(answer.path("stat"));
            Handle handle = new Handle(
                    Nodes.this, name, id, options, answer.path("created").asBoolean(), stat);
            if (promise.future().isComplete()) {
                events.notOpened();
                handle.close();
            } else {
                promise.complete(handle);
                events.opened(handle);
            }
        }

        void cancel() {
            promise.tryFail(new CancellationException("opening " + name + " was cancelled"));
        }
    }

    private final class Told implements SessionListener {
        @Override
        public void jeopardy(Session from) {
            dropAll();
        }

        @Override
        public void expired(Session from, SessionExpiredException reason) {
            dropAll();
            if (cache != null) {
                ClientCaches.of(session.client()).ended(cache);
            }
        }

        @Override
        public void event(Session from, Event event) {
            if (cache != null) {
                switch (event.type()) {
                    case "invalidate" -> {
                        cache.invalidated(event.name());
                        reads.overtaken(name -> name.path().equals(event.name()));
                    }
                    case "leader-changed", "events-dropped" -> dropAll();
                    default -> {}
                }
            }
            events.happened(event);
        }
    }
}
