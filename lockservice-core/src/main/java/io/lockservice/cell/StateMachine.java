package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Grant;
import io.lockservice.api.HandleId;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import io.lockservice.api.event.EventPosition;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.cell.event.Deliveries;
import io.lockservice.cell.event.EventLog;
import io.lockservice.cell.event.Inboxes;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.Node;
import io.lockservice.cell.table.Session;
import io.lockservice.check.Check;
import io.lockservice.check.InvariantViolation;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The replicated state of a cell: names, locks with their queues, sessions, and what is remembered to execute every call
 * once. Deterministic: the same commands in the same order give the same state, replies and events on every replica.
 * Knows no time. Not thread-safe.
 */
public final class StateMachine {
    /** So many events are looked at in one go, whether they are wanted or not: a fraction of a millisecond. */
    private static final int EVENTS_LOOKED_AT = 5_000;

    private State state;
    private Queries queries;
    private Permissions permissions;
    private Execution execution;
    private Repeats repeats;
    private EventLog events;
    private Inboxes inboxes;
    private Deliveries deliveries;

    /**
     * A place in a lock's queue.
     *
     * @param ticket names the place for ever
     * @param position counts from 1
     * @param mode how the lock is wanted
     */
    public record QueuePlace(long ticket, int position, LockMode mode) {}

    /**
     * The state of a new cell: its root directory and nothing else, revision and epoch 0.
     *
     * @param cell the cell's name
     * @param maxContentBytes the largest file
     */
    public StateMachine(String cell, int maxContentBytes) {
        state = new State(cell);
        queries = new Queries(state);
        permissions = new Permissions(state);
        repeats = new Repeats(state);
        events = new EventLog();
        inboxes = new Inboxes();
        deliveries = new Deliveries(state.namespace(), state.handles(), inboxes);
        execution = new Execution(state, repeats, permissions, inboxes, maxContentBytes);
    }

    /** Takes over all of {@code other}, which must not be used any more, in the place of what this one held. */
    public void become(StateMachine other) {
        state = other.state;
        queries = other.queries;
        permissions = other.permissions;
        repeats = other.repeats;
        events = other.events;
        inboxes = other.inboxes;
        deliveries = other.deliveries;
        execution = other.execution;
    }

    /** Applies the next command of the log and tells what it did. */
    public Applied apply(Command command) {
        Change change = state.begin();
        Reply reply = execution.execute(command, change);
        state.finish(change);
        Applied applied = change.applied(reply, this::stat);
        events.add(applied.events());
        return applied.telling(tell(applied, change));
    }

    private Set<String> tell(Applied applied, Change change) {
        applied.ended().forEach(inboxes::forget);
        Set<String> told = deliveries.deliver(applied.events(), change.removed(), change.awaited());
        if (change.epochStarted() == 0 && change.told().isEmpty()) {
            return told;
        }
        Set<String> all = new TreeSet<>(told);
        for (Change.Told each : change.told()) {
            if (state.sessions().isAlive(each.session())) {
                inboxes.add(each.session(), each.notice());
                all.add(each.session());
            }
        }
        if (change.epochStarted() > 0) {
            for (Session session : state.sessions().all()) {
                inboxes.add(session.id(), new SessionEvent.LeaderChanged(change.epochStarted()));
                all.add(session.id());
            }
        }
        return all;
    }

    /** Up to {@code limit} of the events behind {@code seq} that a session is to be told. */
    public List<SessionEvent> sessionEvents(String session, long seq, int limit) {
        return inboxes.after(session, seq, limit);
    }

    /** The number of the last event that there was to tell a session, 0 before the first. */
    public long lastSessionEvent(String session) {
        return inboxes.lastSeq(session);
    }

    /**
     * Answers a read from the state as it is.
     *
     * @param session the session the call names, or null; one that is not alive gets {@link ProblemCode#SESSION_EXPIRED}
     * @param elapsed what this replica knows about time
     * @throws InvariantViolation for {@link Request.GetCell}, which is not about replicated state
     */
    public Reply query(Request.Read request, @Nullable String session, Elapsed elapsed) {
        return query(new ClientCall(request, ClientCall.ANONYMOUS, session, null, null), elapsed);
    }

    /** As {@link #query(Request.Read, String, Elapsed)}, for the principal of {@code call}, which is a read. */
    public Reply query(ClientCall call, Elapsed elapsed) {
        if (call.session() != null && !state.sessions().isAlive(call.session())) {
            return new Reply.Failed(Problem.sessionExpired(call.session()));
        }
        Request.Read request = (Request.Read) call.request();
        Problem refusal = execution.refusal(call);
        if (refusal == null) {
            refusal = permissions.denied(request, call);
        }
        if (refusal != null) {
            return new Reply.Failed(refusal);
        }
        if (request instanceof Request.ReadEvents read) {
            return readEvents(read, call.principal());
        }
        return queries.answer(request, name -> permissions.maySee(name, call.principal()), elapsed);
    }

