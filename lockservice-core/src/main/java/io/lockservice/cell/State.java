package io.lockservice.cell;

import io.lockservice.api.Grant;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Sequencer;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.cell.table.Counters;
import io.lockservice.cell.table.EndedHolds;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.LivingSessions;
import io.lockservice.cell.table.Lock;
import io.lockservice.cell.table.Namespace;
import io.lockservice.cell.table.Node;
import io.lockservice.cell.table.OpenHandles;
import io.lockservice.check.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Names, locks, sessions and the cell's counters, with the primitive changes that keep them consistent with each other.
 * What the clients' operations mean is in {@link LockWrites}, {@link NodeWrites} and {@link SessionWrites}.
 */
final class State {
    private final Namespace namespace;
    private final LivingSessions sessions = new LivingSessions();
    private final OpenHandles handles = new OpenHandles();
    private final EndedHolds endedHolds = new EndedHolds();
    private long revision;
    private long epoch;
    private long lastToken;
    private long lastTicket;
    private boolean leasesStretched;

    State(String cell) {
        namespace = new Namespace(cell);
    }

    Namespace namespace() {
        return namespace;
    }

    LivingSessions sessions() {
        return sessions;
    }

    OpenHandles handles() {
        return handles;
    }

    long revision() {
        return revision;
    }

    long epoch() {
        return epoch;
    }

    long lastToken() {
        return lastToken;
    }

    /** The next command begins. */
    Change begin() {
        return new Change(revision + 1);
    }

    /** The command is done: it has a revision if clients can see what it did. */
    void finish(Change change) {
        if (change.isVisible()) {
            revision = change.reached();
        }
        change.endedAndGone().forEach(endedHolds::add);
    }

    EndedHolds endedHolds() {
        return endedHolds;
    }

    /** Whether leases may be longer than their sessions say. */
    boolean areLeasesStretched() {
        return leasesStretched;
    }

    void stretchLeases(boolean stretched) {
        leasesStretched = stretched;
    }

    void startEpoch(Change change) {
        epoch++;
        change.epochStarted(epoch);
    }

    /** Adds a new node, which {@code made} makes of its instance, to its directory, which exists. */
    void create(Name name, LongFunction<Node> made, Change change) {
        Node node = made.apply(change.instanceFor(name));
        Node parent = namespace.at(Check.present(node.name().parent(), "the root is never made"));
        Check.that(parent.isDirectory(), "only directories have children");
        namespace.put(node.inheriting(parent.acl()));
        namespace.put(parent.withChildren(1, change.revision()));
        if (node.owner() != null) {
            sessions.of(node.owner()).ephemerals().add(node.name());
        }
        change.event(Event.Type.NODE_CREATED, node.name(), null, 0);
    }

    /**
     * Takes out a node without children. Its holds end, its waiters lose their places. The directory above goes too if
     * it was kept by this child alone, its owner being gone.
     */
    void remove(Node node, Change change) {
        Name name = node.name();
        Check.that(node.childCount() == 0, "only a node without children can go");
        for (Lock.Hold hold : node.lock().holders()) {
            loseHold(name, hold, InvalidSequencer.NODE_DELETED, change);
        }
        for (Lock.Waiting place : node.lock().queue()) {
            withdraw(name, place, Problem.noSuchNode(name), change);
            if (place.isKept()) {
                change.tell(place.session(), new SessionEvent.LockLost(name.path(), 0, InvalidSequencer.NODE_DELETED));
            }
        }
        if (node.owner() != null) {
            sessions.of(node.owner()).ephemerals().remove(name);
        }
        namespace.remove(name);
        change.removed(name, node.instance());
        Name above = Check.present(name.parent(), "the root never goes");
        Node parent = namespace.at(above).withChildren(-1, change.revision());
        namespace.put(parent);
        removeIfForsaken(above, change);
    }

    /** Removes an ephemeral node that has lost its owner, once nothing else keeps it (Burrows, section 2.3). */
    void removeIfForsaken(Name name, Change change) {
        Node node = namespace.find(name);
        if (node != null && isForsaken(node)) {
            change.goneWithLock(node.lock());
            remove(node, change);
        }
    }

    private boolean isForsaken(Node node) {
        boolean used = node.isDirectory() ? node.childCount() > 0 : node.lock().isInUse();
        return node.ephemeral() && node.owner() == null && !used && !handles.isOpen(node);
    }

    /** A living session opens a node. */
    void open(Handle handle, Change change) {
        handles.add(handle);
        change.touch();
    }

    /** A handle is closed; an ephemeral node may go with it. */
    void close(Handle handle, Change change) {
        handles.remove(handle);
        change.touch();
        removeIfForsaken(handle.name(), change);
    }

    /** A hold ends, and not by its session's doing. */
    void loseHold(Name name, Lock.Hold hold, InvalidSequencer reason, Change change) {
        endHold(name, hold, reason, change);
        change.tell(hold.session(), new SessionEvent.LockLost(name.path(), hold.token(), reason));
    }

