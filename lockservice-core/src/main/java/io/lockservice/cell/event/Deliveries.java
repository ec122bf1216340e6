package io.lockservice.cell.event;

import io.lockservice.api.Name;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.Namespace;
import io.lockservice.cell.table.Node;
import io.lockservice.cell.table.OpenHandles;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Puts what a command did into the inboxes of the sessions that are to be told of it. */
public final class Deliveries {
    private final Namespace namespace;
    private final OpenHandles handles;
    private final Inboxes inboxes;

    /** Deliveries to {@code inboxes}. */
    public Deliveries(Namespace namespace, OpenHandles handles, Inboxes inboxes) {
        this.namespace = namespace;
        this.handles = handles;
        this.inboxes = inboxes;
    }

    /**
     * Delivers the events of one command.
     *
     * @param events all of them, in order
     * @param removed the instances of nodes that the command removed and that were there before it
     * @param awaited tokens of grants that ended the wait at a place which was to be kept
     * @return the sessions that have been told something
     */
    public Set<String> deliver(List<Event> events, Map<Name, Long> removed, Set<Long> awaited) {
        if (awaited.isEmpty() && !handles.isAnyWatching()) {
            return Set.of();
        }
        Set<String> told = new TreeSet<>();
        for (Event event : events) {
            Set<String> recipients = watchers(event, removed);
            if (event.type() == Event.Type.LOCK_ACQUIRED
                    && awaited.contains(event.token())
                    && event.session() != null) {
                recipients.add(event.session());
            }
            recipients.forEach(session -> inboxes.add(session, new SessionEvent.Happened(event)));
            told.addAll(recipients);
        }
        return told;
    }

    private Set<String> watchers(Event event, Map<Name, Long> removed) {
        Set<String> watchers = new TreeSet<>();
        Name name = event.name() == null ? namespace.root() : new Name(event.name());
        addWatchers(name, event.type(), removed, watchers);
        Name parent = event.name() == null ? null : name.parent();
        if (parent != null) {
            addWatchers(parent, event.type(), removed, watchers);
        }
        return watchers;
    }

    private void addWatchers(Name name, Event.Type type, Map<Name, Long> removed, Set<String> watchers) {
        Long instance = null;
        for (Handle handle : handles.at(name)) {
            if (handle.events().contains(type)) {
                instance = instance == null ? instance(name, removed) : instance;
                if (instance != null && handle.instance() == instance) {
                    watchers.add(handle.id().session());
                }
            }
        }
    }

    private @Nullable Long instance(Name name, Map<Name, Long> removed) {
        Node node = namespace.find(name);
        return removed.getOrDefault(name, node == null ? null : node.instance());
    }
}
