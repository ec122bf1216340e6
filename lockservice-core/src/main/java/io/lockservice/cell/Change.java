package io.lockservice.cell;

import io.lockservice.api.Event;
import io.lockservice.api.Grant;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Stat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private boolean visible;
    private long epochStarted;
    private @Nullable String opened;
    private Applied.@Nullable Closing closing;

    private record Happened(
            Event.Type type, @Nullable Name name, @Nullable String session, long token) {}

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

    /** {@code ticket} is the place that the grant ends, 0 where there was none. */
    void granted(Grant grant, long ticket) {
        grants.add(grant);
        if (ticket != 0) {
            endedWaits.put(ticket, new Reply.Granted(grant, -1));
        }
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
    }

    void epochStarted(long epoch) {
        epochStarted = epoch;
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
                List.copyOf(events));
    }
}
