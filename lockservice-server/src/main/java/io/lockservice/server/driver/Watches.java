package io.lockservice.server.driver;

import io.lockservice.api.Name;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who wants to know that something has happened. They are told no more than that, and read the events themselves, each at
 * its own pace: so nothing is kept for those that are slow. Found by name, so that an event costs its depth and those who
 * want it, however many watch others.
 *
 * <p>Threading: the replica's event loop.
 */
final class Watches {
    private final Map<Name, Set<Watch>> ofNode = new HashMap<>();
    private final Map<Name, Set<Watch>> recursive = new HashMap<>();

    private record Watch(Request.ReadEvents what, Runnable happened) {}

    /** Calls {@code happened} after any event that {@code what} wants, until the returned is run. */
    Runnable add(Request.ReadEvents what, Runnable happened) {
        Watch watch = new Watch(what, happened);
        Map<Name, Set<Watch>> index = what.recursive() ? recursive : ofNode;
        index.computeIfAbsent(what.name(), name -> new LinkedHashSet<>()).add(watch);
        return () -> {
            Set<Watch> here = index.get(what.name());
            if (here != null && here.remove(watch) && here.isEmpty()) {
                index.remove(what.name());
            }
        };
    }

    /** These events were applied. */
    void happened(List<Event> events) {
        if (ofNode.isEmpty() && recursive.isEmpty()) {
            return;
        }
        Set<Watch> told = new LinkedHashSet<>();
        for (Event event : events) {
            if (event.name() == null) {
                recursive.values().forEach(each -> tell(each, event, told));
                continue;
            }
            Name name = new Name(event.name());
            tell(ofNode.get(name), event, told);
            Name parent = name.parent();
            if (parent != null) {
                tell(ofNode.get(parent), event, told);
            }
            for (Name above = name; above != null && !recursive.isEmpty(); above = above.parent()) {
                tell(recursive.get(above), event, told);
            }
        }
        told.forEach(watch -> watch.happened().run());
    }

    /** Anything may have happened. */
    void everything() {
        Set<Watch> all = new LinkedHashSet<>();
        ofNode.values().forEach(all::addAll);
        recursive.values().forEach(all::addAll);
        all.forEach(watch -> watch.happened().run());
    }

    private static void tell(@Nullable Collection<Watch> watches, Event event, Set<Watch> told) {
        if (watches != null) {
            for (Watch watch : watches) {
                if (!told.contains(watch) && watch.what().wants(event)) {
                    told.add(watch);
                }
            }
        }
    }
}
