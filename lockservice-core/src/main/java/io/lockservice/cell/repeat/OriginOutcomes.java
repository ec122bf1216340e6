package io.lockservice.cell.repeat;

import io.lockservice.check.Check;
import io.lockservice.wire.Hash64;
import java.util.ArrayList;
import java.util.List;
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
public final class OriginOutcomes {
    /** The most outcomes kept for one replica. */
    public static final int KEPT = 16_384;

    private final TreeMap<Integer, Table> tables = new TreeMap<>();
    private final Predicate<Outcome> undecided;
    private final Consumer<Outcome> forgotten;
    private long sum;

    /** {@code knownFrom}: outcomes of calls below are not known any more, but for those in {@code waiting}. */
    private record Table(
            int replicaId,
            long incarnation,
            long knownFrom,
            TreeMap<Long, Outcome> outcomes,
            TreeMap<Long, Outcome> waiting) {}

    /** {@code undecided} tells who still waits for a lock; {@code forgotten} hears of every outcome that is dropped. */
    public OriginOutcomes(Predicate<Outcome> undecided, Consumer<Outcome> forgotten) {
        this.undecided = undecided;
        this.forgotten = forgotten;
    }

    /** Whether the outcome of that call, which {@link #find} does not know, may have been known once. */
    public boolean isForgotten(Origin origin) {
        Table table = tables.get(origin.replicaId());
        return table != null
                && (origin.incarnation() < table.incarnation()
                        || (origin.incarnation() == table.incarnation() && origin.callId() < table.knownFrom()));
    }

    /** The outcome of that call, null where it is not known. */
    public @Nullable Outcome find(Origin origin) {
        Table table = tables.get(origin.replicaId());
        if (table == null || table.incarnation() != origin.incarnation()) {
            return null;
        }
        Outcome outcome = table.outcomes().get(origin.callId());
        return outcome == null ? table.waiting().get(origin.callId()) : outcome;
    }

    /** Stores the outcome of a call that is neither known nor forgotten. */
    public void put(Origin origin, Outcome outcome) {
        Table table = tables.get(origin.replicaId());
        if (table == null || table.incarnation() < origin.incarnation()) {
            if (table != null) {
                forget(table, table.outcomes());
                forget(table, table.waiting());
            }
            table = new Table(origin.replicaId(), origin.incarnation(), 0, new TreeMap<>(), new TreeMap<>());
        }
        table.outcomes().put(origin.callId(), outcome);
        sum += hash(table.replicaId(), origin.callId(), outcome);
        long knownFrom = Math.max(table.knownFrom(), origin.answeredBelow());
        forget(table, table.outcomes().headMap(knownFrom, false));
        forget(table, table.waiting().headMap(origin.answeredBelow(), false));
        while (table.outcomes().size() > KEPT) {
            Map.Entry<Long, Outcome> oldest = table.outcomes().pollFirstEntry();
            knownFrom = Math.max(knownFrom, oldest.getKey() + 1);
            setAside(table, oldest);
        }
        tables.put(
                origin.replicaId(),
                new Table(table.replicaId(), table.incarnation(), knownFrom, table.outcomes(), table.waiting()));
    }

    private void setAside(Table table, Map.Entry<Long, Outcome> old) {
        NavigableMap<Long, Outcome> waiting = table.waiting();
        if (!undecided.test(old.getValue())) {
            sum -= hash(table.replicaId(), old.getKey(), old.getValue());
            forgotten.accept(old.getValue());
            return;
        }
        waiting.put(old.getKey(), old.getValue());
        if (waiting.size() > KEPT) {
            NavigableMap<Long, Outcome> decided = new TreeMap<>(waiting);
            decided.values().removeIf(undecided);
            decided.keySet().forEach(waiting::remove);
            forget(table, decided);
            if (waiting.size() > KEPT) {
                forget(table, waiting.headMap(waiting.firstKey(), true));
            }
        }
    }

    private void forget(Table table, NavigableMap<Long, Outcome> outcomes) {
        outcomes.forEach((callId, outcome) -> {
            sum -= hash(table.replicaId(), callId, outcome);
            forgotten.accept(outcome);
        });
        outcomes.clear();
    }

    private static long hash(int replicaId, long callId, Outcome outcome) {
        return new Hash64().add(replicaId).add(callId).add(outcome.hash()).value();
    }

    /** The sum of the hashes of all that is kept. */
    public long sum() {
        return sum + tablesSum();
    }

    /** {@link #sum} from the records themselves. */
    public long recomputedSum() {
        long recomputed = tablesSum();
        for (Entry each : entries()) {
            recomputed += hash(each.replicaId(), each.callId(), each.outcome());
        }
        return recomputed;
    }

    private long tablesSum() {
        long tablesSum = 0;
        for (Table table : tables.values()) {
            Hash64 hash = new Hash64().add(table.replicaId()).add(table.incarnation());
            tablesSum += hash.add(table.knownFrom())
                    .add(table.outcomes().size())
                    .add(table.waiting().size())
                    .value();
        }
        return tablesSum;
    }

    /** What is known of one replica's calls, beside their outcomes. */
    public record Known(int replicaId, long incarnation, long knownFrom) {}

    /** One outcome; {@code isWaiting} where it is kept apart because its call may still wait. */
    public record Entry(int replicaId, long callId, boolean isWaiting, Outcome outcome) {}

    /** Of each replica, in the order of their ids. */
    public List<Known> known() {
        return tables.values().stream()
                .map(table -> new Known(table.replicaId(), table.incarnation(), table.knownFrom()))
                .toList();
    }

    /** All outcomes: by replica, those kept apart last, each in the order of the calls. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (Table table : tables.values()) {
            table.outcomes()
                    .forEach((callId, outcome) -> entries.add(new Entry(table.replicaId(), callId, false, outcome)));
            table.waiting()
                    .forEach((callId, outcome) -> entries.add(new Entry(table.replicaId(), callId, true, outcome)));
        }
        return entries;
    }

    /** Takes back what {@link #known} gave, before the outcomes. */
    public void restore(Known known) {
        tables.put(
                known.replicaId(),
                new Table(known.replicaId(), known.incarnation(), known.knownFrom(), new TreeMap<>(), new TreeMap<>()));
    }

    /** Takes back an outcome of a replica that was restored. */
    public void restore(Entry entry) {
        Table table = Check.present(tables.get(entry.replicaId()), "an outcome comes after its replica");
        (entry.isWaiting() ? table.waiting() : table.outcomes()).put(entry.callId(), entry.outcome());
        sum += hash(entry.replicaId(), entry.callId(), entry.outcome());
    }
}
