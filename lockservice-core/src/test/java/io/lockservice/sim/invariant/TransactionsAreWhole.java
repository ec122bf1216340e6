package io.lockservice.sim.invariant;

import io.lockservice.api.event.Event;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import java.util.List;
import java.util.Objects;

/** A lock that is only ever taken together with another, by a transaction, is acquired in one revision with that one. */
public final class TransactionsAreWhole implements Observer {
    /** The lock. */
    public static final String FIRST = "left";

    /** The other one, which is also taken alone. */
    public static final String SECOND = "right";

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Happened happened) {
                check(happened.events());
            }
        }
    }

    private static void check(List<Event> events) {
        for (Event event : events) {
            if (isGrantOf(FIRST, event)) {
                Violation.unless(
                        events.stream()
                                .anyMatch(other -> isGrantOf(SECOND, other)
                                        && other.revision() == event.revision()
                                        && Objects.equals(other.session(), event.session())),
                        TransactionsAreWhole.class,
                        "%s was granted the one lock in revision %d, but not the other",
                        event.session(),
                        event.revision());
            }
        }
    }

    private static boolean isGrantOf(String leaf, Event event) {
        return event.type() == Event.Type.LOCK_ACQUIRED
                && event.name() != null
                && event.name().endsWith("/" + leaf);
    }
}
