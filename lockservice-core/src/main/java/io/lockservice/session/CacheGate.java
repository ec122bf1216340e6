package io.lockservice.session;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.table.Session;
import io.lockservice.session.Touched.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps clients' copies consistent (Burrows, section 2.7): a command that may change what clients have copies of goes into
 * the log only when each of them has said that it dropped its copy, or its lease is over. Meanwhile, and until the command
 * is carried out, nobody gets a copy of what it is about, so that reads need not wait. A new leader does not know who has
 * what: it lets such commands wait until every session that caches has taken in that there is a new leader (section 2.9).
 */
final class CacheGate {
    /** So many writes wait at a time, with so many bytes of content. */
    private static final int MOST_WAITING = 20_000;

    private static final long MOST_WAITING_BYTES = 32L << 20;

    /** So many notices go into one command, and so many of a write's at once; the others follow. */
    private static final int NOTICES_IN_A_COMMAND = 1_000;

    private static final int NOTICES_AT_ONCE = 20_000;

    /** While fewer wait than this, each is looked at with every word of a client; otherwise with the next tick. */
    private static final int FEW_WAITING = 100;

    /** A duty that cannot be done yet is tried again sooner than this; of what it is about nobody gets a copy meanwhile. */
    private static final long HELD_NANOS = 2_000_000_000;

    private final StateMachine state;
    private final DutyHost host;
    private final Leases leases;
    private final Acknowledgements acknowledgements;
    private final Copies copies = new Copies();

    /** Sessions that may have copies of an earlier leader, with the event by which they learn of this one. */
    private final Map<String, Long> unaware = new LinkedHashMap<>();

    private final LinkedHashMap<CallKey, Waiting> waiting = new LinkedHashMap<>();
    private final Map<Object, Held> held = new LinkedHashMap<>();
    private final UnderWay underWay = new UnderWay();
    private long waitingBytes;
    private long nowNanos;

    /** Sessions that others closed: their clients go on using their copies until their leases run out, then. */
    private final Map<String, Long> unknowing = new LinkedHashMap<>();

    /** By session: what it has to take in, and by when. */
    private final Map<String, ArrayDeque<Expected>> expected = new HashMap<>();

    private record Expected(long seq, long untilNanos) {}

    private record Waiting(Touched touched, @Nullable String session, long bytes, Runnable propose) {}

    private record Held(Touched touched, long untilNanos) {}

    CacheGate(StateMachine state, DutyHost host, Leases leases, Acknowledgements acknowledgements) {
        this.state = state;
        this.host = host;
        this.leases = leases;
        this.acknowledgements = acknowledgements;
    }

    /** This replica begins to serve. */
    void start(long nanos) {
        nowNanos = nanos;
        for (Session session : state.sessions()) {
            if (session.caches()) {
                unaware.put(session.id(), state.lastSessionEvent(session.id()));
                expects(session.id(), state.lastSessionEvent(session.id()));
            }
        }
        underWay.start(state.isAnyCaching());
    }

    /**
     * Puts a command into the log; false where too much is waiting, or the command has to wait for copies: then it is to be
     * proposed again within {@link #HELD_NANOS}. Every command of the duties goes through here.
     */
    boolean propose(Command command) {
        if (command instanceof Command.Withdraw withdraw) {
            return proposeDuty(command, Touched.byLockOf(withdraw.name(), state));
        } else if (command instanceof Command.EndLockDelay end) {
            return proposeDuty(command, Touched.byLockOf(end.name(), state));
        }
        return proposeNow(command);
    }

    private boolean proposeNow(Command command) {
        boolean taken = host.propose(command);
        if (taken) {
            underWay.sent();
        }
        return taken;
    }

    /** Whether that call's write waits here. */
    boolean isWaiting(CallKey key) {
        return waiting.containsKey(key);
    }

    /**
     * Has {@code propose} run, which puts the write into the log, as soon as nobody has a copy of what it changes. Whoever
     * writes drops its own copies itself: of the node, of all below it and of the directories above it.
     *
     * @return why it will not be run; null where it was or will be
     */
    @Nullable
    Problem write(CallKey key, ClientCall call, Runnable propose) {
        Touched touched =
                state.isAnyCaching() ? Touched.by((Request.Write) call.request(), call.session(), state) : null;
        if (touched == null || touched.isNothing()) {
            propose.run();
            return null;
        }
        long bytes = contentBytes(call.request());
        if (waiting.size() >= MOST_WAITING || (bytes > 0 && waitingBytes + bytes > MOST_WAITING_BYTES)) {
            return new Problem(
                    ProblemCode.OVERLOADED,
                    "too many writes wait for clients to drop their copies; nothing was done, try again");
        }
        underWay.begin(touched);
        String writer = call.session();
        if (call.request() instanceof Request.CloseSession close) {
            // Who closes its session has no use for its copies any more.
            writer = close.session();
            unaware.remove(writer);
        }
        if (mustWait(touched, writer)) {
            waiting.put(key, new Waiting(touched, writer, bytes, propose));
            waitingBytes += bytes;
        } else {
            send(touched, propose);
        }
        return null;
    }

