package io.lockservice.session;

import io.lockservice.api.Name;
import io.lockservice.cell.Command;
import io.lockservice.session.Touched.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which sessions may have copies of what (Burrows, section 2.7), as this leader has handed them out. The next leader knows
 * nothing of them: it has every session that caches drop what it has.
 */
final class Copies {
    /** So many parts of nodes can one session have copies of. */
    static final int MOST_OF_A_SESSION = 10_000;

    private static final long KEPT = 0;
    private static final long BEING_PROPOSED = Long.MAX_VALUE;

    /** By part and session: {@link #KEPT}, or the number of the event after which the session has no copy any more. */
    private final Map<Part, LinkedHashMap<String, Long>> holders = new HashMap<>();

    private final Map<String, Set<Part>> bySession = new HashMap<>();

    /** What sessions were told to drop and have not taken in. */
    private final Map<String, ArrayDeque<Told>> told = new HashMap<>();

    private int count;

    private record Told(long seq, Name name) {}

    /** Whether the session has given up its copy: it has taken in that event, or its lease is over. */
    interface GivenUp {
        /** {@code seq} is that of the event which says so, larger than any where it has not been told yet. */
        boolean has(String session, long seq);
    }

    /** Whether a session has any copy. */
    boolean has(String session) {
        return bySession.containsKey(session);
    }

    /** Whether a session may have copies of these. */
    boolean hasRoom(String session, List<Part> parts) {
        Set<Part> has = bySession.get(session);
        return has == null
                || has.size()
                                + parts.stream()
                                        .filter(part -> !has.contains(part))
                                        .count()
                        <= MOST_OF_A_SESSION;
    }

    /** A session gets a copy. */
    void add(Part part, String session) {
        holders.computeIfAbsent(part, any -> new LinkedHashMap<>()).put(session, KEPT);
        if (bySession.computeIfAbsent(session, any -> new HashSet<>()).add(part)) {
            count++;
        }
    }

    /** Whether a session still has a copy of any of these; those that have given theirs up are forgotten. */
    boolean isAnyLeft(Iterable<Part> parts, GivenUp givenUp) {
        boolean left = false;
        for (Part part : parts) {
            LinkedHashMap<String, Long> of = holders.get(part);
            if (of == null) {
                continue;
            }
            for (Map.Entry<String, Long> holder : List.copyOf(of.entrySet())) {
                long seq = holder.getValue() == KEPT ? BEING_PROPOSED : holder.getValue();
                if (givenUp.has(holder.getKey(), seq)) {
                    remove(part, holder.getKey());
                } else {
                    left = true;
                }
            }
        }
        return left;
    }

    /** Who has a copy of any of these and has not been told yet to drop it, by name of the node; about {@code most} of them. */
    List<Command.Invalidate.Copies> untold(Iterable<Part> parts, int most) {
        Map<Name, TreeSet<String>> untold = new TreeMap<>();
        int found = 0;
        for (Part part : parts) {
            if (found >= most) {
                break;
            }
            for (Map.Entry<String, Long> holder :
                    holders.getOrDefault(part, new LinkedHashMap<>()).entrySet()) {
                if (holder.getValue() == KEPT
                        && untold.computeIfAbsent(part.name(), any -> new TreeSet<>())
                                .add(holder.getKey())) {
                    found++;
                }
            }
        }
        List<Command.Invalidate.Copies> copies = new ArrayList<>();
        untold.forEach((name, sessions) -> copies.add(new Command.Invalidate.Copies(name, List.copyOf(sessions))));
        return copies;
    }

    /** These are going to be told. */
    void beingTold(List<Command.Invalidate.Copies> copies) {
        copies.forEach(each -> each.sessions().forEach(session -> mark(each.name(), session, BEING_PROPOSED)));
    }

    /** A session was told, by the event {@code seq}, to drop what it has of a node. */
    void told(Name name, String session, long seq) {
        mark(name, session, seq);
        told.computeIfAbsent(session, any -> new ArrayDeque<>()).add(new Told(seq, name));
    }

    /** A session has taken in its events up to {@code seq}: it has dropped what it was told to. */
    void takenIn(String session, long seq) {
        ArrayDeque<Told> of = told.get(session);
        while (of != null && !of.isEmpty() && of.getFirst().seq() <= seq) {
            Told dropped = of.removeFirst();
            Part.allOf(dropped.name()).forEach(part -> removeIfTold(part, session, seq));
        }
        if (of != null && of.isEmpty()) {
            told.remove(session);
        }
    }

    /** Unless it has got a new copy since. */
    private void removeIfTold(Part part, String session, long seq) {
        Long state = holders.getOrDefault(part, new LinkedHashMap<>()).get(session);
        if (state != null && state != KEPT && state <= seq) {
            remove(part, session);
        }
    }

    /** The client drops all that it has of the node, so both parts are marked. */
    private void mark(Name name, String session, long seq) {
        for (Part part : Part.allOf(name)) {
            LinkedHashMap<String, Long> of = holders.get(part);
            if (of != null) {
                of.computeIfPresent(session, (any, before) -> seq);
            }
        }
    }

    private void remove(Part part, String session) {
        LinkedHashMap<String, Long> of = holders.get(part);
        if (of != null && of.remove(session) != null && of.isEmpty()) {
            holders.remove(part);
        }
        Set<Part> has = bySession.get(session);
        if (has != null && has.remove(part)) {
            count--;
        }
        if (has != null && has.isEmpty()) {
            bySession.remove(session);
        }
    }

    /** A session is over. */
    void ended(String session) {
        for (Part part : List.copyOf(bySession.getOrDefault(session, Set.of()))) {
            remove(part, session);
        }
        told.remove(session);
    }

    /** How many copies there may be. */
    int count() {
        return count;
    }

    void clear() {
        holders.clear();
        bySession.clear();
        told.clear();
        count = 0;
    }
}
