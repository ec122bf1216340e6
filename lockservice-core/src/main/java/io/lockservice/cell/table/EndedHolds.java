package io.lockservice.cell.table;

import io.lockservice.api.InvalidSequencer;
import io.lockservice.wire.Hash64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the last holds of locks ended whose nodes were there for the lock alone and are gone with it: whoever asks about such
 * a sequencer wants to know what became of the hold, not of the node. The newest are remembered.
 */
public final class EndedHolds {
    /** So many are remembered. */
    public static final int KEPT = 10_000;

    private final LinkedHashMap<Long, InvalidSequencer> reasons = new LinkedHashMap<>();
    private long sum;

    /** The node of that hold's lock is gone. */
    public void add(Lock.Ended ended) {
        if (reasons.putIfAbsent(ended.token(), ended.reason()) != null) {
            return;
        }
        sum += hash(ended.token(), ended.reason());
        if (reasons.size() > KEPT) {
            Iterator<Map.Entry<Long, InvalidSequencer>> oldest =
                    reasons.entrySet().iterator();
            Map.Entry<Long, InvalidSequencer> first = oldest.next();
            sum -= hash(first.getKey(), first.getValue());
            oldest.remove();
        }
    }

    /** How the hold with that token ended; null where that is not remembered here. */
    public @Nullable InvalidSequencer reasonOf(long token) {
        return reasons.get(token);
    }

    /** All of them, the oldest first. */
    public List<Lock.Ended> all() {
        return reasons.entrySet().stream()
                .map(each -> new Lock.Ended(each.getKey(), each.getValue()))
                .toList();
    }

    /** The sum of the hashes of all that are remembered. */
    public long sum() {
        return sum;
    }

    /** {@link #sum} from what is remembered. */
    public long recomputedSum() {
        return reasons.entrySet().stream()
                .mapToLong(each -> hash(each.getKey(), each.getValue()))
                .sum();
    }

    private static long hash(long token, InvalidSequencer reason) {
        return new Hash64().add(token).add(reason.label()).value();
    }
}
