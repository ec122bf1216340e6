package io.lockservice.session;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Grant;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.cell.table.Session;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a leader does beside leading the log: admits calls, counts leases, lets keep-alives and lock waits wait, and turns
 * what runs out into commands. All of it is volatile; the next leader starts from the replicated state with full leases
 * (Burrows, section 2.9).
 */
public final class LeaderDuties {
    /** Calls that came before this leader could serve; more are dropped and sent again by their origins. */
    private static final int MAX_EARLY_CALLS = 20_000;

    /** Keep-alives have room of their own: whatever else is asked meanwhile, no session is lost over it. */
    private static final int MAX_EARLY_KEEP_ALIVES = 200_000;

    private static final long MARK_EVERY_NANOS = 60_000_000_000L;

    private record Arrival(Origin origin, ClientCall call, long waitEndNanos) {}

    private record Mark(long nanos, long revision) {}

    private final int self;
    private final StateMachine state;
    private final DutyHost host;
    private final long idempotencyKeepNanos;
    private final Leases leases = new Leases();
    private final KeepAlives keepAlives;
    private final LockWaits lockWaits;
    private final AbandonedPlaces abandonedPlaces;
    private final LockDelays lockDelays;
    private final Acknowledgements acknowledgements;
    private final CacheGate gate;
    private final LeaseStretch stretch = new LeaseStretch();
    private final Expiry expiry;
    private final Confirmation confirmation;
    private final LockWaits.Places places = new PlacesOfState();
    private final Map<CallKey, Arrival> proposed = new HashMap<>();
    private final LinkedHashMap<CallKey, Arrival> early = new LinkedHashMap<>();
    private final LinkedHashMap<CallKey, Arrival> earlyKeepAlives = new LinkedHashMap<>();
    private final Refusals refusals = new Refusals();
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private boolean leading;
    private boolean serving;
    private long nonce;

    /** Duties that rest until {@link #lead}. */
    public LeaderDuties(int self, StateMachine state, DutyHost host, long idempotencyKeepMs) {
        this.self = self;
        this.state = state;
        this.host = host;
        this.idempotencyKeepNanos = idempotencyKeepMs * 1_000_000;
        DutyHost gated = new GatedHost(host, this::propose);
        this.acknowledgements = new Acknowledgements(gated, state);
        this.gate = new CacheGate(state, host, leases, acknowledgements);
        acknowledgements.tell(gate::heard);
        this.expiry = new Expiry(state, gate, leases, stretch);
        this.keepAlives = new KeepAlives(host, leases, state, acknowledgements, stretch);
        this.lockWaits = new LockWaits(gated);
        this.abandonedPlaces = new AbandonedPlaces(gated);
        this.lockDelays = new LockDelays(gated, state);
        this.confirmation = new Confirmation(host);
    }

    /** This replica leads the log: it serves once its own start of an epoch, named by {@code startNonce}, is applied. */
    public void lead(long startNonce) {
        leading = true;
        nonce = startNonce;
        host.propose(new Command.StartEpoch(self, startNonce));
    }

    /** This replica leads no more. Who waits here is served by the next leader: the origins ask again. */
    public void stop() {
        leading = false;
        serving = false;
        leases.clear();
        keepAlives.clear();
        lockWaits.clear();
        abandonedPlaces.clear();
        lockDelays.clear();
        acknowledgements.clear();
        gate.clear();
        stretch.clear();
        confirmation.clear();
        proposed.clear();
        early.clear();
        earlyKeepAlives.clear();
        refusals.clear();
        marks.clear();
    }

    /** Whether clients are served: the leader's own epoch has begun. */
    public boolean isServing() {
        return serving;
    }