    Grant grant(Name name, Lock.Waiting request, Change change) {
        Check.that(sessions.isAlive(request.session()), "a lock is granted only to a living session");
        Node node = namespace.at(name);
        Check.that(node.lock().isCompatible(request.mode()), "a lock is granted only beside compatible holders");
        lastToken++;
        Lock.Hold hold = new Lock.Hold(request.session(), request.mode(), lastToken, request.note(), request.delayMs());
        Node held = node.withLock(node.lock().withHold(hold), change.revision());
        namespace.put(held);
        sessions.of(request.session()).held().add(name);
        Grant grant = held.grant(hold);
        change.granted(grant, request);
        change.event(Event.Type.LOCK_ACQUIRED, name, request.session(), lastToken);
        return grant;
    }

    void endHold(Name name, Lock.Hold hold, InvalidSequencer reason, Change change) {
        Node node = namespace.at(name);
        namespace.put(node.withLock(node.lock().withoutHold(hold, reason), change.revision()));
        sessions.of(hold.session()).held().remove(name);
        change.event(Event.Type.LOCK_RELEASED, name, hold.session(), hold.token());
    }

    /** The session of a hold that has just ended expired: nobody gets the lock for the hold's lock-delay. */
    void delay(Name name, Lock.Hold hold, String client, Change change) {
        Node node = namespace.at(name);
        Lock lock = node.lock();
        Lock.Delay delay = new Lock.Delay(client, hold.mode(), hold.token(), lock.generation(), hold.delayMs());
        namespace.put(node.withLock(lock.withDelay(delay), change.revision()));
        change.delayed(new Applied.Delay(name, delay.token(), delay.delayMs()));
    }

    /** A lock-delay is over, or has been overridden; who waits is not granted yet. */
    void endDelay(Name name, Lock.Delay delay, Change change) {
        Node node = namespace.at(name);
        namespace.put(node.withLock(node.lock().withoutDelay(delay), change.revision()));
        change.touch();
    }

    Lock.Waiting enqueue(Name name, Lock.Waiting request, Change change) {
        Node node = namespace.at(name);
        lastTicket++;
        Lock.Waiting place = request.withTicket(lastTicket);
        namespace.put(node.withLock(node.lock().withPlace(place), change.revision()));
        sessions.of(request.session()).waiting().add(name);
        change.event(Event.Type.LOCK_REQUESTED, name, request.session(), 0);
        return place;
    }

    /** A waiter asks again and keeps its place, for as long as it says now. */
    void waitAnew(Name name, Lock.Waiting place, long waitMs, Change change) {
        if (place.waitMs() == waitMs) {
            return;
        }
        change.touch();
        Node node = namespace.at(name);
        Lock lock = node.lock().withPlaceChanged(place, place.waitingFor(waitMs));
        namespace.put(node.withLock(lock, change.revision()));
    }

    /** A waiter loses its place, whatever becomes of the lock; {@code problem} is what its call is told. */
    void withdraw(Name name, Lock.Waiting place, Problem problem, Change change) {
        leaveQueue(name, place, change);
        change.withdrawn(new Applied.Place(name.path(), place.session(), place.ticket(), problem));
    }

    /** A waiter gives up its place, and those behind it may be granted; {@code detail} is what its call is told. */
    void giveUp(Name name, Lock.Waiting place, String detail, Change change) {
        leaveQueue(name, place, change);
        Problem problem = refusal(name, place.mode(), detail);
        change.withdrawn(new Applied.Place(name.path(), place.session(), place.ticket(), problem));
        settle(name, change);
    }

    void leaveQueue(Name name, Lock.Waiting place, Change change) {
        Node node = namespace.at(name);
        namespace.put(node.withLock(node.lock().withoutPlace(place), change.revision()));
        sessions.of(place.session()).waiting().remove(name);
    }

    /**
     * Grants what can be granted in queue order, one exclusive place or a run of shared ones; then removes the node if
     * it was there for its lock alone and nobody is left.
     */
    void settle(Name name, Change change) {
        while (namespace.at(name).lock().grantsNext()) {
            Lock.Waiting next = namespace.at(name).lock().queue().get(0);
            leaveQueue(name, next, change);
            grant(name, next, change);
        }
        if (!namespace.at(name).isDirectory()) {
            removeIfForsaken(name, change);
        }
    }

    /** Why a sequencer is not valid now; null where it is. */
    @Nullable
    InvalidSequencer whyInvalid(Sequencer sequencer) {
        Node node = namespace.find(new Name(sequencer.name()));
        if (node == null || node.instance() != sequencer.instance()) {
            InvalidSequencer known = endedHolds.reasonOf(sequencer.token());
            return known == null ? InvalidSequencer.NODE_DELETED : known;
        }
        return node.lock().whyInvalid(sequencer);
    }

    /** A lock's holders as clients see them. */
    List<Reply.Holder> holders(Node node, Elapsed elapsed) {
        List<Reply.Holder> holders = new ArrayList<>();
        for (Lock.Hold hold : node.lock().holders()) {
            holders.add(new Reply.Holder(
                    hold.session(),
                    sessions.clientOf(hold.session()),
                    hold.mode(),
                    hold.token(),
                    elapsed.sinceGrantMs(hold.token()),
                    hold.note()));
        }
        return List.copyOf(holders);
    }

