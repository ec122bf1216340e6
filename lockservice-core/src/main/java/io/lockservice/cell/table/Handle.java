package io.lockservice.cell.table;

import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.event.Event;
import io.lockservice.wire.Hash64;
import java.util.List;

/**
 * A node that a session has open. Part of the replicated state, so that it outlives a change of leader as it is.
 *
 * @param id names it
 * @param principal who opened it: to others it gives nothing
 * @param name the node's
 * @param instance the node's: what is made anew under the name is another node
 * @param modes what it may be used for
 * @param events those of the node and its children of which the session is told
 * @param lockDelayMs of locks that are acquired through it
 */
public record Handle(
        HandleId id,
        String principal,
        Name name,
        long instance,
        List<HandleMode> modes,
        List<Event.Type> events,
        long lockDelayMs) {
    /** Keeps copies. */
    public Handle {
        modes = List.copyOf(modes);
        events = List.copyOf(events);
    }

    /** As clients see it. */
    public Reply.HandleState view() {
        return new Reply.HandleState(id, name.path(), instance, modes, events);
    }

    /** Of all that is in it. */
    public long hash() {
        Hash64 hash = new Hash64().add(id.session()).add(id.checkDigits()).add(principal);
        hash.add(name.path()).add(instance).add(lockDelayMs);
        modes.forEach(mode -> hash.add(mode.label()));
        events.forEach(type -> hash.add(type.name()));
        return hash.value();
    }
}
