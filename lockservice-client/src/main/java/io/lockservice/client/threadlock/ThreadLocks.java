package io.lockservice.client.threadlock;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The locks that the threads of one program hold in a cell. One object for a program: two of them are to each other like two
 * programs.
 *
 * <p>All are held with one session. Where it is this object's own it is opened when the first lock is taken, kept alive, and
 * replaced once it is over; what was held with the old one is lost, and says so. From any thread but event loops.
 */
public final class ThreadLocks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ThreadLocks.class.getName());

    private final LockServiceClient client;
    private final @Nullable SessionOptions options;
    private final Map<String, ThreadLock> locks = new ConcurrentHashMap<>();
    private @Nullable Session session;
    private boolean closed;

    private ThreadLocks(LockServiceClient client, @Nullable SessionOptions options, @Nullable Session session) {
        this.client = client;
        this.options = options;
        this.session = session;
    }

    /** Locks held with sessions of their own; {@code options} with the lease, after which those of a program that died are free. */
    public static ThreadLocks with(LockServiceClient client, SessionOptions options) {
        return new ThreadLocks(client, options, null);
    }

    /** Locks held with this session. Once it is over they cannot be taken any more. */
    public static ThreadLocks with(Session session) {
        return new ThreadLocks(session.client(), null, session);
    }

    /** The lock of the node {@code name}, the same object for the same text. Write a name always the same way. */
    public ThreadLock lock(String name) {
        return locks.computeIfAbsent(name, key -> new ThreadLock(this, key));
    }

    /** Forgets locks that nobody has used for {@code ageMs}. Held ones stay. */
    public void forgetUnused(long ageMs) {
        long nowNanos = nanoTime();
        locks.values().removeIf(lock -> lock.isUnusedSince(nowNanos - TimeUnit.MILLISECONDS.toNanos(ageMs)));
    }

    /**
     * No lock can be taken any more. An own session ends, which frees the locks at once, and threads that wait are refused; with a
     * session that was given, what is held stays held until it is unlocked.
     */
    @Override
    public void close() {
        Session last;
        synchronized (this) {
            closed = true;
            last = options == null ? null : session;
        }
        if (last != null) {
            last.close()
                    .onFailure(
                            failure -> LOG.log(System.Logger.Level.DEBUG, "the locks end with their lease", failure));
        }
    }

    /** The session to lock with; blocks while one is being opened. */
    synchronized Session session() throws InterruptedException {
        if (closed) {
            throw new IllegalStateException("these locks were closed");
        }
        Session now = session;
        if (options != null && (now == null || now.state() == Session.State.EXPIRED)) {
            Future<Session> opening = client.openSession(options);
            try {
                now = await(opening);
            } catch (InterruptedException e) {
                // Nobody waits for it any more: it would be kept alive, by nobody, for as long as the program lives.
                opening.onSuccess(Session::close);
                throw e;
            }
            session = now;
        }
        if (now == null) {
            throw new IllegalStateException("no session");
        }
        return now;
    }

    /** Whether a session that is over is replaced. */
    boolean replacesSession() {
        return options != null;
    }

    long nanoTime() {
        return client.loop().nanoTime();
    }

    static <T> T await(Future<T> future) throws InterruptedException {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("locks of threads block: not on an event loop");
        }
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            // The caller's own trace says more than that of the client's loop.
            if (e.getCause() instanceof LockServiceException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
