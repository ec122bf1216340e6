package io.lockservice.cell;

import io.lockservice.api.Grant;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.LivingSessions;
import io.lockservice.cell.table.Lock;
import io.lockservice.cell.table.Node;
import io.lockservice.cell.table.Session;
import io.lockservice.check.Check;
import io.lockservice.check.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers reads from the state. */
final class Queries {
    private final State state;

    Queries(State state) {
        this.state = state;
    }

    /** {@code maySee} tells which nodes whoever asks may see in a list of locks; for the rest it has been looked at. */
    Reply answer(Request.Read request, Predicate<Name> maySee, Elapsed elapsed) {
        if (request instanceof Request.ReadFile read) {
            return readFile(read.name());
        } else if (request instanceof Request.GetStat get) {
            return stat(get);
        } else if (request instanceof Request.ListChildren list) {
            return children(list);
        } else if (request instanceof Request.GetLock get) {
            Node node = state.namespace().find(get.name());
            return node == null ? noSuchNode(get.name()) : lock(node, elapsed);
        } else if (request instanceof Request.ListLocks list) {
            return locks(list, maySee, elapsed);
        } else if (request instanceof Request.GetAcl get) {
            Node node = state.namespace().find(get.name());
            return node == null ? noSuchNode(get.name()) : NodeWrites.aclOf(node);
        } else if (request instanceof Request.CheckSequencer check) {
            return new Reply.SequencerState(check.sequencer(), state.whyInvalid(check.sequencer()));
        } else if (request instanceof Request.GetSession get) {
            return session(get.session(), elapsed);
        } else if (request instanceof Request.ListSessions list) {
            return sessions(list, elapsed);
        }
        throw new InvariantViolation("the replicated state cannot answer " + request);
    }

    private Reply readFile(Name name) {
        Node node = state.namespace().find(name);
        if (node == null) {
            return noSuchNode(name);
        }
        return node.isDirectory()
                ? new Reply.Failed(NodeWrites.notAFile(name))
                : new Reply.Node(node.stat(), node.content());
    }

    private Reply stat(Request.GetStat request) {
        Node node = state.namespace().find(request.name());
        if (node == null) {
            return noSuchNode(request.name());
        }
        return new Reply.Node(node.stat(), request.content() && !node.isDirectory() ? node.content() : null);
    }

    private Reply children(Request.ListChildren request) {
        Node node = state.namespace().find(request.name());
        if (node == null) {
            return noSuchNode(request.name());
        }
        if (!node.isDirectory()) {
            return new Reply.Failed(
                    new Problem(ProblemCode.NOT_A_DIRECTORY, "'" + request.name() + "' is a file and has no children"));
        }
        List<Stat> children = new ArrayList<>();
        for (Node child : state.namespace().children(request.name(), request.after(), request.limit() + 1)) {
            children.add(child.stat());
        }
        boolean more = children.size() > request.limit();
        List<Stat> page = List.copyOf(more ? children.subList(0, request.limit()) : children);
        String next = more ? new Name(page.get(page.size() - 1).name()).leaf() : null;
        return new Reply.Children(node.stat(), page, next);
    }

    private Reply.LockState lock(Node node, Elapsed elapsed) {
        List<Reply.Waiter> waiters = new ArrayList<>();
        for (Lock.Waiting place : node.lock().queue()) {
            String client = state.sessions().clientOf(place.session());
            waiters.add(new Reply.Waiter(place.session(), client, place.mode(), elapsed.sinceQueuedMs(place.ticket())));
        }
        return new Reply.LockState(
                node.name().path(),
                node.lock().mode(),
                node.lock().generation(),
                state.holders(node, elapsed),
                List.copyOf(waiters),
                node.lock().delays().stream()
                        .mapToLong(delay -> elapsed.delayRemainingMs(delay.token()))
                        .max()
                        .orElse(0));
    }