    /** A call, of this replica's client or forwarded. A repeat of one that is still open here changes nothing. */
    public void handle(Origin origin, ClientCall call, long waitLeftMs, long nowNanos) {
        CallKey key = CallKey.of(origin);
        Arrival arrival = new Arrival(origin, call, nowNanos + waitLeftMs * 1_000_000);
        if (!leading && !host.isElected()) {
            return;
        }
        if (!serving) {
            boolean keepAlive = call.request() instanceof Request.KeepAlive;
            Map<CallKey, Arrival> lane = keepAlive ? earlyKeepAlives : early;
            if (lane.size() < (keepAlive ? MAX_EARLY_KEEP_ALIVES : MAX_EARLY_CALLS)) {
                lane.put(key, arrival);
            }
        } else if (!isOpenHere(key)) {
            admit(key, arrival, nowNanos);
        }
    }

    /** Nobody waits for the answer to that keep-alive any more. */
    public void gone(int replicaId, long incarnation, long callId) {
        CallKey key = new CallKey(replicaId, incarnation, callId);
        earlyKeepAlives.remove(key);
        keepAlives.gone(key);
    }

    private boolean isOpenHere(CallKey key) {
        return proposed.containsKey(key) || gate.isWaiting(key) || lockWaits.isParked(key) || keepAlives.isParked(key);
    }

    private boolean propose(Command command) {
        return gate.propose(command);
    }

    private void admit(CallKey key, Arrival arrival, long nowNanos) {
        ClientCall call = arrival.call();
        if (call.request() instanceof Request.Write) {
            write(key, arrival);
        } else if (call.request() instanceof Request.KeepAlive keepAlive) {
            confirmation.whenCurrent(nowNanos, () -> keepAlive(key, arrival, keepAlive, nowNanos));
        } else if (call.request() instanceof Request.Administer request) {
            confirmation.whenCurrent(nowNanos, () -> host.administer(arrival.origin(), request));
        } else {
            confirmation.whenCurrent(nowNanos, () -> host.answer(arrival.origin(), read(call)));
        }
    }

    private Reply read(ClientCall call) {
        if (!(call.request() instanceof Request.Cached cached)) {
            return host.read(call);
        }
        Reply reply = host.read(new ClientCall(
                cached.read(), call.principal(), call.session(), call.idempotency(), call.sequencer(), call.handle()));
        return new Reply.Cached(reply, gate.keepsCopy(cached.read(), reply, call.session()));
    }

    private void write(CallKey key, Arrival arrival) {
        ClientCall call = arrival.call();
        Problem refused = refusals.find(key);
        if (refused == null
                && !host.hasRoomToGrow()
                && Growth.isBy(call, state)
                && !state.isRepeat(arrival.origin(), call)) {
            refused = Growth.refusal();
        }
        if (refused == null) {
            refused = gate.write(key, call, () -> propose(key, arrival));
        }
        if (refused != null) {
            refuse(key, arrival, refused);
        }
    }

    private void propose(CallKey key, Arrival arrival) {
        if (gate.propose(new Command.Client(state.epoch(), arrival.origin(), arrival.call()))) {
            proposed.put(key, arrival);
        } else {
            stretch.refused();
            refuse(key, arrival, overloaded());
        }
    }

    /** It was not done, and a copy of the call that comes later is not done either; unless it was done before. */
    private void refuse(CallKey key, Arrival arrival, Problem problem) {
        if (state.isRepeat(arrival.origin(), arrival.call())) {
            // Its origin asks again, and is told the outcome once there is room.
            return;
        }
        refusals.put(key, problem);
        host.answer(arrival.origin(), new Reply.Failed(problem));
    }

    private void keepAlive(CallKey key, Arrival arrival, Request.KeepAlive request, long nowNanos) {
        if (!state.isAlive(request.session())) {
            host.answer(arrival.origin(), new Reply.Failed(Problem.sessionExpired(request.session())));
        } else if (!keepAlives.isParked(key)) {
            long waitLeftMs = (arrival.waitEndNanos() - nowNanos) / 1_000_000;
            keepAlives.arrived(arrival.origin(), request, waitLeftMs, nowNanos);
        }
    }