    /** Why {@code name} is not granted in {@code mode}: it is held, or only kept for a lock-delay. */
    Problem refusal(Name name, LockMode mode, String detail) {
        Lock lock = namespace.at(name).lock();
        return lock.isDelayed() && lock.isCompatible(mode)
                ? new Problem(
                        ProblemCode.LOCK_DELAYED,
                        "whoever held the lock expired, and it is kept from everybody for its lock-delay; wait for it with"
                                + " waitMs, or ask again later",
                        new Problem.Delayed(
                                lock.delays().stream().map(Lock.Delay::token).toList(), -1))
                : lockHeld(name, detail);
    }

    /** A {@link ProblemCode#LOCK_HELD} with the lock's holders and waiters as they are now. */
    Problem lockHeld(Name name, String detail) {
        Node node = namespace.at(name);
        return new Problem(
                ProblemCode.LOCK_HELD,
                detail,
                new Problem.Held(
                        holders(node, Elapsed.UNKNOWN), node.lock().queue().size()));
    }

    /**
     * Makes the directories above {@code name} that are missing. Only to be called where {@link #whyNoParents} has
     * nothing against it.
     */
    void createParents(Name name, Change change) {
        Name above = Check.present(name.parent(), "the root always exists");
        if (namespace.find(above) == null) {
            createParents(above, change);
            create(above, instance -> Node.directory(above, null, instance), change);
        }
    }

    /**
     * Why a node cannot be made at {@code name}; null where it can.
     *
     * @param make whether missing directories will be made
     */
    @Nullable
    Problem whyNoParents(Name name, boolean make) {
        Name above = name.parent();
        if (above == null) {
            return new Problem(
                    ProblemCode.WRONG_CELL, "'" + name + "' is the root of another cell; ask a replica of that cell");
        }
        Node parent = namespace.find(above);
        if (parent != null && parent.kind() == NodeKind.FILE) {
            return new Problem(
                    ProblemCode.NOT_A_DIRECTORY,
                    "'" + above + "' is a file and cannot have children; use another name");
        }
        if (parent == null) {
            return make ? whyNoParents(above, true) : Problem.noSuchNode(above);
        }
        return null;
    }

    Counters counters() {
        return new Counters(revision, epoch, lastToken, lastTicket, leasesStretched);
    }

    void restore(Counters counters) {
        revision = counters.revision();
        epoch = counters.epoch();
        lastToken = counters.lastToken();
        lastTicket = counters.lastTicket();
        leasesStretched = counters.leasesStretched();
    }

    /** Takes back a node as it was, with what follows from it. */
    void restore(Node node) {
        namespace.put(node);
        if (node.owner() != null) {
            sessions.of(node.owner()).ephemerals().add(node.name());
        }
        node.lock().holders().forEach(hold -> sessions.of(hold.session()).held().add(node.name()));
        node.lock()
                .queue()
                .forEach(place -> sessions.of(place.session()).waiting().add(node.name()));
    }

    private void forget(Node node) {
        if (node.owner() != null) {
            sessions.of(node.owner()).ephemerals().remove(node.name());
        }
        node.lock().holders().forEach(hold -> sessions.of(hold.session()).held().remove(node.name()));
        node.lock()
                .queue()
                .forEach(place -> sessions.of(place.session()).waiting().remove(node.name()));
        namespace.remove(node.name());
    }

    /** Runs {@code action}, which opens and ends no sessions. Where it returns false all that it changed is undone. */
    boolean attempt(BooleanSupplier action) {
        Counters before = counters();
        namespace.beginNotes();
        boolean done = action.getAsBoolean();
        Map<Name, Optional<Node>> changed = namespace.endNotes();
        if (!done) {
            changed.keySet().forEach(name -> {
                Node now = namespace.find(name);
                if (now != null) {
                    forget(now);
                }
            });
            changed.values().forEach(was -> was.ifPresent(this::restore));
            restore(before);
        }
        return done;
    }

    /** The largest number that any of the counters has reached, those of the nodes included. */
    long highestNumber() {
        long counters = Math.max(Math.max(revision, epoch), Math.max(lastToken, lastTicket));
        return Math.max(
                counters,
                namespace.nodes().stream().mapToLong(Node::highestNumber).max().orElse(0));
    }

    /** Every counter goes up to {@code number}; nobody is there who holds a lock or waits for one. */
    void riseTo(long number) {
        for (Node node : List.copyOf(namespace.nodes())) {
            namespace.put(node.risenTo(number));
        }
        restore(new Counters(number, number, number, number, false));
    }

    /** The sum of the hashes of all records. */
    long sum() {
        return counters().hash() + namespace.sum() + sessions.sum() + handles.sum() + endedHolds.sum();
    }

    /** {@link #sum} from the records themselves. */
    long recomputedSum() {
        return namespace.recomputedSum() + recomputedSumWithoutNodes();
    }

    /** {@link #recomputedSum}, but for the nodes. */
    long recomputedSumWithoutNodes() {
        return counters().hash() + sessions.recomputedSum() + handles.recomputedSum() + endedHolds.recomputedSum();
    }
}
