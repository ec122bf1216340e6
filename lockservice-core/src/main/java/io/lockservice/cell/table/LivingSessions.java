package io.lockservice.cell.table;

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
public final class LivingSessions {
    private final TreeMap<String, Session> sessions = new TreeMap<>();
    private long sum;
    private int caching;
    /** Only looked up, never iterated. */
    private final Map<String, Belongings> belongings = new HashMap<>();

    /**
     * What a session has.
     *
     * @param held nodes whose lock it holds
     * @param waiting nodes for whose lock it waits
     * @param ephemerals nodes that go with it
     */
    public record Belongings(TreeSet<Name> held, TreeSet<Name> waiting, TreeSet<Name> ephemerals) {
        private static Belongings none() {
            return new Belongings(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        }
    }

    @Nullable
    public Session find(String id) {
        return sessions.get(id);
    }

    public boolean isAlive(String id) {
        return sessions.containsKey(id);
    }

    /** What a session has; for one that is not alive nothing, in sets that nobody keeps. */
    public Belongings of(String id) {
        Belongings has = belongings.get(id);
        return has == null ? Belongings.none() : has;
    }

    /** The client's name of a session that is alive. */
    public String clientOf(String id) {
        return Check.present(sessions.get(id), "a session that must be alive is not")
                .client();
    }

    /** Adds or replaces a session. */
    public void put(Session session) {
        Session before = sessions.put(session.id(), session);
        sum += hash(session) - (before == null ? 0 : hash(before));
        caching += (session.caches() ? 1 : 0) - (before != null && before.caches() ? 1 : 0);
        belongings.computeIfAbsent(session.id(), id -> Belongings.none());
    }

    /** Takes a session out and tells what it had. */
    public Belongings remove(String id) {
        Session gone = sessions.remove(id);
        sum -= gone == null ? 0 : hash(gone);
        caching -= gone != null && gone.caches() ? 1 : 0;
        Belongings had = belongings.remove(id);
        return had == null ? Belongings.none() : had;
    }

    public Collection<Session> all() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    public NavigableMap<String, Session> after(String id) {
        return sessions.tailMap(id, false);
    }

    public int size() {
        return sessions.size();
    }

    /** Whether any session may keep copies of what it reads. */
    public boolean isAnyCaching() {
        return caching > 0;
    }

    /** The sum of the hashes of all sessions. */
    public long sum() {
        return sum;
    }

    /** {@link #sum} from the sessions themselves. */
    public long recomputedSum() {
        return sessions.values().stream().mapToLong(LivingSessions::hash).sum();
    }

    private static long hash(Session session) {
        Hash64 hash = new Hash64().add(session.id()).add(session.client());
        hash.add(session.leaseMs())
                .add(session.closeAfterMs())
                .add(session.caches() ? 1 : 0)
                .add(session.metadata().size());
        session.metadata().forEach((key, value) -> hash.add(key).add(value));
        return hash.value();
    }
}