    /** A command of the log was applied to the state. */
    public void applied(Command command, Applied applied, long nowNanos) {
        if (!leading) {
            return;
        }
        if (command instanceof Command.StartEpoch start && start.leader() == self && start.nonce() == nonce) {
            startServing(nowNanos);
            return;
        }
        if (!serving) {
            return;
        }
        gate.applied(command, applied);
        if (command instanceof Command.StretchLeases said) {
            stretch.replicated(said.stretched());
        }
        follow(applied, nowNanos);
        if (command instanceof Command.Client client && applied.reply() != null) {
            Arrival arrival = proposed.remove(CallKey.of(client.origin()));
            if (arrival != null) {
                settle(arrival, applied.reply(), nowNanos);
            } else if (applied.reply() instanceof Reply.Queued) {
                noteAbandoned(client.call(), nowNanos);
            }
        }
    }

    private void startServing(long nowNanos) {
        serving = true;
        expiry.start(nowNanos);
        acknowledgements.start();
        gate.start(nowNanos);
        state.timedPlaces().forEach(place -> abandonedPlaces.add(place, nowNanos));
        state.lockDelays().forEach(delay -> lockDelays.begin(delay, nowNanos));
        marks.add(new Mark(nowNanos, state.revision()));
        // Sessions first (Burrows, section 2.9, step 4).
        Map<CallKey, Arrival> waiting = new LinkedHashMap<>(earlyKeepAlives);
        waiting.putAll(early);
        earlyKeepAlives.clear();
        early.clear();
        waiting.forEach((key, arrival) -> admit(key, arrival, nowNanos));
    }

    private void follow(Applied applied, long nowNanos) {
        if (applied.opened() != null) {
            leases.open(applied.opened(), sessionLeaseMs(applied.opened()), nowNanos);
        }
        if (applied.closing() != null) {
            leases.close(applied.closing().session(), applied.closing().afterMs(), nowNanos);
        }
        for (String session : applied.ended()) {
            leases.ended(session);
            keepAlives.ended(session);
            acknowledgements.ended(session);
        }
        for (Grant grant : applied.grants()) {
            lockWaits.granted(grant, leases.remainingMs(grant.session(), nowNanos));
        }
        applied.withdrawn().forEach(lockWaits::lost);
        applied.delays().forEach(delay -> lockDelays.begin(delay, nowNanos));
        for (String session : applied.told()) {
            for (CallKey key : keepAlives.of(session)) {
                confirmation.whenCurrent(nowNanos, () -> keepAlives.release(key, nowNanos));
            }
        }
    }

    private long sessionLeaseMs(String id) {
        Session session = state.session(id);
        return session == null ? 0 : session.leaseMs();
    }

    /** Answers a write, or lets it wait where it got a place in a queue. */
    private void settle(Arrival arrival, Reply reply, long nowNanos) {
        String session = arrival.call().session();
        if (reply instanceof Reply.Granted) {
            host.answer(arrival.origin(), withLease(reply, nowNanos));
        } else if (reply instanceof Reply.Transacted transacted) {
            host.answer(
                    arrival.origin(),
                    new Reply.Transacted(
                            transacted.succeeded(),
                            transacted.results().stream()
                                    .map(each -> withLease(each, nowNanos))
                                    .toList()));
        } else if (reply instanceof Reply.SessionOpened opened) {
            long leftMs = Math.max(0, leases.remainingMs(opened.session(), nowNanos));
            host.answer(
                    arrival.origin(),
                    new Reply.SessionOpened(opened.session(), opened.client(), opened.leaseMs(), leftMs));
        } else if (reply instanceof Reply.Queued
                && arrival.call().request() instanceof Request.Acquire acquire
                && session != null) {
            StateMachine.QueuePlace place = state.queued(acquire.name(), session);
            if (place == null) {
                host.answer(arrival.origin(), reply);
            } else {
                lockWaits.park(arrival.origin(), arrival.call(), place.ticket(), arrival.waitEndNanos());
            }
        } else {
            host.answer(arrival.origin(), reply);
        }
    }

