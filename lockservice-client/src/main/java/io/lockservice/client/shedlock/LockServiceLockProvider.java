package io.lockservice.client.shedlock;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Loop;
import io.lockservice.client.lock.AnyName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.LockException;

/**
 * ShedLock's locks, kept by a cell. What ShedLock asks for is kept on the cell's monotonic clocks, whatever becomes of this
 * program and of the clock on its wall:
 *
 * <ul>
 *   <li><b>lockAtMostFor</b>: each lock has a session of its own, with this time as its lease. So the lock outlives pauses and
 *       partitions of its holder for just so long, and its death too. While the program lives it ends to the millisecond;
 *       where the program is dead, at the latest a second later, and after a change of leader the lease begins anew.
 *   <li><b>lockAtLeastFor</b>: a lock that is unlocked sooner is given back by the cell when the time has come, also where
 *       the program is gone by then.
 *   <li><b>extend</b>: the lease is extended where the lock is still held, and else nothing is. Beyond the first
 *       lockAtMostFor the lock is kept alive by this program, as long as it lives.
 * </ul>
 *
 * <p>ShedLock's locks are exclusive among those who ask for them. What a paused task writes is only kept away by the token
 * of its lock: {@link FencedSimpleLock#token()}.
 *
 * <p>From any thread but event loops: methods block for some round trips, and at most for the client's operation timeout.
 */
public final class LockServiceLockProvider implements ExtensibleLockProvider {
    private static final String DEFAULT_DIRECTORY = "/ls/local/shedlock";
    private static final long MAX_WAIT_FOR_OWN_MS = 1_000;
    private static final int MAX_OWNER_CHARS = 128;

    private final LockServiceClient client;
    private final Loop loop;
    private final String directory;
    private final String owner;
    private final Map<String, TimedHold> holds = new ConcurrentHashMap<>();

    private LockServiceLockProvider(LockServiceClient client, String directory, String owner) {
        this.client = client;
        this.loop = client.loop();
        this.directory = directory;
        this.owner = owner;
    }

    /** Locks in {@code /ls/local/shedlock}; {@code owner} is shown to whoever asks who holds one: a host's name, say. */
    public static LockServiceLockProvider of(LockServiceClient client, String owner) {
        return in(DEFAULT_DIRECTORY, client, owner);
    }

    /**
     * Locks in another directory, {@code /ls/<cell>/...}. Programs share the locks in one directory.
     *
     * @throws IllegalArgumentException where {@code owner} has more than 128 characters
     */
    public static LockServiceLockProvider in(String directory, LockServiceClient client, String owner) {
        if (owner.length() > MAX_OWNER_CHARS) {
            throw new IllegalArgumentException("an owner has at most " + MAX_OWNER_CHARS + " characters");
        }
        return new LockServiceLockProvider(client, directory, owner);
    }

    /**
     * Takes the lock if it is free.
     *
     * @return a {@link FencedSimpleLock}; empty where somebody has the lock, this program too
     * @throws LockException where the cell could not be asked, or refused; the lock is not held then
     */
    @Override
    public Optional<SimpleLock> lock(LockConfiguration configuration) {
        refuseToBlockAnEventLoop();
        String name = nameOf(configuration.getName());
        long startNanos = loop.nanoTime();
        Future<Optional<TimedHold>> acquired = loop.call(() -> gone(name)
                .compose(ignored ->
                        TimedHold.acquire(client, name, owner, configuration.getLockAtMostFor(), startNanos)));
        Optional<TimedHold> hold;
        try {
            hold = get(acquired);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // Whoever asked has gone: nobody would ever unlock it.
            acquired.onSuccess(late -> late.ifPresent(each -> each.release(0)));
            throw new LockException("interrupted while " + name + " was being locked", e);
        }
        hold.ifPresent(held -> remember(name, held));
        return hold.map(held -> new FencedSimpleLock(configuration, this, held, startNanos));
    }

    /** The node of the lock that ShedLock calls {@code lockName}. */
    public String nameOf(String lockName) {
        return AnyName.in(directory, lockName);
    }

    /** Gives the lock back, now or when {@code endNanos} has come. What this program cannot do, the lease does. */
    void unlock(TimedHold hold, long endNanos) {
        refuseToBlockAnEventLoop();
        try {
            get(hold.release(endNanos));
        } catch (InterruptedException e) {
            // It is under way, and goes on without this thread.
            Thread.currentThread().interrupt();
        }
    }

    Optional<TimedHold> extended(TimedHold hold, LockConfiguration to) {
        refuseToBlockAnEventLoop();
        try {
            return get(hold.extend(to.getLockAtMostFor())) ? Optional.of(hold) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LockException("interrupted while " + hold.name() + " was being extended", e);
        }
    }

    long nanoTime() {
        return loop.nanoTime();
    }

    /** A hold whose time is over, but whose end the cell does not know yet, must not stand in this program's own way. */
    private Future<Void> gone(String name) {
        TimedHold last = holds.get(name);
        if (last == null || !last.isOver()) {
            return Future.succeededFuture();
        }
        Promise<Void> waited = Promise.promise();
        loop.after(MAX_WAIT_FOR_OWN_MS, waited::tryComplete);
        last.onEnd(waited::tryComplete);
        return waited.future();
    }

    private void remember(String name, TimedHold hold) {
        holds.put(name, hold);
        hold.onEnd(() -> holds.remove(name, hold));
    }

    private static <T> T get(Future<T> future) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new LockException("the cell did not do it: " + e.getCause(), e);
        }
    }

    private static void refuseToBlockAnEventLoop() {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("ShedLock's locks block: not on an event loop");
        }
    }
}
