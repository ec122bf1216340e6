package io.lockservice.sim.invariant;

import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every replica tells of the same events in the same order, and leaves none out, unless it took over a peer's checkpoint: then
 * it says so.
 */
public final class EventsAreTheLog implements Observer {
    private final TreeMap<EventPosition, Event> events = new TreeMap<>();
    private final Map<Integer, EventPosition> toldOf = new HashMap<>();

    @Override
    public void started(Host host) {
        // What it applies again it tells again; what a checkpoint has it does not.
        toldOf.remove(host.id());
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Happened happened) {
                if (happened.replaced()) {
                    toldOf.remove(host.id());
                }
                happened.events().forEach(event -> tell(host.id(), event));
            }
        }
    }

    private void tell(int replica, Event event) {
        EventPosition at = new EventPosition(event.revision(), event.index());
        EventPosition before = toldOf.put(replica, at);
        boolean isNews = !events.isEmpty() && events.lastKey().compareTo(at) < 0;
        Event known = events.putIfAbsent(at, event);
        Violation.unless(
                known == null ? isNews || events.size() == 1 : known.equals(event),
                EventsAreTheLog.class,
                "replica %d tells of %s, others of %s",
                replica,
                event,
                known);
        EventPosition follows = events.lowerKey(at);
        Violation.unless(
                before == null || before.equals(follows),
                EventsAreTheLog.class,
                "replica %d tells of %s behind %s, but there is %s between them",
                replica,
                event,
                before,
                follows);
    }
}