    private Reply withLease(Reply reply, long nowNanos) {
        return reply instanceof Reply.Granted granted
                ? new Reply.Granted(
                        granted.grant(), leases.remainingMs(granted.grant().session(), nowNanos))
                : reply;
    }

    /** A command of the leader before took a place: its call is not here, or not yet. */
    private void noteAbandoned(ClientCall call, long nowNanos) {
        if (call.request() instanceof Request.Acquire acquire && !acquire.keepPlace() && call.session() != null) {
            StateMachine.QueuePlace place = state.queued(acquire.name(), call.session());
            if (place != null) {
                abandonedPlaces.add(
                        new StateMachine.TimedPlace(acquire.name(), call.session(), place.ticket(), acquire.waitMs()),
                        nowNanos);
            }
        }
    }

    private boolean isAbandoned(StateMachine.TimedPlace place) {
        StateMachine.QueuePlace now = state.queued(place.name(), place.session());
        return now != null && now.ticket() == place.ticket() && !lockWaits.isAwaited(place.name(), place.session());
    }

    /** Time went by: what ran out becomes commands or answers. */
    public void tick(long nowNanos) {
        if (!serving) {
            return;
        }
        gate.tick(nowNanos);
        expiry.tick(nowNanos);
        for (CallKey key : keepAlives.takeDue(nowNanos)) {
            confirmation.whenCurrent(nowNanos, () -> keepAlives.release(key, nowNanos));
        }
        lockWaits.tick(nowNanos, places);
        abandonedPlaces.tick(nowNanos, this::isAbandoned);
        lockDelays.tick(nowNanos);
        acknowledgements.tick(nowNanos);
        retireKeys(nowNanos);
    }

    /** A session ends as if its lease had run out; one whose lease was counted elsewhere or is over is left alone. */
    public void leaseOver(String session, long nowNanos) {
        if (serving) {
            leases.runOut(session, nowNanos);
        }
    }

    private void retireKeys(long nowNanos) {
        Mark last = marks.peekLast();
        if (last == null || nowNanos - last.nanos() < MARK_EVERY_NANOS) {
            return;
        }
        marks.add(new Mark(nowNanos, state.revision()));
        @Nullable Mark old = null;
        while (!marks.isEmpty() && nowNanos - marks.peek().nanos() >= idempotencyKeepNanos) {
            old = marks.remove();
        }
        if (old != null) {
            gate.propose(new Command.RetireKeys(state.epoch(), old.revision()));
        }
    }

    /** Answers what has become certain. Called at the end of each step. */
    public void settleConfirmed() {
        confirmation.settle();
    }

    /** How many copies clients may have. */
    public int copies() {
        return gate.copies();
    }

    /** How many writes wait for clients to drop copies. */
    public int waitingWrites() {
        return gate.waitingWrites();
    }

    /** What is left of a session's lease, in milliseconds; -1 where this replica does not serve as leader. */
    public long leaseRemainingMs(String session, long nowNanos) {
        return serving ? leases.remainingMs(session, nowNanos) : -1;
    }

    /** What is left of a lock-delay, in milliseconds; -1 where this replica does not serve as leader. */
    public long delayRemainingMs(long token, long nowNanos) {
        return serving ? lockDelays.remainingMs(token, nowNanos) : -1;
    }

    private static Problem overloaded() {
        return new Problem(
                ProblemCode.OVERLOADED,
                "the leader has more writes waiting than it can take; nothing was done, try again");
    }

    private final class PlacesOfState implements LockWaits.Places {
        @Override
        public @Nullable Integer positionOf(Name name, String session) {
            StateMachine.QueuePlace place = state.queued(name, session);
            return place == null ? null : place.position();
        }

        @Override
        public Problem refusal(Name name) {
            return state.lockHeld(
                    name,
                    "others held the lock until the wait ended; another request of this session still waits for it");
        }
    }
}
