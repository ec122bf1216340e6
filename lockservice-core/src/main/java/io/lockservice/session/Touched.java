package io.lockservice.session;

import io.lockservice.api.Name;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import io.lockservice.cell.StateMachine;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a command may change of what clients can read, by the state before it: too much rather than too little. A node that
 * comes or goes changes its directory too, and with it may come or go directories above. What the state as it is refuses
 * changes nothing; should a command that is under way change the state before, then nobody has copies of what both are about.
 */
final class Touched {
    private final StateMachine state;
    private final Set<Part> parts = new LinkedHashSet<>();
    private final Set<Name> roots = new LinkedHashSet<>();
    private boolean endsSessions;

    /** What can be read of a node: itself, that there is none included, or the list of its children with their stats. */
    record Part(Name name, boolean children) {
        /** All that can be read of a node. */
        static List<Part> allOf(Name name) {
            return List.of(new Part(name, false), new Part(name, true));
        }
    }

    private Touched(StateMachine state) {
        this.state = state;
    }

    /** By a client's write, made in {@code session} where that is not null. */
    static Touched by(Request.Write request, @Nullable String session, StateMachine state) {
        Touched touched = new Touched(state);
        touched.add(request, session);
        return touched;
    }

    /** By what happens to the lock of a node. */
    static Touched byLockOf(Name name, StateMachine state) {
        Touched touched = new Touched(state);
        touched.node(name, false);
        return touched;
    }

    /** By the end of a session. */
    static Touched byEndOf(String session, StateMachine state) {
        Touched touched = new Touched(state);
        touched.end(session);
        return touched;
    }

    private void add(Request request, @Nullable String session) {
        if (request instanceof Request.OfNode of && request instanceof Request.Write && isRefused(request, session)) {
            roots.add(of.name());
        } else if (request instanceof Request.Transaction transaction) {
            transaction.operations().forEach(each -> add(each, session));
        } else if (request instanceof Request.DeleteNode delete) {
            node(delete.name(), true);
            if (delete.recursive()) {
                state.subtree(delete.name()).forEach(this::both);
            }
        } else if (request instanceof Request.OpenHandle open) {
            if (open.create() != null) {
                roots.add(open.name());
            }
            if (open.create() != null && state.stat(open.name()) == null) {
                node(open.name(), true);
            }
        } else if (request instanceof Request.CloseHandle close) {
            Name name = state.nameOf(close.handle());
            if (name == null) {
                // It may be opened by a command that is under way.
                endsSessions = true;
            } else {
                closed(name);
            }
        } else if (request instanceof Request.CloseSession close) {
            if (close.afterMs() == 0) {
                end(close.session());
            }
        } else if (request instanceof Request.OfNode of && request instanceof Request.Write) {
            node(of.name(), false);
        }
    }

    private boolean isRefused(Request request, @Nullable String session) {
        if (request instanceof Request.Acquire acquire) {
            return session != null && state.acquiresNothing(acquire, session);
        } else if (request instanceof Request.WriteFile write) {
            return !state.isAsExpected(write.name(), write.condition());
        }
        return request instanceof Request.DeleteNode delete && !state.isAsExpected(delete.name(), delete.condition());
    }

    private void end(String session) {
        endsSessions = true;
        state.nodesOf(session).forEach(name -> node(name, true));
        state.openedBy(session).forEach(this::closed);
    }

    /** A node goes with a handle only where nobody owns it. */
    private void closed(Name name) {
        Stat stat = state.stat(name);
        roots.add(name);
        if (stat != null && stat.ephemeral() && stat.owner() == null) {
            node(name, true);
        }
    }

    private void node(Name name, boolean goes) {
        roots.add(name);
        both(name);
        Stat stat = state.stat(name);
        Name above = name.parent();
        if (goes || stat == null || stat.ephemeral()) {
            directories(above);
        } else if (above != null) {
            parts.add(new Part(above, true));
        }
    }

    /** Up to one that is there and stays. */
    private void directories(@Nullable Name first) {
        for (Name at = first; at != null; at = at.parent()) {
            both(at);
            Stat stat = state.stat(at);
            if (stat != null && !stat.ephemeral()) {
                if (at.parent() != null) {
                    parts.add(new Part(at.parent(), true));
                }
                return;
            }
        }
    }

    private void both(Name name) {
        parts.addAll(Part.allOf(name));
    }

    /** What may change. */
    Set<Part> parts() {
        return parts;
    }

    /** The nodes that the command is about: by the time it is carried out it may touch what is above and below them. */
    Set<Name> roots() {
        return roots;
    }

    /** Whether sessions end by it: what they will have by then cannot be known. */
    boolean endsSessions() {
        return endsSessions;
    }

    boolean isNothing() {
        return roots.isEmpty() && !endsSessions;
    }
}
