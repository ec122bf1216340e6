package io.lockservice.replica;

import io.lockservice.check.Check;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.LogEntry;
import java.util.random.RandomGenerator;

/**
 * When this replica takes a checkpoint: each on its own, and each a little earlier than it must, by chance, so that the
 * replicas of a cell do not all do it at once. One at a time.
 */
final class CheckpointPolicy {
    /** After one that could not be written, so long until the next try. */
    private static final long RETRY_NANOS = 10_000_000_000L;

    private final CheckpointSettings settings;
    private final RandomGenerator random;
    private long takenSlot;
    private long underWaySlot;
    private long appliedSlot;
    private long bytes;
    private long bytesAtStart;
    private double share;
    private boolean wanted;
    private boolean refused;
    private long refusedNanos;

    /** {@code takenSlot}: of the newest there is, 0 for none. */
    CheckpointPolicy(CheckpointSettings settings, long takenSlot, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.takenSlot = takenSlot;
        this.appliedSlot = takenSlot;
        this.share = share();
    }

    private double share() {
        return 0.75 + random.nextDouble() / 4;
    }

    /** An entry was applied. */
    void applied(LogEntry entry) {
        appliedSlot = entry.slot();
        bytes += entry.value().length();
    }

    /** Somebody wants one of what is applied now. */
    void want() {
        wanted = true;
    }

    /** Whether one is to be taken now. */
    boolean isDue(long nowNanos) {
        if (underWaySlot != 0 || appliedSlot <= takenSlot) {
            return false;
        }
        if (wanted) {
            return true;
        }
        boolean enough = bytes >= settings.logBytes() * share || appliedSlot - takenSlot >= settings.slots() * share;
        return enough && (!refused || nowNanos - refusedNanos >= RETRY_NANOS);
    }

    /** One is being written, of all that is applied. */
    void started() {
        Check.that(underWaySlot == 0, "one checkpoint at a time");
        underWaySlot = appliedSlot;
        bytesAtStart = bytes;
        wanted = false;
    }

    /** It is there. */
    void taken(CheckpointName name) {
        Check.that(name.slot() == underWaySlot, "the checkpoint that was asked for", name.slot(), underWaySlot);
        takenSlot = underWaySlot;
        underWaySlot = 0;
        bytes -= bytesAtStart;
        share = share();
        refused = false;
    }

    /** The one at {@code slot} could not be written. Who wanted it has been told, and asks again if it wants to. */
    void refused(long slot, long nowNanos) {
        if (slot != underWaySlot) {
            return;
        }
        underWaySlot = 0;
        wanted = false;
        refused = true;
        refusedNanos = nowNanos;
    }

    /** Of the newest checkpoint, 0 where there is none. */
    long takenSlot() {
        return takenSlot;
    }
}
