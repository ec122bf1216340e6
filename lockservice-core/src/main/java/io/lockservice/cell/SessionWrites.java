package io.lockservice.cell;

import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.LivingSessions;
import io.lockservice.cell.table.Lock;
import io.lockservice.cell.table.Node;
import io.lockservice.cell.table.Session;
import io.lockservice.check.Check;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Opening and ending sessions (Burrows, section 2.8). */
final class SessionWrites {
    private final State state;

    SessionWrites(State state) {
        this.state = state;
    }

    Reply open(Request.OpenSession request, Change change) {
        Session session = state.sessions().find(request.session());
        if (session == null) {
            session = new Session(
                    request.session(), request.client(), request.leaseMs(), request.metadata(), 0, request.caches());
            state.sessions().put(session);
            change.opened(session.id());
        }
        return new Reply.SessionOpened(session.id(), session.client(), session.leaseMs(), session.leaseMs());
    }

    Reply close(Request.CloseSession request, Change change) {
        Session session = state.sessions().find(request.session());
        if (session == null) {
            return new Reply.Failed(Problem.sessionExpired(request.session()));
        }
        if (request.afterMs() > 0) {
            Session closing = session.closing(request.afterMs());
            state.sessions().put(closing);
            change.closing(closing.id(), closing.closeAfterMs());
        } else {
            end(List.of(session), change, closed -> false);
        }
        return new Reply.Done();
    }

    void expire(List<String> candidates, Change change) {
        List<Session> expired = new ArrayList<>();
        for (String id : new TreeSet<>(candidates)) {
            Session session = state.sessions().find(id);
            if (session != null) {
                expired.add(session);
            }
            if (session != null && !session.isClosing()) {
                change.event(Event.Type.SESSION_EXPIRED, null, id, 0);
            }
        }
        // One that was closed for a later time is closed now.
        end(expired, change, session -> !session.isClosing());
    }

    /**
     * Ends sessions together. First they lose what they have, and only then are waiters granted, so that nobody is
     * granted a lock who ends in the same command, and no lock whose node goes in it.
     *
     * @param expired of which of them the locks are kept for their lock-delays
     */
    private void end(List<Session> sessions, Change change, Predicate<Session> expired) {
        Map<Session, LivingSessions.Belongings> had = new LinkedHashMap<>();
        List<Handle> open = new ArrayList<>();
        for (Session session : sessions) {
            had.put(session, state.sessions().remove(session.id()));
            change.ended(session.id());
            open.addAll(state.handles().of(session.id()));
        }
        // What one of them owns is not kept by what another has open.
        open.forEach(state.handles()::remove);
        TreeSet<Name> locks = new TreeSet<>();
        had.forEach((session, each) -> {
            locks.addAll(each.waiting());
            each.waiting().forEach(name -> losePlace(session.id(), name, change));
        });
        had.forEach((session, each) -> {
            locks.addAll(each.held());
            each.held().forEach(name -> loseHold(session, name, expired.test(session), change));
        });
        had.values().forEach(each -> removeEphemerals(each.ephemerals(), change));
        // A lock file goes before others are granted: with it may go a directory somebody waits for.
        locks.descendingSet().stream().filter(this::isUnused).forEach(name -> settle(name, change));
        locks.forEach(name -> settle(name, change));
        open.forEach(handle -> state.removeIfForsaken(handle.name(), change));
    }

    private void losePlace(String id, Name name, Change change) {
        Lock.Waiting place = Check.present(state.namespace().at(name).lock().placeOf(id), "an indexed place exists");
        state.withdraw(name, place, Problem.sessionExpired(id), change);
    }

    private void loseHold(Session session, Name name, boolean expired, Change change) {
        Lock.Hold hold =
                Check.present(state.namespace().at(name).lock().holdOf(session.id()), "an indexed hold exists");
        state.endHold(name, hold, InvalidSequencer.SESSION_ENDED, change);
        if (expired && hold.delayMs() > 0) {
            state.delay(name, hold, session.client(), change);
        }
    }

    /**
     * Children first. What has some stays until the last of them goes, a delayed lock's file until the delay is over, and
     * what others have open until they close it.
     */
    private void removeEphemerals(NavigableSet<Name> names, Change change) {
        for (Name name : names.descendingSet()) {
            Node node = state.namespace().find(name);
            if (node != null
                    && (node.childCount() > 0
                            || isDelayedFile(node)
                            || state.handles().isOpen(node))) {
                state.namespace().put(node.orphaned());
            } else if (node != null) {
                state.remove(node, change);
            }
        }
    }

    private static boolean isDelayedFile(Node node) {
        return !node.isDirectory() && node.lock().isDelayed();
    }

    private boolean isUnused(Name name) {
        Node node = state.namespace().find(name);
        return node != null && !node.lock().isInUse();
    }

    private void settle(Name name, Change change) {
        if (state.namespace().find(name) != null) {
            state.settle(name, change);
        }
    }
}
