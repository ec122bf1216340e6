package io.lockservice.cell;

import io.lockservice.cell.repeat.KeyOutcomes;
import io.lockservice.cell.repeat.OriginOutcomes;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** References to every record of the state at one moment; all of them are immutable. */
final class Snapshot implements StateSnapshot {
    private final State.Counters counters;
    private final long newestKeyStoredAt;
    private final long digest;
    private final Session[] sessions;
    private final Node[] nodes;
    private final List<Map.Entry<Long, Repeats.Wait>> waits;
    private final List<OriginOutcomes.Known> origins;
    private final List<OriginOutcomes.Entry> outcomes;
    private final List<KeyOutcomes.Entry> keys;

    Snapshot(State state, Repeats repeats, long digest) {
        this.digest = digest;
        counters = state.counters();
        newestKeyStoredAt = repeats.keys().newestStoredAt();
        sessions = state.sessions().all().toArray(new Session[0]);
        nodes = state.namespace().nodes().toArray(new Node[0]);
        waits = repeats.waits().entrySet().stream()
                .map(each -> Map.entry(each.getKey(), each.getValue()))
                .toList();
        origins = repeats.origins().known();
        outcomes = repeats.origins().entries();
        keys = repeats.keys().entries();
    }

    @Override
    public void forEach(BiConsumer<byte[], byte[]> sink) {
        StateRecords records = new StateRecords(sink);
        records.counters(counters, newestKeyStoredAt);
        for (Session session : sessions) {
            records.session(session);
        }
        for (Node node : nodes) {
            records.node(node);
        }
        waits.forEach(each -> records.wait(each.getKey(), each.getValue()));
        origins.forEach(records::origin);
        outcomes.forEach(records::outcome);
        for (int i = 0; i < keys.size(); i++) {
            records.key(i, keys.get(i));
        }
    }

    @Override
    public long digest() {
        return digest;
    }

    @Override
    public long revision() {
        return counters.revision();
    }

    @Override
    public long epoch() {
        return counters.epoch();
    }

    @Override
    public String toString() {
        return "Snapshot[revision " + counters.revision() + ", digest " + Long.toHexString(digest) + "]";
    }
}
