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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps clients' copies consistent (Burrows, section 2.7): a command that may change what clients have copies of goes into
 * the log only when each of them has said that it dropped its copy, or its lease is over. Meanwhile, and until the command
 * is carried out, nobody gets a copy of what it is about, so that reads need not wait. A new leader does not know who has
 * what: it lets such commands wait until every session that caches has taken in that there is a new leader (section 2.9).
 */
final class CacheGate {
    /** So many writes wait at a time. */
    private static final int MOST_WAITING = 20_000;

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
    private final ArrayDeque<InFlight> inFlight = new ArrayDeque<>();

    /** What the commands are about that wait, are held back or are under way: how many of them of each. */
    private final TreeMap<Name, Integer> busy = new TreeMap<>();

    private int endings;
    private long proposed;
    private long applied;
    private long watchedFrom;
    private boolean isWatching;
    private long nowNanos;

    private record Waiting(Touched touched, @Nullable String session, Runnable propose) {}

    private record Held(Touched touched, long untilNanos) {}

    private record InFlight(long number, Touched touched) {}

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
            }
        }
        isWatching = state.isAnyCaching();
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
        proposed += taken ? 1 : 0;
        return taken;
    }

    /** Whether that call's write waits here. */
    boolean isWaiting(CallKey key) {
        return waiting.containsKey(key);
    }

    /**
     * Has {@code propose} run, which puts the write into the log, as soon as nobody has a copy of what it changes. Whoever writes drops its own copies itself, of the node and of the directories above it.
     *
     * @return why it will not be run; null where it was or will be
     */
    @Nullable
    Problem write(CallKey key, ClientCall call, Runnable propose) {
        Touched touched = state.isAnyCaching() ? Touched.by((Request.Write) call.request(), state) : null;
        if (touched == null || touched.isNothing()) {
            propose.run();
            return null;
        }
        if (waiting.size() >= MOST_WAITING) {
            return new Problem(
                    ProblemCode.OVERLOADED,
                    "too many writes wait for clients to drop their copies; nothing was done, try again");
        }
        begin(touched);
        if (mustWait(touched, call.session())) {
            waiting.put(key, new Waiting(touched, call.session(), propose));
        } else {
            send(touched, propose);
        }
        return null;
    }

    private void send(Touched touched, Runnable propose) {
        long before = proposed;
        propose.run();
        if (proposed > before) {
            inFlight.add(new InFlight(proposed, touched));
        } else {
            end(touched);
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
            clear.forEach(this::underWay);
        }
    }

    private boolean proposeDuty(Command command, Touched touched) {
        if (!state.isAnyCaching()) {
            return proposeNow(command);
        }
        boolean taken = isClear(command, touched) && proposeNow(command);
        if (taken) {
            underWay(command, touched);
        }
        return taken;
    }

    private void underWay(Object duty, Touched touched) {
        begin(touched);
        release(duty);
        inFlight.add(new InFlight(proposed, touched));
    }

    private void release(Object duty) {
        Held before = held.remove(duty);
        if (before != null) {
            end(before.touched());
        }
    }

    /** Whether a duty can be done now; nobody gets a copy of what it is about. */
    private boolean isClear(Object duty, Touched touched) {
        begin(touched);
        release(duty);
        held.put(duty, new Held(touched, nowNanos + HELD_NANOS));
        return !mustWait(touched, null);
    }

    /** Runs what need not wait any more. */
    void settle() {
        if (waiting.isEmpty()) {
            return;
        }
        for (Map.Entry<CallKey, Waiting> each : List.copyOf(waiting.entrySet())) {
            Waiting wait = each.getValue();
            if (!mustWait(wait.touched(), wait.session())) {
                waiting.remove(each.getKey());
                send(wait.touched(), wait.propose());
            }
        }
    }

    private boolean mustWait(Touched touched, @Nullable String writer) {
        unaware.entrySet().removeIf(each -> hasGivenUp(each.getKey(), each.getValue()));
        boolean left =
                copies.isAnyLeft(touched.parts(), (session, seq) -> session.equals(writer) || hasGivenUp(session, seq));
        if (!left) {
            return !unaware.isEmpty();
        }
        List<Command.Invalidate.Copies> untold = copies.untold(touched.parts());
        if (!untold.isEmpty() && proposeNow(new Command.Invalidate(untold))) {
            copies.beingTold(untold);
        }
        return true;
    }

    private boolean hasGivenUp(String session, long seq) {
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
        List<Part> parts = new ArrayList<>(List.of(new Part(name, false)));
        if (reply instanceof Reply.Children) {
            parts.add(new Part(name, true));
        } else if (!(reply instanceof Reply.Node) && !isAbsence(reply)) {
            return false;
        }
        if (isBusy(name) || leases.isOver(reader.id(), nowNanos) || !copies.hasRoom(reader.id(), parts.size())) {
            return false;
        }
        parts.forEach(part -> copies.add(part, reader.id()));
        return true;
    }

    private static boolean isAbsence(Reply reply) {
        return reply instanceof Reply.Failed failed && failed.problem().code() == ProblemCode.NO_SUCH_NODE;
    }

    /** Whether a command that may change the node waits or is under way. */
    private boolean isBusy(Name name) {
        if (applied < watchedFrom || endings > 0) {
            return true;
        }
        for (Name at = name; at != null; at = at.parent()) {
            if (busy.containsKey(at)) {
                return true;
            }
        }
        Name below = busy.ceilingKey(name.child(""));
        return below != null && name.isAbove(below);
    }

    private void begin(Touched touched) {
        touched.roots().forEach(name -> busy.merge(name, 1, Integer::sum));
        endings += touched.endsSessions() ? 1 : 0;
    }

    private void end(Touched touched) {
        touched.roots().forEach(name -> busy.computeIfPresent(name, (any, count) -> count == 1 ? null : count - 1));
        endings -= touched.endsSessions() ? 1 : 0;
    }

    /** A command that this leader put into the log was carried out. */
    void applied(Command command, Applied did) {
        if (command instanceof Command.CompareDigest) {
            return;
        }
        applied++;
        while (!inFlight.isEmpty() && inFlight.getFirst().number() <= applied) {
            end(inFlight.removeFirst().touched());
        }
        if (command instanceof Command.Invalidate invalidate) {
            for (Command.Invalidate.Copies each : invalidate.copies()) {
                each.sessions().forEach(session -> copies.told(each.name(), session, state.lastSessionEvent(session)));
            }
        }
        did.ended().forEach(this::ended);
        if (state.isAnyCaching() && !isWatching) {
            // Until now nothing was noted of what is under way.
            watchedFrom = proposed;
        }
        isWatching = state.isAnyCaching();
    }

    private void ended(String session) {
        copies.ended(session);
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
        settle();
    }

    /** How many copies there may be with clients. */
    int copies() {
        return copies.count();
    }

    void clear() {
        copies.clear();
        unaware.clear();
        waiting.clear();
        held.clear();
        inFlight.clear();
        busy.clear();
        endings = 0;
        proposed = 0;
        applied = 0;
        watchedFrom = 0;
        isWatching = false;
    }
}
