package io.lockservice.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.LivingSessions;
import io.lockservice.cell.table.Lock;
import io.lockservice.cell.table.Node;
import io.lockservice.cell.table.Session;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is true of the state after every command, checked from scratch. */
final class StateInvariants {
    private final State state;

    private StateInvariants(State state) {
        this.state = state;
    }

    static void check(StateMachine machine) {
        StateInvariants invariants = new StateInvariants(machine.state());
        Set<Long> tokens = new HashSet<>();
        for (Node node : machine.state().namespace().nodes()) {
            invariants.checkPlaceInTree(node);
            invariants.checkLock(node);
            node.lock().holders().forEach(hold -> assertTrue(tokens.add(hold.token()), "one token, two grants"));
        }
        assertTrue(tokens.stream().allMatch(token -> token <= machine.lastToken()), "a token from the future");
        invariants.checkChildCounts();
        invariants.checkIndexes();
        for (Handle handle : machine.state().handles().all()) {
            String session = handle.id().session();
            assertTrue(machine.isAlive(session), () -> "a handle of an ended session: " + handle);
            assertEquals(handle, machine.state().handles().find(handle.id()));
        }
    }

    private void checkPlaceInTree(Node node) {
        Name above = node.name().parent();
        if (above != null) {
            Node parent = state.namespace().find(above);
            assertNotNull(parent, () -> "no directory above " + node.name());
            assertTrue(parent.isDirectory(), () -> "not a directory above " + node.name());
        }
        if (node.owner() != null) {
            assertTrue(state.sessions().isAlive(node.owner()), () -> "its owner is gone: " + node.name());
        }
        boolean kept = state.handles().isOpen(node)
                || (node.isDirectory() ? node.childCount() > 0 : node.lock().isInUse());
        if (node.ephemeral() && node.owner() == null) {
            assertTrue(kept, () -> "nobody owns it, has it open or uses it any more: " + node.name());
        }
    }

    private void checkLock(Node node) {
        Lock lock = node.lock();
        long exclusive = lock.holders().stream()
                .filter(hold -> hold.mode() == LockMode.EXCLUSIVE)
                .count();
        assertTrue(
                exclusive == 0 || lock.holders().size() == 1,
                () -> "an exclusive holder is not alone: " + node.name() + lock);
        assertFalse(lock.grantsNext(), () -> "the head of the queue could be granted: " + node.name() + lock);
        Set<String> sessions = new HashSet<>();
        lock.holders().forEach(hold -> assertTrue(sessions.add(hold.session()), "two holds of one session"));
        lock.queue().forEach(place -> assertTrue(sessions.add(place.session()), "hold and place of one session"));
        sessions.forEach(id -> assertTrue(state.sessions().isAlive(id), () -> "an ended session has " + node.name()));
        List<Long> tickets = lock.queue().stream().map(Lock.Waiting::ticket).toList();
        assertEquals(tickets.stream().sorted().toList(), tickets, "the queue is in the order of tickets");
    }

    private void checkChildCounts() {
        Map<Name, Integer> counted = new TreeMap<>();
        for (Node node : state.namespace().nodes()) {
            Name above = node.name().parent();
            if (above != null) {
                counted.merge(above, 1, Integer::sum);
            }
        }
        for (Node node : state.namespace().nodes()) {
            assertEquals(counted.getOrDefault(node.name(), 0), node.childCount(), () -> "children of " + node.name());
            assertEquals(
                    node.childCount(),
                    state.namespace().children(node.name(), "", 1_000).size());
        }
    }

    /** The indexes are what one gets by going through all nodes. */
    private void checkIndexes() {
        Map<String, Set<Name>> held = new TreeMap<>();
        Map<String, Set<Name>> waiting = new TreeMap<>();
        Map<String, Set<Name>> ephemerals = new TreeMap<>();
        List<Name> locks = new ArrayList<>();
        for (Node node : state.namespace().nodes()) {
            node.lock().holders().forEach(hold -> add(held, hold.session(), node));
            node.lock().queue().forEach(place -> add(waiting, place.session(), node));
            if (node.owner() != null) {
                add(ephemerals, node.owner(), node);
            }
            if (node.lock().isInUse()) {
                locks.add(node.name());
            }
        }
        for (Session session : state.sessions().all()) {
            LivingSessions.Belongings has = state.sessions().of(session.id());
            assertEquals(held.getOrDefault(session.id(), Set.of()), has.held());
            assertEquals(waiting.getOrDefault(session.id(), Set.of()), has.waiting());
            assertEquals(ephemerals.getOrDefault(session.id(), Set.of()), has.ephemerals());
        }
        assertEquals(
                locks, state.namespace().locksInUse(TestCell.name(""), null).toList());
        assertEquals(locks.size(), state.namespace().lockCount());
    }

    private static void add(Map<String, Set<Name>> index, String session, Node node) {
        index.computeIfAbsent(session, id -> new TreeSet<>()).add(node.name());
    }
}
