package io.lockservice.paxos;

/**
 * How old what this replica knows can be at most. That a leader was heard is not enough: the replica may have been away, and a
 * leader that has just begun may not know yet what was chosen before it. So each heartbeat says what its leader came upon, and
 * counts from when it came, once everything is chosen here that had been chosen by then.
 */
final class StateAge {
    private long toldSlot;
    private long toldNanos;
    private boolean isWaiting;
    private long nextSlot;
    private long nextNanos;
    private boolean isKnown;
    private long knownNanos;

    /** By {@code nanos} nothing beyond {@code slot} had been chosen that anybody was told of. */
    void told(long slot, long nanos, long chosenSlot) {
        nextSlot = slot;
        nextNanos = nanos;
        if (!isWaiting || slot <= toldSlot) {
            // Less is waited for, as of later: what an earlier leader had come upon may never be chosen.
            next();
        }
        chosen(chosenSlot);
    }

    private void next() {
        isWaiting = true;
        toldSlot = nextSlot;
        toldNanos = nextNanos;
    }

    /** This replica knows what was chosen up to here. */
    void chosen(long chosenSlot) {
        if (isWaiting && chosenSlot >= toldSlot) {
            // The newest is looked at next: one that follows closely behind is never quite there.
            boolean isNewest = toldNanos == nextNanos && toldSlot == nextSlot;
            knownNanos = toldNanos;
            isKnown = true;
            isWaiting = false;
            if (!isNewest) {
                next();
                chosen(chosenSlot);
            }
        }
    }

    /** In milliseconds; -1 where it was never known. */
    long ageMs(long nowNanos) {
        return isKnown ? Math.max(0, (nowNanos - knownNanos) / 1_000_000) : -1;
    }
}
