package io.lockservice.client.spring;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.lock.AnyName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.support.locks.ExpirableLockRegistry;

/**
 * Spring Integration's locks, kept by a cell: for aggregators, for {@code executeLocked}, and for leaders by {@code
 * LockRegistryLeaderInitiator}, whose heart beat costs the cell nothing while it leads.
 *
 * <p>All locks of a registry are held with one session, which is opened when the first lock is asked for, kept alive, and
 * replaced once it is over; what was held with the old one is lost, and says so. {@link #close()} ends it, and frees the locks
 * at once. From any thread but event loops.
 */
public final class LockServiceLockRegistry implements ExpirableLockRegistry<ThreadLock>, AutoCloseable {
    private final LockServiceClient client;
    private final SessionOptions options;
    private final String directory;
    private final Map<String, ThreadLock> locks = new ConcurrentHashMap<>();
    private @Nullable Session session;
    private boolean closed;

    private LockServiceLockRegistry(LockServiceClient client, SessionOptions options, String directory) {
        this.client = client;
        this.options = options;
        this.directory = directory;
    }

    /**
     * A registry whose locks are nodes in {@code directory}, such as {@code /ls/local/orders}: registries with the same
     * directory share their locks.
     *
     * @param options with the lease, after which the locks of a program that died are free
     */
    public static LockServiceLockRegistry in(String directory, LockServiceClient client, SessionOptions options) {
        return new LockServiceLockRegistry(client, options, directory);
    }

    /**
     * The lock for a key, the same for all keys with the same text.
     *
     * @throws IllegalArgumentException where the key's text is empty, or has more than 255 bytes
     */
    @Override
    public ThreadLock obtain(Object lockKey) {
        return locks.computeIfAbsent(AnyName.in(directory, lockKey.toString()), name -> new ThreadLock(this, name));
    }

    /** Forgets locks that nobody has used for {@code ageMs}. Held ones stay. */
    @Override
    public void expireUnusedOlderThan(long ageMs) {
        long nowNanos = nanoTime();
        locks.values().removeIf(lock -> lock.isUnusedSince(nowNanos - TimeUnit.MILLISECONDS.toNanos(ageMs)));
    }

    /** Ends the session. Threads that wait for a lock are refused. */
    @Override
    public void close() {
        Session last;
        synchronized (this) {
            closed = true;
            last = session;
        }
        if (last != null) {
            last.close()
                    .onFailure(failure -> System.getLogger(LockServiceLockRegistry.class.getName())
                            .log(System.Logger.Level.DEBUG, "the locks end with their lease", failure));
        }
    }

    /** The session to lock with; blocks while one is being opened. */
    synchronized Session session() throws InterruptedException {
        if (closed) {
            throw new IllegalStateException("this registry is closed");
        }
        Session now = session;
        if (now == null || now.state() == Session.State.EXPIRED) {
            now = await(client.openSession(options));
            session = now;
        }
        return now;
    }

    long nanoTime() {
        return client.loop().nanoTime();
    }

    static <T> T await(Future<T> future) throws InterruptedException {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("Spring Integration's locks block: not on an event loop");
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
