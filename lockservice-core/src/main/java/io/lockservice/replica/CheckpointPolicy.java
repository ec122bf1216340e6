package io.lockservice.replica;

import io.lockservice.check.Check;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.LogEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When this replica takes a checkpoint: each on its own, and each a little earlier than it must, by chance, so that the
 * replicas of a cell do not all do it at once. One at a time.
 */
final class CheckpointPolicy {
    /** After one that could not be written, so long until the next try. */
    private static final long RETRY_NANOS = 10_000_000_000L;

    /** While one is written the log may grow by this part of what would call for the next; then it is to be done quickly. */
    private static final int HURRY_SHARE = 8;

    /** Of how many the files are kept. */
    private static final int KEPT = 2;

    private final CheckpointSettings settings;
    private final RandomGenerator random;
    private final ArrayDeque<CheckpointName> kept = new ArrayDeque<>();
    private long takenSlot;
    private long underWaySlot;
    private long appliedSlot;
    private long bytes;
    private long bytesAtStart;
    private double share;
    private boolean wanted;
    private boolean refused;
    private long refusedNanos;
    private boolean cramped;
    private boolean hurried;
    private long startedNanos = Long.MIN_VALUE;

    /** {@code found}: those there are, ascending. */
    CheckpointPolicy(CheckpointSettings settings, List<CheckpointName> found, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        found.forEach(this::keep);
        this.appliedSlot = takenSlot;
        this.share = share();
    }

    private void keep(CheckpointName name) {
        List<CheckpointName> all = new ArrayList<>(kept);
        all.removeIf(each -> each.slot() == name.slot());
        all.add(name);
        all.sort(Comparator.comparingLong(CheckpointName::slot));
        kept.clear();
        kept.addAll(all.subList(Math.max(0, all.size() - KEPT), all.size()));
        takenSlot = kept.getLast().slot();
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

    /**
     * Whether the disk is nearly full. Then a checkpoint is taken of whatever has changed: with the log behind it, and the
     * larger ones from before something was deleted, it gives back room that nothing else would.
     */
    void cramped(boolean isCramped) {
        cramped = isCramped;
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
        boolean helps = cramped && nowNanos - RETRY_NANOS >= startedNanos;
        return (enough || helps) && (!refused || nowNanos - refusedNanos >= RETRY_NANOS);
    }

    /** One is being written, of all that is applied. */
    void started(long nowNanos) {
        Check.that(underWaySlot == 0, "one checkpoint at a time");
        underWaySlot = appliedSlot;
        startedNanos = nowNanos;
        hurried = false;
        bytesAtStart = bytes;
        wanted = false;
    }

    /** Whether there is no more time for the one that is being written; true once for each. */
    boolean becomesLate() {
        boolean isLate = underWaySlot != 0
                && !hurried
                && (cramped
                        || bytes - bytesAtStart >= settings.logBytes() / HURRY_SHARE
                        || appliedSlot - underWaySlot >= settings.slots() / HURRY_SHARE);
        hurried |= isLate;
        return isLate;
    }

    /** It is there. */
    void taken(CheckpointName name) {
        Check.that(name.slot() == underWaySlot, "the checkpoint that was asked for", name.slot(), underWaySlot);
        keep(name);
        underWaySlot = 0;
        bytes -= bytesAtStart;
        share = share();
        refused = false;
    }

    /** One of a peer is there, and what is applied comes from it. */
    void installed(CheckpointName name) {
        keep(name);
        appliedSlot = Math.max(appliedSlot, name.slot());
        bytes = 0;
        bytesAtStart = 0;
    }

    /** The one that was started will not be written. */
    void abandoned() {
        underWaySlot = 0;
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

    /** The newest checkpoint, null where there is none. */
    @Nullable
    CheckpointName newest() {
        return kept.peekLast();
    }

    /**
     * The log up to here is never needed again, 0 for none: should the newest checkpoint turn out to be damaged, a restart
     * goes on from the one before.
     */
    long droppableSlot() {
        return kept.size() < KEPT ? 0 : kept.getFirst().slot();
    }
}
