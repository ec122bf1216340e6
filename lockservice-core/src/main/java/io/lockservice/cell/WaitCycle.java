package io.lockservice.cell;

import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.cell.table.LivingSessions;
import io.lockservice.cell.table.Lock;
import io.lockservice.check.Check;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds out whether a wait would close a cycle of sessions that wait for each other. Who waits for a lock waits for its
 * holders, and for those before it in the queue, as far as their modes do not go together with its own.
 */
final class WaitCycle {
    private final State state;

    /** How each session was reached: it blocks {@code waiting}, which waits for the lock of {@code name}. */
    private final Map<String, Reached> reached = new HashMap<>();

    /** Up to which place, for each mode, those who wait for a lock were looked at: so each place is looked at twice at most. */
    private final Map<Looked, Integer> lookedAt = new HashMap<>();

    private final Map<Name, Map<String, Integer>> places = new HashMap<>();
    private final ArrayDeque<String> toDo = new ArrayDeque<>();

    private record Reached(String waiting, Name name) {}

    private record Looked(Name name, LockMode mode) {}

    WaitCycle(State state) {
        this.state = state;
    }

    /**
     * The cycle that {@code wanted}, put at the end of the queue of {@code name}, would close: the session itself first.
     * Empty where there is none.
     */
    List<Problem.Waiting> closedBy(Name name, Lock.Waiting wanted) {
        if (!isWaitedFor(wanted.session())) {
            return List.of();
        }
        Lock lock = state.namespace().at(name).lock();
        block(name, lock, wanted, lock.queue().size());
        while (!toDo.isEmpty()) {
            String session = toDo.remove();
            if (session.equals(wanted.session())) {
                return path(session);
            }
            for (Name waitsFor : state.sessions().of(session).waiting()) {
                Lock other = state.namespace().at(waitsFor).lock();
                int place = Check.present(placesIn(waitsFor, other).get(session), "an indexed place exists");
                block(waitsFor, other, other.queue().get(place), place);
            }
        }
        return List.of();
    }

    /** Whether anybody waits for a lock that the session holds, or behind it. Where nobody does there is no cycle. */
    private boolean isWaitedFor(String session) {
        LivingSessions.Belongings has = state.sessions().of(session);
        return Stream.concat(has.held().stream(), has.waiting().stream())
                .map(name -> state.namespace().at(name).lock().queue())
                .anyMatch(queue -> !queue.isEmpty()
                        && !queue.get(queue.size() - 1).session().equals(session));
    }

    private Map<String, Integer> placesIn(Name name, Lock lock) {
        return places.computeIfAbsent(name, any -> {
            Map<String, Integer> found = new HashMap<>();
            for (int i = 0; i < lock.queue().size(); i++) {
                found.put(lock.queue().get(i).session(), i);
            }
            return found;
        });
    }

    /** Notes whom {@code place} waits for, which stands behind the first {@code before} of the queue. */
    private void block(Name name, Lock lock, Lock.Waiting place, int before) {
        Integer seen = lookedAt.get(new Looked(name, place.mode()));
        if (seen == null) {
            for (Lock.Hold hold : lock.holders()) {
                blocked(place, hold.session(), hold.mode(), name);
            }
        }
        for (int i = seen == null ? 0 : seen; i < before; i++) {
            Lock.Waiting other = lock.queue().get(i);
            blocked(place, other.session(), other.mode(), name);
        }
        lookedAt.merge(new Looked(name, place.mode()), before, Math::max);
    }

    private void blocked(Lock.Waiting place, String by, LockMode mode, Name name) {
        boolean together = place.mode() == LockMode.SHARED && mode == LockMode.SHARED;
        if (!together && reached.putIfAbsent(by, new Reached(place.session(), name)) == null) {
            toDo.add(by);
        }
    }

    /** From the session that was reached back to itself. */
    private List<Problem.Waiting> path(String session) {
        List<Problem.Waiting> backwards = new ArrayList<>();
        String at = session;
        do {
            Reached how = reached.get(at);
            if (how == null) {
                break;
            }
            at = how.waiting();
            backwards.add(new Problem.Waiting(
                    at, state.sessions().clientOf(at), how.name().path()));
        } while (!at.equals(session));
        Collections.reverse(backwards);
        return List.copyOf(backwards);
    }
}
