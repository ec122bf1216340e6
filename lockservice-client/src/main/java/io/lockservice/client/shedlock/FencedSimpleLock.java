package io.lockservice.client.shedlock;

import java.util.Optional;
import net.javacrumbs.shedlock.core.AbstractSimpleLock;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;

/**
 * A lock as ShedLock knows it, with the token that fences what its task writes. Unlocking it after it was lost, or its time
 * was over, is no error. From any thread.
 */
public final class FencedSimpleLock extends AbstractSimpleLock {
    private final LockServiceLockProvider provider;
    private final TimedHold hold;
    private final long beginNanos;

    FencedSimpleLock(
            LockConfiguration configuration, LockServiceLockProvider provider, TimedHold hold, long beginNanos) {
        super(configuration);
        this.provider = provider;
        this.hold = hold;
        this.beginNanos = beginNanos;
    }

    /** Larger than that of every earlier holder; the same after {@link #extend}. */
    public long token() {
        return hold.token();
    }

    /** Proves the hold to the cell and to others: an opaque string. */
    public String sequencer() {
        return hold.sequencer();
    }

    /** The node that is locked. */
    public String name() {
        return hold.name();
    }

    /** Whether the time of the lock is not over, by this program's clock. It asks nobody. */
    public boolean isHeld() {
        return !hold.isOver();
    }

    @Override
    protected void doUnlock() {
        provider.unlock(hold, beginNanos + lockConfiguration.getLockAtLeastFor().toNanos());
    }

    @Override
    protected Optional<SimpleLock> doExtend(LockConfiguration newConfiguration) {
        long extendedNanos = provider.nanoTime();
        return provider.extended(hold, newConfiguration)
                .map(extended -> new FencedSimpleLock(newConfiguration, provider, extended, extendedNanos));
    }
}
