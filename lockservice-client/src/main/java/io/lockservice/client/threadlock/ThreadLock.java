package io.lockservice.client.threadlock;

import io.lockservice.client.LockHeldException;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.lock.LockRequest;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A cell's lock as a {@link Lock} of the JDK: held by a thread, reentrant, and by one thread of all programs at a time. To lock
 * again what is held asks nobody, and fails as soon as the lease is over by this program's clock.
 *
 * <p>Where the lock was lost, the next call of the thread that held it frees it here altogether, however often it was locked:
 * {@link #tryLock()} says false, {@link #lock()} and {@link #unlock()} throw {@link LostLockException}. What the cell refuses,
 * or does not answer, is a {@link LockServiceException}, and the lock is not held.
 */
public final class ThreadLock implements Lock {
    private final ThreadLocks locks;
    private final String name;
    private final ReentrantLock threads = new ReentrantLock();
    private volatile @Nullable HeldLock held;
    private volatile long usedNanos;

    ThreadLock(ThreadLocks locks, String name) {
        this.locks = locks;
        this.name = name;
        this.usedNanos = locks.nanoTime();
    }

    /** The node that is locked. */
    public String name() {
        return name;
    }

    /** What fences writes made under the lock; empty where nobody in this program holds it. */
    public OptionalLong token() {
        HeldLock now = held;
        return now == null || !now.isHeld() ? OptionalLong.empty() : OptionalLong.of(now.token());
    }

    @Override
    public void lock() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    lockInterruptibly();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        threads.lockInterruptibly();
        if (!locked(null)) {
            throw new LostLockException(name);
        }
    }

    @Override
    public boolean tryLock() {
        try {
            return threads.tryLock() && locked(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        long endNanos = locks.nanoTime() + unit.toNanos(time);
        return threads.tryLock(time, unit) && locked(Duration.ofNanos(Math.max(0, endNanos - locks.nanoTime())));
    }

    @Override
    public void unlock() {
        if (!threads.isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("this thread does not hold " + name + "; it may have been lost");
        }
        HeldLock now = held;
        if (now == null || !now.isHeld()) {
            free();
            throw new LostLockException(name);
        }
        if (threads.getHoldCount() > 1) {
            threads.unlock();
            return;
        }
        try {
            ThreadLocks.await(now.release());
        } catch (InterruptedException e) {
            // It is under way, and goes on without this thread.
            Thread.currentThread().interrupt();
        } catch (SessionExpiredException e) {
            throw new LostLockException(name);
        } finally {
            free();
        }
    }

    /**
     * Runs {@code action} on the client's loop if the hold there is now is lost; at once where it is. Does nothing where nobody
     * in this program holds the lock.
     */
    public void onLost(Runnable action) {
        HeldLock now = held;
        if (now != null) {
            now.onLost(reason -> action.run());
        }
    }

    /** There are none: waiting for one would need the lock to be given up and taken back in one step. */
    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("a lock of a cell has no conditions");
    }

    @Override
    public String toString() {
        return "lock " + name + (token().isPresent() ? " (held)" : "");
    }

    boolean isUnusedSince(long nanos) {
        return !threads.isLocked() && usedNanos - nanos <= 0;
    }

    /** After the thread's own lock was taken once more: whether the cell's is held too. If not, the thread's is freed. */
    private boolean locked(@Nullable Duration wait) throws InterruptedException {
        boolean done = false;
        try {
            HeldLock before = held;
            done = threads.getHoldCount() > 1 ? before != null && before.isHeld() : acquired(wait);
            return done;
        } finally {
            if (!done) {
                free();
            }
        }
    }

    private boolean acquired(@Nullable Duration wait) throws InterruptedException {
        long startNanos = locks.nanoTime();
        while (true) {
            Duration left = wait == null ? null : wait.minusNanos(locks.nanoTime() - startNanos);
            boolean isLate = left != null && left.isNegative();
            LockOptions options = left == null
                    ? LockOptions.exclusive()
                    : LockOptions.exclusive().waitAtMost(isLate ? Duration.ZERO : left);
            LockRequest request = DistributedLock.of(locks.session()).request(name, options);
            try {
                held = ThreadLocks.await(request.held());
                return true;
            } catch (LockHeldException e) {
                return false;
            } catch (SessionExpiredException e) {
                if (e.closedHere() || isLate || !locks.replacesSession()) {
                    throw e;
                }
                // The wait outlived the session: once more with a new one.
            } catch (InterruptedException e) {
                giveUp(request);
                throw e;
            }
        }
    }

    /** Cancelled, or released where it had just been granted. */
    private static void giveUp(LockRequest request) {
        request.held().onSuccess(HeldLock::close);
        request.cancel().onFailure(failure -> {
            if (!(failure instanceof CancellationException)) {
                System.getLogger(ThreadLock.class.getName())
                        .log(System.Logger.Level.DEBUG, "a place in the queue was not given up", failure);
            }
        });
    }

    private void free() {
        usedNanos = locks.nanoTime();
        HeldLock lost = held;
        held = null;
        while (threads.getHoldCount() > 1) {
            threads.unlock();
        }
        if (lost != null) {
            // In jeopardy it may be held after all, and nobody would know.
            lost.close();
        }
        threads.unlock();
    }
}
