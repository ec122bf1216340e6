package io.lockservice.cell;

import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockCreation;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.api.event.Event;
import io.lockservice.cell.table.Lock;
import io.lockservice.cell.table.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Acquiring, releasing and waiting for locks (Burrows, section 2.4). */
final class LockWrites {
    private static final String GIVEN_UP = "the place in the queue was given up; ask again to wait anew";

    private final State state;

    LockWrites(State state) {
        this.state = state;
    }

    Reply acquire(Request.Acquire request, String session, Change change) {
        Name name = request.name();
        Lock.Waiting wanted = new Lock.Waiting(
                session,
                request.mode(),
                0,
                request.note(),
                request.keepPlace() ? Lock.Waiting.KEPT : request.waitMs(),
                request.lockDelayMs());
        Node node = state.namespace().find(name);
        if (node == null) {
            return acquireNew(request, wanted, change);
        }
        Lock.Hold own =
                state.sessions().of(session).held().contains(name) ? node.lock().holdOf(session) : null;
        if (own != null) {
            return own.mode() == request.mode()
                    ? new Reply.Granted(node.grant(own), -1)
                    : refuse(
                            wanted,
                            name,
                            "this session holds the lock in the other mode; release it first, then ask again",
                            change);
        }
        Lock.Delay reclaimed = request.reclaim() == null ? null : reclaimable(node, session, request.reclaim());
        if (reclaimed != null
                && reclaimed.mode() == request.mode()
                && node.lock().isCompatible(request.mode())) {
            return reclaim(name, reclaimed, wanted, change);
        }
        return acquireFree(request, wanted, change);
    }

    /** The lock-delay that is there for the hold which {@code proof} stands for; null where it is not this client's. */
    private Lock.@Nullable Delay reclaimable(Node node, String session, Sequencer proof) {
        Lock.Delay delay = node.lock().delayOf(proof.token());
        String client = state.sessions().clientOf(session);
        boolean fits = delay != null
                && !client.isEmpty()
                && client.equals(delay.client())
                && node.name().path().equals(proof.name())
                && node.instance() == proof.instance()
                && delay.mode() == proof.mode()
                && delay.generation() == proof.lockGeneration();
        return fits ? delay : null;
    }

    /** Whoever held the lock is back: nothing of its old session can do harm that it does not know of itself. */
    private Reply reclaim(Name name, Lock.Delay delay, Lock.Waiting wanted, Change change) {
        state.endDelay(name, delay, change);
        Lock.Waiting place =
                placeOf(name, wanted.session(), state.namespace().at(name).lock());
        if (place != null) {
            state.leaveQueue(name, place, change);
        }
        return new Reply.Granted(
                state.grant(name, place == null ? wanted : wanted.withTicket(place.ticket()), change), -1);
    }

    private Reply acquireNew(Request.Acquire request, Lock.Waiting wanted, Change change) {
        Name name = request.name();
        if (request.create() == LockCreation.NEVER) {
            return new Reply.Failed(Problem.noSuchNode(name));
        }
        Problem obstacle = state.whyNoParents(name, true);
        if (obstacle != null) {
            return new Reply.Failed(obstacle);
        }
        state.createParents(name, change);
        boolean ephemeral = request.create() == LockCreation.EPHEMERAL;
        state.create(name, instance -> Node.lockFile(name, ephemeral, instance), change);
        return new Reply.Granted(state.grant(name, wanted, change), -1);
    }

