package io.lockservice.client.election;

import io.lockservice.client.Session;
import io.lockservice.client.lock.HeldLock;
import java.util.concurrent.TimeUnit;

/**
 * One period of leading. A function of the grant, the session's lease and the clock alone; once it has ended it never
 * begins again. Safe to use from all threads.
 */
public final class Leadership {
    private final HeldLock lock;
    private final Session session;
    private final long stopMarginNanos;
    private long endNanos;
    private boolean over;

    Leadership(HeldLock lock, long stopMarginNanos) {
        this.lock = lock;
        this.session = lock.session();
        this.stopMarginNanos = stopMarginNanos;
        this.endNanos = leaseEndNanos();
    }

    /** Larger than that of every earlier leader: whoever the leader writes to refuses tokens smaller than the largest seen. */
    public long token() {
        return lock.token();
    }

    /** Proves the leadership to the cell and to others: an opaque string. */
    public String sequencer() {
        return lock.sequencer();
    }

    /** The election's node. */
    public String name() {
        return lock.name();
    }

    /** Whether this program leads now, by its own clock: right also just after a pause of the process. */
    public synchronized boolean isLeader() {
        if (!over && nanoTime() - endNanos >= 0) {
            over = true;
        }
        return !over && lock.isHeld();
    }

    /** For how long {@link #isLeader()} stays true without another word from the cell; 0 where it is not. */
    public long remainingMs() {
        return TimeUnit.NANOSECONDS.toMillis(remainingNanos());
    }

    synchronized long remainingNanos() {
        return isLeader() ? endNanos - nanoTime() : 0;
    }

    /** The session was renewed. Too late for a leadership that has ended. */
    synchronized void renewed() {
        if (isLeader()) {
            endNanos = leaseEndNanos();
        }
    }

    synchronized void end() {
        over = true;
    }

    HeldLock lock() {
        return lock;
    }

    @Override
    public String toString() {
        return "leadership of " + name() + " with token " + token();
    }

    private long leaseEndNanos() {
        return nanoTime() + session.remainingNanos() - stopMarginNanos;
    }

    private long nanoTime() {
        return session.client().loop().nanoTime();
    }
}