    private Reply locks(Request.ListLocks request, Predicate<Name> maySee, Elapsed elapsed) {
        List<Reply.LockState> locks = state.namespace()
                .locksInUse(request.prefix(), request.after())
                .filter(maySee)
                .limit(request.limit() + 1L)
                .map(name -> lock(state.namespace().at(name), elapsed))
                .toList();
        if (locks.size() <= request.limit()) {
            return new Reply.LockPage(locks, null);
        }
        List<Reply.LockState> page = List.copyOf(locks.subList(0, request.limit()));
        return new Reply.LockPage(page, page.get(page.size() - 1).name());
    }

    private Reply session(String id, Elapsed elapsed) {
        Session session = state.sessions().find(id);
        if (session == null) {
            return new Reply.Failed(Problem.sessionExpired(id));
        }
        LivingSessions.Belongings has = state.sessions().of(id);
        List<Grant> locks = new ArrayList<>();
        for (Name name : has.held()) {
            locks.add(held(name, id));
        }
        return new Reply.SessionDetail(
                summary(session, elapsed),
                List.copyOf(locks),
                has.waiting().stream().map(Name::path).toList(),
                has.ephemerals().stream().map(Name::path).toList(),
                state.handles().of(id).stream().map(Handle::view).toList());
    }

    private Grant held(Name name, String session) {
        Node node = state.namespace().at(name);
        Lock.Hold hold = node.lock().holdOf(session);
        if (hold == null) {
            throw new InvariantViolation("the index of holds names a lock that is not held");
        }
        return node.grant(hold);
    }

    private Reply sessions(Request.ListSessions request, Elapsed elapsed) {
        List<Reply.SessionSummary> sessions = new ArrayList<>();
        for (Session session : state.sessions().after(request.after()).values()) {
            if (sessions.size() == request.limit()) {
                return new Reply.SessionPage(
                        List.copyOf(sessions), sessions.get(sessions.size() - 1).session());
            }
            sessions.add(summary(session, elapsed));
        }
        return new Reply.SessionPage(List.copyOf(sessions), null);
    }

    private static Reply.SessionSummary summary(Session session, Elapsed elapsed) {
        return new Reply.SessionSummary(
                session.id(),
                session.client(),
                session.leaseMs(),
                elapsed.leaseRemainingMs(session.id()),
                session.metadata());
    }

    private static Reply noSuchNode(Name name) {
        return new Reply.Failed(Problem.noSuchNode(name));
    }

    /** See {@link StateMachine#held}. */
    @Nullable
    Grant heldOrNull(Name name, String session) {
        return state.sessions().of(session).held().contains(name) ? held(name, session) : null;
    }

    StateMachine.@Nullable QueuePlace queued(Name name, String session) {
        if (!state.sessions().of(session).waiting().contains(name)) {
            return null;
        }
        Lock lock = state.namespace().at(name).lock();
        Lock.Waiting place = Check.present(lock.placeOf(session), "an indexed place exists");
        return new StateMachine.QueuePlace(place.ticket(), lock.positionOf(place), place.mode());
    }

    List<StateMachine.TimedPlace> timedPlaces() {
        Name root = state.namespace().root();
        return state.namespace()
                .locksInUse(root, null)
                .flatMap(name -> state.namespace().at(name).lock().queue().stream()
                        .filter(place -> !place.isKept())
                        .map(place ->
                                new StateMachine.TimedPlace(name, place.session(), place.ticket(), place.waitMs())))
                .toList();
    }

    List<Applied.Delay> lockDelays() {
        return state.namespace()
                .locksInUse(state.namespace().root(), null)
                .flatMap(name -> state.namespace().at(name).lock().delays().stream()
                        .map(delay -> new Applied.Delay(name, delay.token(), delay.delayMs())))
                .toList();
    }

    boolean acquiresNothing(Request.Acquire request, String session) {
        Node node = state.namespace().find(request.name());
        if (node == null || request.reclaim() != null || queued(request.name(), session) != null) {
            return false;
        }
        return node.lock().holdOf(session) != null || !node.lock().grantsAtOnce(request.mode());
    }

    Set<Name> nodesOf(String session) {
        LivingSessions.Belongings has = state.sessions().of(session);
        Set<Name> names = new TreeSet<>(has.held());
        names.addAll(has.waiting());
        names.addAll(has.ephemerals());
        return names;
    }
}
