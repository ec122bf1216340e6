package io.lockservice.cell;

import io.lockservice.api.Grant;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.cell.table.Lock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects what one command does, on its way to {@link Applied}. */
final class Change {
    private final long revision;
    private final List<Grant> grants = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final List<Applied.Place> withdrawn = new ArrayList<>();
    private final List<Applied.Delay> delays = new ArrayList<>();
    private final List<Happened> happened = new ArrayList<>();
    private final Map<Long, Reply> endedWaits = new LinkedHashMap<>();
    private final Map<Name, Long> removed = new LinkedHashMap<>();
    private final Map<Name, Long> newestRemoved = new HashMap<>();
    private final List<Lock.Ended> endedAndGone = new ArrayList<>();
    private long reached;
    private final Set<Long> awaited = new LinkedHashSet<>();
    private final List<Told> told = new ArrayList<>();
    private boolean visible;
    private long epochStarted;
    private @Nullable String opened;
    private Applied.@Nullable Closing closing;

    private record Happened(
            Event.Type type, @Nullable Name name, @Nullable String session, long token) {}

    /** What {@code session} is to be told. */
    record Told(String session, SessionEvent.Notice notice) {}

    /** Nothing yet. {@code revision} is the change's, should it turn out to be visible. */
    Change(long revision) {
        this.revision = revision;
    }

    long revision() {
        return revision;
    }

    /** Whether clients can see a difference: then the change has a revision of its own. */
    boolean isVisible() {
        return visible;
    }

    void touch() {
        visible = true;
    }

    /** An event, and every event is visible. Its stat is the node's when the whole change is done. */
    void event(Event.Type type, @Nullable Name name, @Nullable String session, long token) {
        visible = true;
        happened.add(new Happened(type, name, session, token));
    }

    /**
     * The instance of a node that is made now: the revision, unless this very change has made and removed one of that name
     * already.
     */
    long instanceFor(Name name) {
        Long before = newestRemoved.get(name);
        long instance = before == null ? revision : Math.max(revision, before + 1);
        reached = Math.max(reached, instance);
        return instance;
    }

    /** The largest number that was taken by a node: no later revision may be one of these. */
    long reached() {
        return Math.max(revision, reached);
    }

    /** A node went since nobody used its lock any more: how its last holds ended is still of interest. */
    void goneWithLock(Lock lock) {
        endedAndGone.addAll(lock.ended());
    }

    List<Lock.Ended> endedAndGone() {
        return endedAndGone;
    }

    /** A node is gone. */
    void removed(Name name, long instance) {
        removed.putIfAbsent(name, instance);
        newestRemoved.put(name, instance);
        event(Event.Type.NODE_DELETED, name, null, 0);
    }

    /** The instances of nodes that are gone, the first where there were several of one name. */
    Map<Name, Long> removed() {
        return removed;
    }

    /** {@code place} is the one that the grant ends, with ticket 0 where there was none. */
    void granted(Grant grant, Lock.Waiting place) {
        grants.add(grant);
        if (place.ticket() != 0) {
            endedWaits.put(place.ticket(), new Reply.Granted(grant, -1));
        }
        if (place.ticket() != 0 && place.isKept()) {
            awaited.add(grant.token());
        }
    }

    /** Tokens of grants that ended the wait at a place which was to be kept. */
    Set<Long> awaited() {
        return awaited;
    }

    /** A session is to be told that, beside the events that it asked for. */
    void tell(String session, SessionEvent.Notice notice) {
        told.add(new Told(session, notice));
    }

    List<Told> told() {
        return told;
    }

    void withdrawn(Applied.Place place) {
        visible = true;
        withdrawn.add(place);
        endedWaits.put(place.ticket(), new Reply.Failed(place.problem()));
    }

    void delayed(Applied.Delay delay) {
        visible = true;
        delays.add(delay);
    }

    /** A part of this command, which is kept only if all of it can be done. */
    Change part() {
        return new Change(revision);
    }

    /** All that {@code part} has is this command's too. */
    void adopt(Change part) {
        visible |= part.visible;
        grants.addAll(part.grants);
        withdrawn.addAll(part.withdrawn);
        delays.addAll(part.delays);
        happened.addAll(part.happened);
        endedWaits.putAll(part.endedWaits);
        part.removed.forEach(removed::putIfAbsent);
        newestRemoved.putAll(part.newestRemoved);
        endedAndGone.addAll(part.endedAndGone);
        reached = Math.max(reached, part.reached);
        awaited.addAll(part.awaited);
        told.addAll(part.told);
    }

    void epochStarted(long epoch) {
        epochStarted = epoch;
    }

    /** The epoch that has begun, 0 where none has. */
    long epochStarted() {
        return epochStarted;
    }

    void opened(String session) {
        visible = true;
        opened = session;
    }

    void closing(String session, long afterMs) {
        visible = true;
        closing = new Applied.Closing(session, afterMs);
    }

    void ended(String session) {
        visible = true;
        ended.add(session);
    }

    /** Tickets of places that are gone, with what their calls are to be told. */
    Map<Long, Reply> endedWaits() {
        return endedWaits;
    }

    List<String> ended() {
        return ended;
    }

    /** What the command did; {@code nodes} gives a node's stat as it is now, null where there is none. */
    Applied applied(@Nullable Reply reply, Function<Name, @Nullable Stat> nodes) {
        List<Event> events = new ArrayList<>(happened.size());
        for (Happened each : happened) {
            Name name = each.name();
            events.add(new Event(
                    revision,
                    events.size() + 1,
                    each.type(),
                    name == null ? null : name.path(),
                    name == null ? null : nodes.apply(name),
                    each.session(),
                    each.token()));
        }
        return new Applied(
                reply,
                epochStarted,
                List.copyOf(grants),
                opened,
                closing,
                List.copyOf(ended),
                List.copyOf(withdrawn),
                List.copyOf(delays),
                List.copyOf(events),
                Set.of());
    }
}