    private Reply readEvents(Request.ReadEvents request, String principal) {
        EventPosition after = request.after() == null ? EventPosition.after(state.revision()) : request.after();
        if (after.compareTo(events.dropped()) < 0) {
            return new Reply.Failed(new Problem(
                    ProblemCode.COMPACTED,
                    "events up to revision " + events.dropped().revision()
                            + " are no longer kept; read what there is now, and go on from the revision of that answer",
                    new Problem.Compacted(events.dropped().revision())));
        }
        EventLog.Page page = events.read(
                after,
                event -> request.wants(event) && permissions.maySee(event, principal),
                request.limit(),
                EVENTS_LOOKED_AT);
        return new Reply.EventPage(page.events(), page.end(), page.complete());
    }

    /**
     * Whether a call of that origin, or with that idempotency key, was executed before, so that it would not be executed
     * again. Who has applied all that earlier leaders proposed knows that for certain.
     */
    public boolean isRepeat(Origin origin, ClientCall call) {
        return repeats.of(origin) != null || repeats.of(call) != null;
    }

    /** How many visible changes there were. */
    public long revision() {
        return state.revision();
    }

    /** How many leaders there were. */
    public long epoch() {
        return state.epoch();
    }

    /** The token of the last grant, 0 before the first. */
    public long lastToken() {
        return state.lastToken();
    }

    /** The ticket of the last place taken in a queue, 0 before the first. */
    public long lastTicket() {
        return state.counters().lastTicket();
    }

    /** Whether a session is alive. */
    public boolean isAlive(String session) {
        return state.sessions().isAlive(session);
    }

    /** A living session; null where there is none with that id. */
    public @Nullable Session session(String id) {
        return state.sessions().find(id);
    }

    /** All living sessions in the order of their ids: a view, not to be kept over an {@link #apply}. */
    public Collection<Session> sessions() {
        return state.sessions().all();
    }

    /** Whether a leader may have granted leases that are longer than their sessions say. */
    public boolean areLeasesStretched() {
        return state.areLeasesStretched();
    }

    /** Whether any session may keep copies of what it reads. */
    public boolean isAnyCaching() {
        return state.sessions().isAnyCaching();
    }

    /** The node's stat; null where there is none. */
    public @Nullable Stat stat(Name name) {
        Node node = state.namespace().find(name);
        return node == null ? null : node.stat();
    }

    /** {@code top} and the names of all nodes below it, the deepest first. */
    public List<Name> subtree(Name top) {
        return state.namespace().subtree(top);
    }

    /**
     * Whether the session, as things stand, gets no lock by that which it does not hold already, and nobody else gets one:
     * others hold it, or it holds it itself.
     */
    public boolean acquiresNothing(Request.Acquire request, String session) {
        return queries.acquiresNothing(request, session);
    }

    /** Whether a node is, as things stand, as a condition wants it. */
    public boolean isAsExpected(Name name, Condition condition) {
        return NodeWrites.mismatch(condition, name, state.namespace().find(name)) == null;
    }

    /** The nodes that a session has open. */
    public Set<Name> openedBy(String session) {
        Set<Name> names = new TreeSet<>();
        state.handles().of(session).forEach(handle -> names.add(handle.name()));
        return names;
    }

    /** The nodes that may change when a session ends: those it owns, and whose locks it holds or waits for. */
    public Set<Name> nodesOf(String session) {
        return queries.nodesOf(session);
    }

    /** The node that an open handle is of; null for a handle that is not open. */
    public @Nullable Name nameOf(HandleId id) {
        Handle handle = state.handles().find(id);
        return handle == null ? null : handle.name();
    }

    /** What {@code session} holds at {@code name}; null where it does not hold that lock. */
    public @Nullable Grant held(Name name, String session) {
        return queries.heldOrNull(name, session);
    }

    /** Where {@code session} waits at {@code name}; null where it does not. */
    public @Nullable QueuePlace queued(Name name, String session) {
        return queries.queued(name, session);
    }

    /**
     * A place in a lock's queue that is not to be kept for longer than a call waits.
     *
     * @param name the lock's node
     * @param session who waits
     * @param ticket names the place for ever
     * @param waitMs how long the call that asked last wanted to wait, in milliseconds
     */
    public record TimedPlace(Name name, String session, long ticket, long waitMs) {}

    /** Every place in a queue that ends with the wait of its call, in name and queue order. */
    public List<TimedPlace> timedPlaces() {
        return queries.timedPlaces();
    }

    /** Every lock-delay there is, in name order. */
    public List<Applied.Delay> lockDelays() {
        return queries.lockDelays();
    }

    /** Whether the hold with {@code token} still keeps the lock of {@code name} from others. */
    public boolean isDelayed(Name name, long token) {
        Node node = state.namespace().find(name);
        return node != null && node.lock().delayOf(token) != null;
    }

    /** The refusal of a lock that others hold; {@code name} exists. */
    public Problem lockHeld(Name name, String detail) {
        return state.lockHeld(name, detail);
    }

