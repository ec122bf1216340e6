package io.lockservice.client.fencing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The check that a resource makes so that locks are safe: it remembers, for each resource, the largest token that it has
 * seen, and refuses smaller ones. Whoever held the lock before, and was paused, comes too late.
 *
 * <p>From any thread. A token that was seen before is admitted or refused without a lock; only a new holder's first
 * request waits, for what is kept on disk. Every resource costs a few hundred bytes for as long as the guard lives: let
 * your program name them, not its clients.
 *
 * <p>{@link #admit} checks when it is called. Where the write comes later, a larger token can be admitted in between: use
 * {@link #write}, or let the storage itself compare, as with {@code WHERE fence_token <= ?} in SQL.
 */
public final class TokenGuard {
    private final Map<String, Mark> marks = new ConcurrentHashMap<>();
    private final TokenStore store;

    private TokenGuard(TokenStore store, Map<String, Long> saved) {
        this.store = store;
        saved.forEach((resource, token) -> marks.put(resource, new Mark(token)));
    }

    /** A guard that forgets when the process ends: for resources whose data does not outlive it either. */
    public static TokenGuard inMemory() {
        return new TokenGuard(new Forgetful(), Map.of());
    }

    /**
     * A guard that goes on from what the store has. No two guards may use one store at a time.
     *
     * @throws IOException where the store cannot be read. Do not go on without it
     */
    public static TokenGuard keptIn(TokenStore store) throws IOException {
        return new TokenGuard(store, store.load());
    }

    /**
     * Lets a request with this token pass, or not. A larger token than all before is saved first, which blocks.
     *
     * @throws StaleTokenException where a larger token has been seen
     * @throws UncheckedIOException where the token could not be saved; it is not admitted
     */
    public void admit(String resource, long token) {
        Mark mark = mark(resource, token);
        if (token != mark.kept || token != mark.seen) {
            raise(resource, mark, token);
        }
    }

    /**
     * Does {@code action} so that no larger token is admitted for this resource before it has ended. Actions with the same
     * token go on side by side; a new holder's first request waits for those of the old one. The action must not ask for
     * the same resource with a larger token.
     *
     * @return what the action returned
     * @throws StaleTokenException where a larger token has been seen; the action was not done
     * @throws UncheckedIOException where the token could not be saved; the action was not done
     * @throws Exception what the action threw
     */
    public <T> T write(String resource, long token, Callable<T> action) throws Exception {
        admit(resource, token);
        Mark mark = mark(resource, token);
        mark.actions.readLock().lock();
        try {
            // Between the two a larger token may have come.
            check(resource, mark, token);
            return action.call();
        } finally {
            mark.actions.readLock().unlock();
        }
    }

    /** The largest token seen for {@code resource}; empty where there was none yet. */
    public OptionalLong largest(String resource) {
        Mark mark = marks.get(resource);
        return mark == null || mark.seen == 0 ? OptionalLong.empty() : OptionalLong.of(mark.seen);
    }

    /** Whether {@link #admit} would answer without waiting for a disk. */
    boolean answersAtOnce(String resource, long token) {
        Mark mark = marks.get(resource);
        return store instanceof Forgetful || (mark != null && (token < mark.seen || token == mark.kept));
    }

    /** Refuses what is too small; remembers nothing. */
    void check(String resource, long token) {
        Mark mark = marks.get(resource);
        if (mark != null) {
            check(resource, mark, token);
        }
    }

    private Mark mark(String resource, long token) {
        if (token <= 0) {
            throw new IllegalArgumentException("a token is above 0, not " + token);
        }
        Mark mark = marks.get(resource);
        return mark == null ? marks.computeIfAbsent(resource, ignored -> new Mark(0)) : mark;
    }

    private static void check(String resource, Mark mark, long token) {
        long seen = mark.seen;
        if (token < seen) {
            throw new StaleTokenException(resource, token, seen);
        }
    }

    private void raise(String resource, Mark mark, long token) {
        check(resource, mark, token);
        if (mark.actions.getReadHoldCount() > 0) {
            throw new IllegalStateException("an action for " + resource + " asks for it with a larger token");
        }
        mark.actions.writeLock().lock();
        try {
            check(resource, mark, token);
            if (token != mark.kept) {
                // Seen before it is kept: should the disk fail, smaller ones are refused from now on all the same.
                mark.seen = token;
                store.save(resource, token);
                mark.kept = token;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("token " + token + " for " + resource + " could not be saved", e);
        } finally {
            mark.actions.writeLock().unlock();
        }
    }

    /** {@code kept} is what survives a restart, {@code seen} may be ahead of it. Both only grow, under the write lock. */
    private static final class Mark {
        private final ReentrantReadWriteLock actions = new ReentrantReadWriteLock();
        private volatile long seen;
        private volatile long kept;

        Mark(long saved) {
            seen = saved;
            kept = saved;
        }
    }

    private static final class Forgetful implements TokenStore {
        @Override
        public Map<String, Long> load() {
            return Map.of();
        }

        @Override
        public void save(String resource, long token) {}
    }
}
