package io.lockservice.client.node;

import io.lockservice.client.SessionListener.Event;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings what the session is told to the handles that asked for it. An event may come before the answer that names the
 * handle: while handles are being opened the events are remembered. Confined to the loop.
 */
final class HandleEvents {
    private static final System.Logger LOG = System.getLogger(HandleEvents.class.getName());

    private final Set<Handle> handles = new LinkedHashSet<>();
    private final List<Event> whileOpening = new ArrayList<>();
    private int opening;

    void opening() {
        opening++;
    }

    /** It could not be opened. */
    void notOpened() {
        opening--;
        forget();
    }

    void opened(Handle handle) {
        opening--;
        if (!handle.eventTypes().isEmpty()) {
            handles.add(handle);
            List.copyOf(whileOpening).forEach(event -> tell(handle, event));
        }
        forget();
    }

    void closed(Handle handle) {
        handles.remove(handle);
    }

    void happened(Event event) {
        if (opening > 0) {
            whileOpening.add(event);
        }
        List.copyOf(handles).forEach(handle -> tell(handle, event));
    }

    private static void tell(Handle handle, Event event) {
        if (isFor(handle, event)) {
            try {
                handle.listener().accept(event);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener for events of " + handle.name() + " failed", e);
            }
        }
    }

    /** That events were dropped concerns all: each may miss one. */
    private static boolean isFor(Handle handle, Event event) {
        if (event.type().equals("events-dropped")) {
            return true;
        }
        String name = event.name();
        boolean isNear = name.equals(handle.name())
                || (name.lastIndexOf('/') == handle.name().length() && name.startsWith(handle.name()));
        return isNear
                && handle.eventTypes().stream().anyMatch(type -> type.label().equals(event.type()));
    }

    private void forget() {
        if (opening == 0) {
            whileOpening.clear();
        }
    }
}