    /** Living sessions. */
    public int sessionCount() {
        return state.sessions().size();
    }

    /** Files and directories, the root included. */
    public int nodeCount() {
        return state.namespace().size();
    }

    /** Locks that are held or waited for. */
    public int lockCount() {
        return state.namespace().lockCount();
    }

    /** Outcomes kept for idempotency keys; {@link Command.RetireKeys} is for them. */
    public int keptKeyCount() {
        return repeats.keyCount();
    }

    /**
     * A hash of all replicated state, the same on every replica that has applied the same commands. Kept up to date with
     * every change, so it costs little; content is represented by its checksum.
     */
    public long digest() {
        return state.sum() + repeats.sum() + events.sum() + inboxes.sum();
    }

    /** {@link #digest} from the records themselves, contents included: walks over all of them. */
    public long recomputedDigest() {
        return state.recomputedSum() + repeats.recomputedSum() + events.recomputedSum() + inboxes.recomputedSum();
    }

    /**
     * Begins a snapshot of the state as it is now, which is to be {@linkplain Snapshot#advance advanced} until it is complete;
     * the state may change meanwhile. Ends one that was begun before.
     */
    public Snapshot beginSnapshot() {
        return new Snapshot(state, repeats, events.copy(), inboxes, digest());
    }

    /** A complete snapshot of the state as it is now. Takes a while where there are many nodes. */
    public StateSnapshot snapshot() {
        Snapshot snapshot = beginSnapshot();
        snapshot.advance(Integer.MAX_VALUE);
        return snapshot;
    }

    /**
     * The state that a {@link StateSnapshot} was taken of.
     *
     * @param cell the cell's name
     * @param maxContentBytes the largest file
     * @param records what {@link StateSnapshot#forEach} gave, in that order
     * @throws io.lockservice.wire.WireException where they are not such records
     */
    public static StateMachine restore(String cell, int maxContentBytes, Iterator<Map.Entry<byte[], byte[]>> records) {
        StateMachine machine = new StateMachine(cell, maxContentBytes);
        while (records.hasNext()) {
            Map.Entry<byte[], byte[]> record = records.next();
            machine.restore(record.getKey(), record.getValue());
        }
        return machine;
    }

    private void restore(byte[] key, byte[] value) {
        if (StateRecords.isNode(key)) {
            state.restore(StateRecords.node(key, value));
        } else if (StateRecords.isEvent(key)) {
            events.add(List.of(StateRecords.event(value)));
        } else {
            StateRecords.restore(key, value, state, repeats, events, inboxes);
        }
    }

    /**
     * The {@link #recomputedDigest} of what {@link #restore} would make of these records. Of the nodes, of which there may be
     * millions, none is kept: two states of that size in one heap would stop the replica for the garbage collector.
     *
     * @throws io.lockservice.wire.WireException where they are not such records
     */
    public static long digestOf(String cell, Iterator<Map.Entry<byte[], byte[]>> records) {
        StateMachine rest = new StateMachine(cell, 0);
        long sum = 0;
        while (records.hasNext()) {
            Map.Entry<byte[], byte[]> record = records.next();
            if (StateRecords.isNode(record.getKey())) {
                sum += StateRecords.node(record.getKey(), record.getValue()).recomputedHash();
            } else if (StateRecords.isEvent(record.getKey())) {
                sum += EventLog.hash(StateRecords.event(record.getValue()));
            } else {
                rest.restore(record.getKey(), record.getValue());
            }
        }
        return sum
                + rest.state.recomputedSumWithoutNodes()
                + rest.repeats.recomputedSum()
                + rest.events.recomputedSum()
                + rest.inboxes.recomputedSum();
    }

    /** The largest number that any counter has reached, those of all nodes included. Walks over all of them. */
    public long highestNumber() {
        return state.highestNumber();
    }

    /**
     * Turns the state of a backup into one from which the cell goes on. What was issued after the backup was taken is not in
     * it, and must neither be issued again nor be taken for valid. So all sessions end, as if they had expired, and every
     * counter goes up to {@code number}: revision, epoch, tokens, tickets, and each node's instance and generations, as if
     * one revision had made all nodes anew.
     *
     * @param number above {@link #highestNumber}, and above all that was ever issued
     */
    public void riseTo(long number) {
        Check.that(number > highestNumber(), "counters only rise", number, highestNumber());
        List<String> all = state.sessions().all().stream().map(Session::id).toList();
        apply(new Command.ExpireSessions(state.epoch(), all));
        lockDelays().forEach(delay -> apply(new Command.EndLockDelay(delay.name(), delay.token())));
        state.riseTo(number);
        // Whoever followed the cell before may have seen events that the backup does not have.
        events.forgetThrough(number);
    }

    /** For tests of what always holds. */
    State state() {
        return state;
    }

    @Override
    public String toString() {
        return "StateMachine[revision " + revision() + ", digest " + Long.toHexString(digest()) + "]";
    }
}