    private void send(Touched touched, Runnable propose) {
        long before = underWay.sentCount();
        propose.run();
        if (underWay.sentCount() > before) {
            underWay.lastIsAbout(touched);
        } else {
            underWay.end(touched);
        }
    }

    /** Ends sessions, or as many of them as can be ended now; the others are to be ended again within {@link #HELD_NANOS}. */
    void expire(long epoch, List<String> sessions) {
        if (!state.isAnyCaching()) {
            proposeNow(new Command.ExpireSessions(epoch, sessions));
            return;
        }
        Map<String, Touched> clear = new LinkedHashMap<>();
        for (String session : sessions) {
            Touched touched = Touched.byEndOf(session, state);
            if (isClear(session, touched)) {
                clear.put(session, touched);
            }
        }
        if (!clear.isEmpty() && proposeNow(new Command.ExpireSessions(epoch, List.copyOf(clear.keySet())))) {
            clear.forEach(this::sent);
        }
    }

    private boolean proposeDuty(Command command, Touched touched) {
        if (!state.isAnyCaching()) {
            return proposeNow(command);
        }
        boolean taken = isClear(command, touched) && proposeNow(command);
        if (taken) {
            sent(command, touched);
        }
        return taken;
    }

    private void sent(Object duty, Touched touched) {
        underWay.begin(touched);
        release(duty);
        underWay.lastIsAbout(touched);
    }

    private void release(Object duty) {
        Held before = held.remove(duty);
        if (before != null) {
            underWay.end(before.touched());
        }
    }

    /** Whether a duty can be done now; nobody gets a copy of what it is about. */
    private boolean isClear(Object duty, Touched touched) {
        underWay.begin(touched);
        release(duty);
        held.put(duty, new Held(touched, nowNanos + HELD_NANOS));
        return !mustWait(touched, null);
    }

    /** Runs what need not wait any more. */
    private void settle() {
        if (waiting.isEmpty() || !unaware.isEmpty()) {
            return;
        }
        for (Map.Entry<CallKey, Waiting> each : List.copyOf(waiting.entrySet())) {
            Waiting wait = each.getValue();
            if (!mustWait(wait.touched(), wait.session())) {
                waiting.remove(each.getKey());
                waitingBytes -= wait.bytes();
                send(wait.touched(), wait.propose());
            }
        }
    }

    private boolean mustWait(Touched touched, @Nullable String writer) {
        boolean left =
                copies.isAnyLeft(touched.parts(), (session, seq) -> session.equals(writer) || hasGivenUp(session, seq));
        if (!left) {
            return !unaware.isEmpty() && !touched.parts().isEmpty();
        }
        tell(copies.untold(touched.parts(), NOTICES_AT_ONCE));
        return true;
    }

    /** A command has to fit into a message. */
    private void tell(List<Command.Invalidate.Copies> untold) {
        List<Command.Invalidate.Copies> batch = new ArrayList<>();
        int notices = 0;
        for (Command.Invalidate.Copies each : untold) {
            batch.add(each);
            notices += each.sessions().size();
            if (notices >= NOTICES_IN_A_COMMAND) {
                if (!tellNow(batch)) {
                    return;
                }
                batch = new ArrayList<>();
                notices = 0;
            }
        }
        if (!batch.isEmpty()) {
            tellNow(batch);
        }
    }

    private boolean tellNow(List<Command.Invalidate.Copies> batch) {
        boolean taken = proposeNow(new Command.Invalidate(List.copyOf(batch)));
        if (taken) {
            copies.beingTold(batch);
        }
        return taken;
    }

    private static long contentBytes(Request request) {
        if (request instanceof Request.Transaction transaction) {
            return transaction.operations().mapToLong(CacheGate::contentBytes).sum();
        }
        return request instanceof Request.WriteFile write ? write.content().length() : 0;
    }

    private boolean hasGivenUp(String session, long seq) {
        Long untilNanos = unknowing.get(session);
        if (untilNanos != null) {
            return untilNanos - nowNanos <= 0;
        }
        return acknowledgements.takenIn(session) >= seq || !state.isAlive(session) || leases.isOver(session, nowNanos);
    }

