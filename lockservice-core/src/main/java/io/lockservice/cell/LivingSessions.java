package io.lockservice.cell;

import io.lockservice.api.Name;
import io.lockservice.check.Check;
import io.lockservice.wire.Hash64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The sessions that are alive, in the order of their ids, and what each has, which follows from the nodes. */
final class LivingSessions {
    private final TreeMap<String, Session> sessions = new TreeMap<>();
    /** Only looked up, never iterated. */
    private final Map<String, Belongings> belongings = new HashMap<>();

    /**
     * What a session has.
     *
     * @param held nodes whose lock it holds
     * @param waiting nodes for whose lock it waits
     * @param ephemerals nodes that go with it
     */
    record Belongings(TreeSet<Name> held, TreeSet<Name> waiting, TreeSet<Name> ephemerals) {
        private static Belongings none() {
            return new Belongings(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        }
    }

    @Nullable
    Session find(String id) {
        return sessions.get(id);
    }

    boolean isAlive(String id) {
        return sessions.containsKey(id);
    }

    /** What a session has; for one that is not alive nothing, in sets that nobody keeps. */
    Belongings of(String id) {
        Belongings has = belongings.get(id);
        return has == null ? Belongings.none() : has;
    }

    /** The client's name of a session that is alive. */
    String clientOf(String id) {
        return Check.present(sessions.get(id), "a session that must be alive is not")
                .client();
    }

    /** Adds or replaces a session. */
    void put(Session session) {
        sessions.put(session.id(), session);
        belongings.computeIfAbsent(session.id(), id -> Belongings.none());
    }

    /** Takes a session out and tells what it had. */
    Belongings remove(String id) {
        sessions.remove(id);
        Belongings had = belongings.remove(id);
        return had == null ? Belongings.none() : had;
    }

    Collection<Session> all() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    NavigableMap<String, Session> after(String id) {
        return sessions.tailMap(id, false);
    }

    int size() {
        return sessions.size();
    }

    void digest(Hash64 hash) {
        hash.add(sessions.size());
        for (Session session : sessions.values()) {
            hash.add(session.id()).add(session.client()).add(session.leaseMs()).add(session.closeAfterMs());
            hash.add(session.metadata().size());
            session.metadata().forEach((key, value) -> hash.add(key).add(value));
        }
    }
}
