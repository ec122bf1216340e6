package io.lockservice.client.lock;

import io.lockservice.api.LockMode;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Session;
import io.vertx.core.Future;

/**
 * A lock that many may hold to read, or one to write: both views are the lock of the same node, in the cell's two modes. Who
 * waits is served in order, so that readers who come later do not overtake a writer who waits.
 *
 * <p>As with {@link DistributedLock}, a session has one hold of a name at a time: readers of one session take turns. Where they
 * are to read at the same time, give each a session of its own, or let them share one {@link HeldLock}. A hold cannot be turned
 * into the other mode: release it, and acquire anew.
 */
public final class SharedLock {
    private final String name;
    private final View read;
    private final View write;

    private SharedLock(DistributedLock locks, String name) {
        this.name = name;
        this.read = new View(locks, name, LockMode.SHARED);
        this.write = new View(locks, name, LockMode.EXCLUSIVE);
    }

    /** The lock of the node {@code name}, held with {@code session}. */
    public static SharedLock of(Session session, String name) {
        return new SharedLock(DistributedLock.of(session), name);
    }

    /** To read, beside others. */
    public View read() {
        return read;
    }

    /** To write, alone. */
    public View write() {
        return write;
    }

    /** The node. */
    public String name() {
        return name;
    }

    /** The lock in one of its modes, whatever the options say of that. From any thread. */
    public static final class View {
        private final DistributedLock locks;
        private final String name;
        private final LockMode mode;

        private View(DistributedLock locks, String name, LockMode mode) {
            this.locks = locks;
            this.name = name;
            this.mode = mode;
        }

        /** {@link #acquire(LockOptions)}, waiting as long as the session lives. */
        public Future<HeldLock> acquire() {
            return acquire(LockOptions.exclusive());
        }

        /** Acquires the lock, waiting as {@code options} say. */
        public Future<HeldLock> acquire(LockOptions options) {
            return locks.acquire(name, options.withMode(mode));
        }

        /**
         * Acquires the lock if that can be done at once.
         *
         * @return fails with {@link io.lockservice.client.LockHeldException}, which says who holds it, where it can not
         */
        public Future<HeldLock> tryAcquire() {
            return tryAcquire(LockOptions.exclusive());
        }

        /** {@link #tryAcquire()} with options. */
        public Future<HeldLock> tryAcquire(LockOptions options) {
            return locks.tryAcquire(name, options.withMode(mode));
        }

        /**
         * As {@link #acquire(LockOptions)}, for callers that may change their mind: the request can be cancelled.
         *
         * @throws LockServiceException {@code bad-name} or {@code wrong-cell}, where {@link #acquire} fails with it
         */
        public LockRequest request(LockOptions options) {
            return locks.request(name, options.withMode(mode));
        }
    }
}