    /** The node exists, and the session does not hold it; it may have a place in the queue. */
    private Reply acquireFree(Request.Acquire request, Lock.Waiting wanted, Change change) {
        Name name = request.name();
        boolean waits = request.waitMs() > 0 || request.keepPlace();
        Lock lock = state.namespace().at(name).lock();
        Lock.Waiting place = placeOf(name, wanted.session(), lock);
        if (place != null) {
            if (waits && place.mode() == wanted.mode()) {
                state.waitAnew(name, place, wanted.waitMs(), change);
                return new Reply.Queued(lock.positionOf(place));
            }
            state.giveUp(name, place, GIVEN_UP, change);
        }
        if (state.namespace().at(name).lock().grantsAtOnce(wanted.mode())) {
            return new Reply.Granted(state.grant(name, wanted, change), -1);
        }
        if (waits) {
            List<Problem.Waiting> cycle = new WaitCycle(state).closedBy(name, wanted);
            if (!cycle.isEmpty()) {
                return deadlock(wanted, name, cycle, change);
            }
            Lock.Waiting taken = state.enqueue(name, wanted, change);
            return new Reply.Queued(state.namespace().at(name).lock().positionOf(taken));
        }
        return refuse(wanted, name, "others hold the lock; wait for it with waitMs, or ask again later", change);
    }

    private static Reply deadlock(Lock.Waiting wanted, Name name, List<Problem.Waiting> cycle, Change change) {
        change.event(Event.Type.LOCK_REQUESTED, name, wanted.session(), 0);
        return new Reply.Failed(new Problem(
                ProblemCode.DEADLOCK,
                "this session would wait for one that waits, over " + cycle.size()
                        + " locks, for this one; release what it holds, or take locks always in the same order",
                new Problem.Cycle(cycle)));
    }

    /** Whoever holds the lock learns that somebody wants it, so even a refusal is a change that others can see. */
    private Reply refuse(Lock.Waiting wanted, Name name, String detail, Change change) {
        change.event(Event.Type.LOCK_REQUESTED, name, wanted.session(), 0);
        return new Reply.Failed(state.refusal(name, wanted.mode(), detail));
    }

    Reply release(Name name, String session, Change change) {
        Node node = state.namespace().find(name);
        Lock.Hold hold = node == null ? null : node.lock().holdOf(session);
        if (hold != null) {
            state.endHold(name, hold, InvalidSequencer.RELEASED, change);
            state.settle(name, change);
            return new Reply.Released(false);
        }
        Lock.Waiting place = node == null ? null : node.lock().placeOf(session);
        if (place != null) {
            state.giveUp(name, place, GIVEN_UP, change);
            return new Reply.Released(true);
        }
        return new Reply.Failed(new Problem(
                ProblemCode.NOT_HELD, "this session neither holds nor waits for the lock of '" + name + "'"));
    }

    Reply forceRelease(Name name, Change change) {
        Node node = state.namespace().find(name);
        if (node == null) {
            return new Reply.Failed(Problem.noSuchNode(name));
        }
        List<Reply.Holder> holders = state.holders(node, Elapsed.UNKNOWN);
        for (Lock.Hold hold : node.lock().holders()) {
            state.loseHold(name, hold, InvalidSequencer.RELEASED, change);
        }
        for (Lock.Delay delay : node.lock().delays()) {
            state.endDelay(name, delay, change);
        }
        state.settle(name, change);
        return new Reply.ForceReleased(holders);
    }

    /** A lock-delay has passed. Nothing happens unless that very one is still there. */
    void endDelay(Command.EndLockDelay command, Change change) {
        Node node = state.namespace().find(command.name());
        Lock.Delay delay = node == null ? null : node.lock().delayOf(command.token());
        if (delay != null) {
            state.endDelay(command.name(), delay, change);
            state.settle(command.name(), change);
        }
    }

    /** A wait has ended. Nothing happens unless that very place is still there. */
    void withdraw(Command.Withdraw command, Change change) {
        Node node = state.namespace().find(command.name());
        Lock.Waiting place = node == null ? null : node.lock().placeOf(command.session());
        if (place != null && place.ticket() == command.ticket()) {
            String detail = "others held the lock until the wait ended; ask again, or keep the place with keepPlace";
            state.giveUp(command.name(), place, detail, change);
        }
    }

    private Lock.@Nullable Waiting placeOf(Name name, String session, Lock lock) {
        return state.sessions().of(session).waiting().contains(name) ? lock.placeOf(session) : null;
    }
}
