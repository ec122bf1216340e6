package io.lockservice.client.spring;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.lock.AnyName;
import io.lockservice.client.threadlock.ThreadLock;
import io.lockservice.client.threadlock.ThreadLocks;
import org.springframework.integration.support.locks.ExpirableLockRegistry;

/**
 * Spring Integration's locks, kept by a cell: for aggregators, for {@code executeLocked}, and for leaders by {@code
 * LockRegistryLeaderInitiator}, whose heart beat costs the cell nothing while it leads.
 *
 * <p>They are {@link ThreadLocks} with a session of their own. {@link #close()} ends it, and frees the locks at once. From any
 * thread but event loops.
 */
public final class LockServiceLockRegistry implements ExpirableLockRegistry<ThreadLock>, AutoCloseable {
    private final ThreadLocks locks;
    private final String directory;

    private LockServiceLockRegistry(ThreadLocks locks, String directory) {
        this.locks = locks;
        this.directory = directory;
    }

    /**
     * A registry whose locks are nodes in {@code directory}, such as {@code /ls/local/orders}: registries with the same
     * directory share their locks.
     *
     * @param options with the lease, after which the locks of a program that died are free
     */
    public static LockServiceLockRegistry in(String directory, LockServiceClient client, SessionOptions options) {
        return new LockServiceLockRegistry(ThreadLocks.with(client, options), directory);
    }

    /**
     * The lock for a key, the same for all keys with the same text.
     *
     * @throws IllegalArgumentException where the key's text is empty, or has more than 255 bytes
     */
    @Override
    public ThreadLock obtain(Object lockKey) {
        return locks.lock(AnyName.in(directory, lockKey.toString()));
    }

    /** Forgets locks that nobody has used for {@code ageMs}. Held ones stay. */
    @Override
    public void expireUnusedOlderThan(long ageMs) {
        locks.forgetUnused(ageMs);
    }

    /** Ends the session. Threads that wait for a lock are refused. */
    @Override
    public void close() {
        locks.close();
    }
}