    /**
     * Whether a session may keep a copy of what it has just read, which is noted.
     *
     * @param reply what it read
     */
    boolean keepsCopy(Request.Read read, Reply reply, @Nullable String session) {
        Name name = read instanceof Request.OfNode of ? of.name() : null;
        Session reader = session == null ? null : state.session(session);
        if (name == null || reader == null || !reader.caches() || reader.isClosing()) {
            return false;
        }
        List<Part> parts = List.of(new Part(name, false));
        if (reply instanceof Reply.Children) {
            parts = Part.allOf(name);
        } else if (!(reply instanceof Reply.Node) && !(isAbsence(reply) && state.stat(name) == null)) {
            return false;
        }
        if (underWay.isBusy(name) || leases.isOver(reader.id(), nowNanos) || !copies.hasRoom(reader.id(), parts)) {
            return false;
        }
        parts.forEach(part -> copies.add(part, reader.id()));
        return true;
    }

    private static boolean isAbsence(Reply reply) {
        return reply instanceof Reply.Failed failed && failed.problem().code() == ProblemCode.NO_SUCH_NODE;
    }

    /** A command that this leader put into the log was carried out. */
    void applied(Command command, Applied did) {
        if (command instanceof Command.CompareDigest) {
            return;
        }
        underWay.applied(state.isAnyCaching());
        if (command instanceof Command.Invalidate invalidate) {
            for (Command.Invalidate.Copies each : invalidate.copies()) {
                each.sessions().forEach(session -> told(each.name(), session));
            }
        }
        boolean closedByOthers = command instanceof Command.Client client
                && client.call().request() instanceof Request.CloseSession close
                && !close.session().equals(client.call().session());
        for (String session : did.ended()) {
            long leftMs = closedByOthers ? leases.remainingMs(session, nowNanos) : 0;
            if (leftMs > 0 && copies.has(session)) {
                unknowing.put(session, nowNanos + leftMs * 1_000_000);
            } else {
                ended(session);
            }
        }
    }

    private void told(Name name, String session) {
        long seq = state.lastSessionEvent(session);
        copies.told(name, session, seq);
        expects(session, seq);
    }

    /**
     * Who keeps copies has to take that in within its lease: without, keep-alives extend it no more (Burrows, section 2.8). So a
     * write waits for two leases at most.
     */
    private void expects(String session, long seq) {
        long untilNanos = nowNanos + leases.leaseMs(session) * 1_000_000;
        expected.computeIfAbsent(session, any -> new ArrayDeque<>()).add(new Expected(seq, untilNanos));
    }

    /** A session says that it has taken in more. */
    void heard(String session) {
        long takenIn = acknowledgements.takenIn(session);
        copies.takenIn(session, takenIn);
        ArrayDeque<Expected> of = expected.get(session);
        if (of != null) {
            of.removeIf(each -> each.seq() <= takenIn);
            if (of.isEmpty()) {
                expected.remove(session);
            }
            leases.suspend(session, !of.isEmpty() && of.getFirst().untilNanos() - nowNanos <= 0);
        }
        Long seq = unaware.get(session);
        boolean lastToLearn = seq != null && takenIn >= seq && unaware.remove(session) != null && unaware.isEmpty();
        if (waiting.size() < FEW_WAITING || lastToLearn) {
            settle();
        }
    }

    private void ended(String session) {
        copies.ended(session);
        unknowing.remove(session);
        expected.remove(session);
        unaware.remove(session);
    }

    /** Time went by: leases ran out, duties were given up. */
    void tick(long nanos) {
        nowNanos = nanos;
        List<Object> over = new ArrayList<>();
        held.forEach((duty, each) -> {
            if (each.untilNanos() - nanos <= 0) {
                over.add(duty);
            }
        });
        over.forEach(this::release);
        unaware.entrySet().removeIf(each -> hasGivenUp(each.getKey(), each.getValue()));
        List<String> knowing = unknowing.entrySet().stream()
                .filter(each -> each.getValue() - nanos <= 0)
                .map(Map.Entry::getKey)
                .toList();
        knowing.forEach(this::ended);
        expected.forEach((session, of) -> {
            if (of.getFirst().untilNanos() - nanos <= 0) {
                leases.suspend(session, true);
            }
        });
        settle();
    }

    /** How many copies there may be with clients. */
    int copies() {
        return copies.count();
    }

    /** How many writes wait for copies to be dropped. */
    int waitingWrites() {
        return waiting.size();
    }

    void clear() {
        copies.clear();
        unaware.clear();
        expected.clear();
        unknowing.clear();
        waiting.clear();
        held.clear();
        underWay.clear();
        waitingBytes = 0;
    }
}
