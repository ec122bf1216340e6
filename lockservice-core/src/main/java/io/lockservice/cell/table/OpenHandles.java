package io.lockservice.cell.table;

import io.lockservice.api.HandleId;
import io.lockservice.api.Name;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The handles of all living sessions. */
public final class OpenHandles {
    private final TreeMap<String, TreeMap<String, Handle>> bySession = new TreeMap<>();

    /** By name of the node, then by id. Only looked up by name, never iterated over all names. */
    private final Map<Name, TreeMap<String, Handle>> byName = new HashMap<>();

    private int watching;
    private long sum;

    public @Nullable Handle find(HandleId id) {
        TreeMap<String, Handle> own = bySession.get(id.session());
        return own == null ? null : own.get(id.checkDigits());
    }

    /** Adds one that is not there. */
    public void add(Handle handle) {
        bySession
                .computeIfAbsent(handle.id().session(), any -> new TreeMap<>())
                .put(handle.id().checkDigits(), handle);
        byName.computeIfAbsent(handle.name(), any -> new TreeMap<>())
                .put(handle.id().toString(), handle);
        watching += handle.events().isEmpty() ? 0 : 1;
        sum += handle.hash();
    }

    /** Takes one out that is there. */
    public void remove(Handle handle) {
        removeFrom(bySession, handle.id().session(), handle.id().checkDigits());
        removeFrom(byName, handle.name(), handle.id().toString());
        watching -= handle.events().isEmpty() ? 0 : 1;
        sum -= handle.hash();
    }

    private static <K> void removeFrom(Map<K, ? extends Map<String, Handle>> index, K key, String id) {
        Map<String, Handle> handles = index.get(key);
        if (handles != null && handles.remove(id) != null && handles.isEmpty()) {
            index.remove(key);
        }
    }

    /** A session's handles. */
    public List<Handle> of(String session) {
        TreeMap<String, Handle> own = bySession.get(session);
        return own == null ? List.of() : List.copyOf(own.values());
    }

    /** Whether any session has this very node open. */
    public boolean isOpen(Node node) {
        return at(node.name()).stream().anyMatch(handle -> handle.instance() == node.instance());
    }

    /** Those of the nodes of that name, also of earlier ones, in the order of their ids. */
    public Collection<Handle> at(Name name) {
        TreeMap<String, Handle> handles = byName.get(name);
        return handles == null ? List.of() : Collections.unmodifiableCollection(handles.values());
    }

    /** Whether any handle asks for events. */
    public boolean isAnyWatching() {
        return watching > 0;
    }

    /** All of them, in the order of their sessions. */
    public List<Handle> all() {
        return bySession.values().stream().flatMap(own -> own.values().stream()).toList();
    }

    /** The sum of the hashes of all handles. */
    public long sum() {
        return sum;
    }

    /** {@link #sum} from the handles themselves. */
    public long recomputedSum() {
        return all().stream().mapToLong(Handle::hash).sum();
    }
}
