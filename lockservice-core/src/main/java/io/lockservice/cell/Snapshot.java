package io.lockservice.cell;

import io.lockservice.cell.event.EventLog;
import io.lockservice.cell.event.Inboxes;
import io.lockservice.cell.repeat.KeyOutcomes;
import io.lockservice.cell.repeat.OriginOutcomes;
import io.lockservice.cell.repeat.Waits;
import io.lockservice.cell.table.Counters;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.Lock;
import io.lockservice.cell.table.Namespace;
import io.lockservice.cell.table.Session;
import io.lockservice.check.Check;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * References to every record of the state at one moment; all of them are immutable. The nodes are gathered bit by bit by
 * the thread that owns the state; only then may the snapshot be read, by any thread.
 */
public final class Snapshot implements StateSnapshot {
    private final Counters counters;
    private final long newestKeyStoredAt;
    private final long digest;
    private final EventLog.Copy events;
    private final Session[] sessions;
    private final List<Handle> handles;
    private final List<Lock.Ended> endedHolds;
    private final List<Inboxes.Copy> inboxes;
    private final Namespace.Copy nodes;
    private boolean complete;
    private final List<Map.Entry<Long, Waits.Wait>> waits;
    private final List<OriginOutcomes.Known> origins;
    private final List<OriginOutcomes.Entry> outcomes;
    private final List<KeyOutcomes.Entry> keys;

    Snapshot(State state, Repeats repeats, EventLog.Copy events, Inboxes inboxes, long digest) {
        this.digest = digest;
        this.events = events;
        counters = state.counters();
        newestKeyStoredAt = repeats.keys().newestStoredAt();
        sessions = state.sessions().all().toArray(new Session[0]);
        handles = state.handles().all();
        endedHolds = state.endedHolds().all();
        this.inboxes = inboxes.copy();
        nodes = state.namespace().copy();
        waits = repeats.waits().entries();
        origins = repeats.origins().known();
        outcomes = repeats.origins().entries();
        keys = repeats.keys().entries();
    }

    /** Gathers up to {@code most} nodes more; returns whether the snapshot is complete now. */
    public boolean advance(int most) {
        complete = complete || nodes.advance(most);
        return complete;
    }

    @Override
    public void forEach(BiConsumer<byte[], byte[]> sink) {
        StateRecords records = new StateRecords(sink);
        records.counters(counters, newestKeyStoredAt);
        for (Session session : sessions) {
            records.session(session);
        }
        Check.that(complete, "a snapshot is read once it is complete");
        nodes.nodes().forEach(records::node);
        waits.forEach(each -> records.wait(each.getKey(), each.getValue()));
        origins.forEach(records::origin);
        outcomes.forEach(records::outcome);
        for (int i = 0; i < keys.size(); i++) {
            records.key(i, keys.get(i));
        }
        records.events(events);
        handles.forEach(records::handle);
        inboxes.forEach(records::inbox);
        records.endedHolds(endedHolds);
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
