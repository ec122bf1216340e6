package io.lockservice.cell;

import io.lockservice.wire.Hash64;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes by {@link Origin}: of the newest incarnation of each replica, from the oldest call that is still open there,
 * and of no more than {@link #KEPT} calls.
 */
final class OriginOutcomes {
    /** The most outcomes kept for one replica. */
    static final int KEPT = 16_384;

    private final TreeMap<Integer, Table> tables = new TreeMap<>();
    private final Consumer<Repeats.Outcome> forgotten;

    /** {@code knownFrom}: outcomes of calls below are not known any more. */
    private record Table(long incarnation, long knownFrom, TreeMap<Long, Repeats.Outcome> outcomes) {}

    /** {@code forgotten} hears of every outcome that is dropped. */
    OriginOutcomes(Consumer<Repeats.Outcome> forgotten) {
        this.forgotten = forgotten;
    }

    /** Whether the outcome of that call may have been known once and is not any more. */
    boolean isForgotten(Origin origin) {
        Table table = tables.get(origin.replicaId());
        return table != null
                && (origin.incarnation() < table.incarnation()
                        || (origin.incarnation() == table.incarnation() && origin.callId() < table.knownFrom()));
    }

    Repeats.@Nullable Outcome find(Origin origin) {
        Table table = tables.get(origin.replicaId());
        return table == null || table.incarnation() != origin.incarnation()
                ? null
                : table.outcomes().get(origin.callId());
    }

    /** Stores the outcome of a call that is neither known nor forgotten. */
    void put(Origin origin, Repeats.Outcome outcome) {
        Table table = tables.get(origin.replicaId());
        if (table == null || table.incarnation() < origin.incarnation()) {
            if (table != null) {
                forget(table.outcomes());
            }
            table = new Table(origin.incarnation(), 0, new TreeMap<>());
        }
        table.outcomes().put(origin.callId(), outcome);
        long knownFrom = Math.max(table.knownFrom(), origin.answeredBelow());
        forget(table.outcomes().headMap(knownFrom, false));
        while (table.outcomes().size() > KEPT) {
            knownFrom = table.outcomes().firstKey() + 1;
            forget(table.outcomes().headMap(knownFrom, false));
        }
        tables.put(origin.replicaId(), new Table(table.incarnation(), knownFrom, table.outcomes()));
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
        }
    }
}
