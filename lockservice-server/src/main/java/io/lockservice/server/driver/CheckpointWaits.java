package io.lockservice.server.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a checkpoint that has a revision in it: served with the newest one, or with one that is taken once the replica
 * has come so far.
 *
 * <p>Threading: the replica's event loop.
 */
final class CheckpointWaits {
    private final CheckpointPort checkpoints;
    private final Runnable want;
    private final List<Wanted> wanted = new ArrayList<>();

    private static final class Wanted {
        private final long revision;
        private final Consumer<CheckpointPort.@Nullable Stored> taken;
        private boolean asked;

        Wanted(long revision, Consumer<CheckpointPort.@Nullable Stored> taken) {
            this.revision = revision;
            this.taken = taken;
        }
    }

    /** {@code want} has a checkpoint taken of what the replica has applied. */
    CheckpointWaits(CheckpointPort checkpoints, Runnable want) {
        this.checkpoints = checkpoints;
        this.want = want;
    }

    /** Whoever waits no longer runs what is returned, and is told null unless it was served. */
    Runnable add(long revision, Consumer<CheckpointPort.@Nullable Stored> taken) {
        Wanted one = new Wanted(revision, taken);
        wanted.add(one);
        return () -> giveUp(one);
    }

    /** Everything up to {@code applied} is in the replica's state. */
    void serve(long applied) {
        if (wanted.isEmpty()) {
            return;
        }
        CheckpointPort.Stored newest = checkpoints.newest();
        for (Wanted each : List.copyOf(wanted)) {
            if (newest != null && newest.revision() >= Math.max(each.revision, applied)) {
                wanted.remove(each);
                each.taken.accept(newest);
            } else if (!each.asked && applied >= each.revision) {
                each.asked = true;
                want.run();
            }
        }
    }

    /** A checkpoint is there. */
    void taken(CheckpointPort.Stored stored) {
        for (Wanted each : List.copyOf(wanted)) {
            if (stored.revision() >= each.revision) {
                wanted.remove(each);
                each.taken.accept(stored);
            }
        }
    }

    /** Nobody gets one. */
    void giveUp() {
        List.copyOf(wanted).forEach(this::giveUp);
    }

    /** Forgets who waits, and tells nobody. */
    void forget() {
        wanted.clear();
    }

    private void giveUp(Wanted one) {
        if (wanted.remove(one)) {
            one.taken.accept(null);
        }
    }
}
