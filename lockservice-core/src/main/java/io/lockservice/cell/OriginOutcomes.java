package io.lockservice.cell;

import io.lockservice.wire.Hash64;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes by {@link Origin}: of the newest incarnation of each replica, from the oldest call that is still open there,
 * and of no more than {@link #KEPT} calls. A call that waits for a lock may wait for longer than that: while its place in
 * the queue is there, its outcome is kept apart.
 */
final class OriginOutcomes {
    /** The most outcomes kept for one replica. */
    static final int KEPT = 16_384;

    private final TreeMap<Integer, Table> tables = new TreeMap<>();
    private final Predicate<Repeats.Outcome> undecided;
    private final Consumer<Repeats.Outcome> forgotten;

    /** {@code knownFrom}: outcomes of calls below are not known any more, but for those in {@code waiting}. */
    private record Table(
            long incarnation,
            long knownFrom,
            TreeMap<Long, Repeats.Outcome> outcomes,
            TreeMap<Long, Repeats.Outcome> waiting) {}

    /** {@code undecided} tells who still waits for a lock; {@code forgotten} hears of every outcome that is dropped. */
    OriginOutcomes(Predicate<Repeats.Outcome> undecided, Consumer<Repeats.Outcome> forgotten) {
        this.undecided = undecided;
        this.forgotten = forgotten;
    }

    /** Whether the outcome of that call, which {@link #find} does not know, may have been known once. */
    boolean isForgotten(Origin origin) {
        Table table = tables.get(origin.replicaId());
        return table != null
                && (origin.incarnation() < table.incarnation()
                        || (origin.incarnation() == table.incarnation() && origin.callId() < table.knownFrom()));
    }

    Repeats.@Nullable Outcome find(Origin origin) {
        Table table = tables.get(origin.replicaId());
        if (table == null || table.incarnation() != origin.incarnation()) {
            return null;
        }
        Repeats.Outcome outcome = table.outcomes().get(origin.callId());
        return outcome == null ? table.waiting().get(origin.callId()) : outcome;
    }

    /** Stores the outcome of a call that is neither known nor forgotten. */
    void put(Origin origin, Repeats.Outcome outcome) {
        Table table = tables.get(origin.replicaId());
        if (table == null || table.incarnation() < origin.incarnation()) {
            if (table != null) {
                forget(table.outcomes());
                forget(table.waiting());
            }
            table = new Table(origin.incarnation(), 0, new TreeMap<>(), new TreeMap<>());
        }
        table.outcomes().put(origin.callId(), outcome);
        long knownFrom = Math.max(table.knownFrom(), origin.answeredBelow());
        forget(table.outcomes().headMap(knownFrom, false));
        forget(table.waiting().headMap(origin.answeredBelow(), false));
        while (table.outcomes().size() > KEPT) {
            Map.Entry<Long, Repeats.Outcome> oldest = table.outcomes().pollFirstEntry();
            knownFrom = Math.max(knownFrom, oldest.getKey() + 1);
            setAside(oldest, table.waiting());
        }
        tables.put(origin.replicaId(), new Table(table.incarnation(), knownFrom, table.outcomes(), table.waiting()));
    }

    private void setAside(Map.Entry<Long, Repeats.Outcome> old, NavigableMap<Long, Repeats.Outcome> waiting) {
        if (!undecided.test(old.getValue())) {
            forgotten.accept(old.getValue());
            return;
        }
        waiting.put(old.getKey(), old.getValue());
        if (waiting.size() > KEPT) {
            NavigableMap<Long, Repeats.Outcome> decided = new TreeMap<>(waiting);
            decided.values().removeIf(undecided);
            decided.keySet().forEach(waiting::remove);
            forget(decided);
            if (waiting.size() > KEPT) {
                forget(waiting.headMap(waiting.firstKey(), true));
            }
        }
    }

    private void forget(NavigableMap<Long, Repeats.Outcome> outcomes) {
        outcomes.values().forEach(forgotten);
        outcomes.clear();
    }

    void digest(Hash64 hash) {
        hash.add(tables.size());
        for (Map.Entry<Integer, Table> each : tables.entrySet()) {
            Table table = each.getValue();
            hash.add(each.getKey()).add(table.incarnation()).add(table.knownFrom());
            hash.add(table.outcomes().size());
            table.outcomes().forEach((callId, outcome) -> Repeats.digest(outcome, hash.add(callId)));
            hash.add(table.waiting().size());
            table.waiting().forEach((callId, outcome) -> Repeats.digest(outcome, hash.add(callId)));
        }
    }
}
