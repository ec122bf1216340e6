package io.lockservice.replica;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.CommandCodec;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.gateway.Gateway;
import io.lockservice.gateway.GatewayHost;
import io.lockservice.log.Configuration;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.paxos.Paxos;
import io.lockservice.paxos.PaxosHost;
import io.lockservice.paxos.PaxosMessage;
import io.lockservice.replica.call.ClientCalls;
import io.lockservice.replica.peers.DiskRooms;
import io.lockservice.session.DutyHost;
import io.lockservice.session.LeaderDuties;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One replica of a cell, pure: a step takes what happened in one turn of an event loop and gives what is to be done, in
 * order. It joins consensus, the replicated state, and the leader's duties; nothing else does.
 *
 * <p>Time is an argument: monotonic nanoseconds with any origin. Not thread-safe. Any exception out of a step means that
 * the replica must stop; it is then restarted from its journal.
 */
public final class Replica {
    private final ReplicaSettings settings;
    private final Outbox outbox = new Outbox();
    private final StateMachine state;
    private final SplittableRandom random;
    private final Paxos paxos;
    private final LeaderDuties duties;
    private final Gateway gateway;
    private final ClientCalls calls;
    private final Administration administration;
    private final FoundingDuties founding;
    private final ElapsedTimes elapsed;
    private final CheckpointDuties checkpoints;
    private final DigestDuties digests;
    private final DiskRooms rooms;
    private long nowNanos;

    /** As of the last tick: {@link #status} is asked for after every step. */
    private Reply.CellState lastSeen;

    /** In this step. */
    private final List<Event> happened = new ArrayList<>();

    /**
     * A replica as its disk has it.
     *
     * @param recovered its checkpoints; from the newest on it owns the state in it
     * @param recovery hands every record of the journal, in order, to the consumer it is given
     */
    public Replica(
            ReplicaSettings settings,
            RecoveredCheckpoints recovered,
            Consumer<Consumer<LogRecord>> recovery,
            long nowNanos) {
        this.settings = settings;
        this.nowNanos = nowNanos;
        int self = settings.replicaId();
        Host host = new Host();
        random = new SplittableRandom(settings.seed());
        RestoredCheckpoint restored = recovered.newest();
        state = restored == null ? new StateMachine(settings.cell(), settings.maxContentBytes()) : restored.state();
        SplittableRandom forCheckpoints = random.split();
        paxos = new Paxos(
                settings.configuration().unfounded(),
                new Paxos.Self(self, settings.dataIncarnation()),
                settings.paxos(),
                host,
                random.split());
        checkpoints = new CheckpointDuties(settings, recovered, state, paxos, outbox, forCheckpoints);
        rooms = new DiskRooms(self, paxos, (to, room) -> outbox.add(new Effect.Send(to, new Message.Room(room))));
        administration = new Administration(self, paxos, host::answer);
        founding = new FoundingDuties(settings, paxos, outbox, administration);
        duties = new LeaderDuties(self, state, host, settings.idempotencyKeepMs());
        digests = new DigestDuties(settings, state, paxos, outbox, duties::isServing);
        gateway = new Gateway(self, settings.incarnation(), settings.maxCalls(), host);
        calls = new ClientCalls(self, paxos, duties, gateway, host);
        elapsed = new ElapsedTimes(
                session -> duties.leaseRemainingMs(session, this.nowNanos),
                token -> duties.delayRemainingMs(token, this.nowNanos));
        elapsed.at(nowNanos);
        outbox.at(nowNanos);
        if (restored != null) {
            paxos.restored(restored.slot(), restored.configuration());
        }
        recovery.accept(record -> {
            paxos.recover(record);
            founding.recover(record);
        });
        paxos.start(nowNanos);
        lastSeen = describeCell();
    }

    /** Takes {@code inputs} in order, all at {@code nanos}, which never goes back. Returns the effects in order. */
    public List<Effect> step(List<Input> inputs, long nanos) {
        nowNanos = nanos;
        outbox.at(nanos);
        elapsed.at(nanos);
        for (Input input : inputs) {
            take(input);
            outbox.release();
        }
        gateway.look(nanos);
        paxos.flush(nanos);
        outbox.release();
        duties.settleConfirmed();
        checkpoints.advance(nanos);
        outbox.release();
        if (!happened.isEmpty()) {
            outbox.add(new Effect.Happened(List.copyOf(happened), false));
            happened.clear();
        }
        return outbox.take();
    }

    private void take(Input input) {
        if (input instanceof Input.Received received) {
            received(received.from(), received.dataIncarnation(), received.message());
        } else if (input instanceof Input.Durable durable) {
            outbox.durable(durable.sequence());
        } else if (input instanceof Input.Called called) {
            calls.called(called, nowNanos);
        } else if (input instanceof Input.Gone gone) {
            gateway.gone(gone.callId());
        } else if (input instanceof Input.Tick) {
            paxos.tick(nowNanos);
            duties.tick(nowNanos);
            checkpoints.tick(nowNanos);
            administration.tick(nowNanos);
            founding.tick(nowNanos);
            rooms.tick(nowNanos);
            lastSeen = describeCell();
            if (paxos.isRemoved()) {
                outbox.add(new Effect.StopReplica("this replica was removed from the cell", false));
            }
        } else if (input instanceof Input.LogRead read) {
            paxos.logRead(read.peer(), read.entries());
        } else if (input instanceof Input.ClockJumped) {
            paxos.clockJumped(nowNanos);
        } else if (input instanceof Input.Resign) {
            paxos.resign(nowNanos);
        } else if (input instanceof Input.LeaseOver over) {
            duties.leaseOver(over.session(), nowNanos);
        } else if (input instanceof Input.DiskRoomChanged changed) {
            rooms.changed(changed.room(), nowNanos);
            checkpoints.roomChanged(changed.room());
        } else if (input instanceof Input.CheckpointInstalled installed) {
            if (checkpoints.install(installed, nowNanos)) {
                elapsed.forget();
                outbox.add(new Effect.Happened(List.of(), true));
                digests.installed();
            }
        } else {
            checkpoints.take(input, nowNanos);
        }
    }

    private void received(int from, long dataIncarnation, Message message) {
        if (message instanceof Message.Consensus consensus) {
            paxos.receive(from, dataIncarnation, consensus.message(), nowNanos);
        } else if (message instanceof Message.Founding other) {
            founding.received(from, dataIncarnation, other.message(), nowNanos);
        } else if (message instanceof Message.Transferring transferring) {
            checkpoints.received(from, transferring.message(), nowNanos);
        } else if (message instanceof Message.Room said) {
            rooms.received(from, said.room(), nowNanos);
        } else if (message instanceof Message.OfCalls ofCalls) {
            calls.received(from, ofCalls, nowNanos);
        } else if (message instanceof Message.StateDigest digest) {
            digests.received(from, digest);
        }
    }

    private Reply read(ClientCall call) {
        return call.request() instanceof Request.GetCell ? describeCell() : state.query(call, elapsed);
    }

    private Reply.CellState describeCell() {
        return new CellView(
                        paxos.configuration(),
                        settings.replicaId(),
                        paxos.leader(),
                        paxos.chosenSlot(),
                        id -> paxos.view(id, nowNanos))
                .describe(state);
    }

    private Answer answer(Reply reply) {
        return new Answer(reply, state.revision(), state.epoch(), settings.replicaId(), paxos.leader());
    }

    private void apply(LogEntry entry) {
        checkpoints.applied(entry);
        for (byte[] bytes : entry.value().commands()) {
            Command command = CommandCodec.decode(bytes);
            Applied applied = state.apply(command);
            // Before the times are noted: a reply tells how long locks were held that this command released.
            duties.applied(command, applied, nowNanos);
            happened.addAll(applied.events());
            elapsed.note(command, applied, state);
            digests.applied(command);
        }
        digests.applied(entry.slot());
    }

    /** How this replica is, for health checks and operators. */
    public ReplicaStatus status() {
        String obstacle = obstacle();
        return new ReplicaStatus(
                paxos.role(),
                paxos.leader(),
                obstacle.isEmpty(),
                obstacle,
                paxos.chosenSlot(),
                paxos.chosenSlot(),
                state.revision(),
                state.epoch(),
                lastSeen,
                new ReplicaStatus.Duties(duties.copies(), duties.waitingWrites(), state.areLeasesStretched()));
    }

    /** Why this replica cannot serve; empty where it can. */
    private String obstacle() {
        int leader = paxos.leader();
        if (leader == 0 || (leader == settings.replicaId() && !duties.isServing())) {
            String unfounded = founding.obstacle();
            return unfounded.isEmpty()
                    ? "no leader is known; the cell has none, or this replica is cut off from it"
                    : unfounded;
        } else if (rooms.own() != DiskRoom.ENOUGH) {
            return rooms.notReadyReason();
        }
        return paxos.isCaughtUp()
                ? ""
                : "this replica is catching up with what the others have decided; wait until it has";
    }

    /** Whether this replica would answer a linearizable read at once, without asking others; for checks. */
    public boolean servesReadsAt(long nanos) {
        return duties.isServing() && paxos.hasLease(nanos);
    }

    /** Who is in the cell, as far as this replica knows. */
    public Configuration configuration() {
        return paxos.configuration();
    }

    /** A digest of the replicated state: equal on replicas with equal {@link ReplicaStatus#appliedSlot()}. */
    public long digest() {
        return state.digest();
    }

    /** The replicated state, for checks; not to be changed. */
    public StateMachine state() {
        return state;
    }

    /** Joins the parts: each sees only the interface it asked for. */
    private final class Host implements PaxosHost, DutyHost, GatewayHost, ClientCalls.Exits {
        private Message.@Nullable Consensus lastSent;

        /** What goes to several peers stays one object, which the bus encodes once. */
        @Override
        public void send(int to, PaxosMessage message) {
            Message.Consensus last = lastSent;
            if (last == null || last.message() != message) {
                last = new Message.Consensus(message);
                lastSent = last;
            }
            outbox.add(new Effect.Send(to, last));
        }

        @Override
        public void send(int to, Message message) {
            outbox.add(new Effect.Send(to, message));
        }

        @Override
        public void hand(long callId, Answer answer) {
            outbox.add(new Effect.Respond(callId, answer));
        }

        @Override
        public void persist(LogRecord record) {
            outbox.persist(record);
        }

        @Override
        public void whenDurable(Runnable action) {
            outbox.whenDurable(action);
        }

        @Override
        public long unsyncedBytes() {
            return outbox.unsyncedBytes();
        }

        /** A journal that waits for room is not slow: {@link DiskRooms} sees to that. */
        @Override
        public long unsyncedNanos() {
            return rooms.own() == DiskRoom.NONE ? 0 : outbox.unsyncedNanos();
        }

        @Override
        public boolean hasRoomToGrow() {
            return rooms.isEnoughToGrow(nowNanos);
        }

        @Override
        public void readLog(int peer, long fromSlot, int maxBytes) {
            outbox.add(new Effect.ReadLog(peer, fromSlot, maxBytes));
        }

        @Override
        public void offerCheckpoint(int peer, long fromSlot) {
            checkpoints.offer(peer, fromSlot);
        }

        @Override
        public boolean isFetchingCheckpoint() {
            return checkpoints.isFetching();
        }

        @Override
        public void chosen(LogEntry entry) {
            apply(entry);
        }

        @Override
        public void reconfigured(Configuration configuration) {
            outbox.add(new Effect.Reconfigured(configuration));
        }

        @Override
        public void startedLeading() {
            duties.lead(random.nextLong());
        }

        @Override
        public void stoppedLeading() {
            duties.stop();
            gateway.forgetOwnLeadership();
            administration.stop();
        }

        @Override
        public boolean propose(Command command) {
            return paxos.propose(CommandCodec.encode(command));
        }

        @Override
        public void answer(Origin origin, Reply reply) {
            Answer answer = Replica.this.answer(elapsed.complete(reply));
            if (origin.replicaId() == settings.replicaId()) {
                gateway.answered(
                        origin.incarnation(),
                        origin.callId(),
                        new Gateway.Leadership(settings.replicaId(), paxos.leaderSequence()),
                        reply,
                        () -> outbox.add(new Effect.Respond(origin.callId(), answer)));
            } else {
                outbox.add(new Effect.Send(
                        origin.replicaId(),
                        new Message.ForwardAnswer(
                                origin.incarnation(), origin.callId(), paxos.leaderSequence(), answer)));
            }
        }

        @Override
        public Reply read(ClientCall call) {
            return Replica.this.read(call);
        }

        @Override
        public void administer(Origin origin, Request.Administer request) {
            administration.asked(origin, request, nowNanos);
        }

        @Override
        public boolean isElected() {
            return paxos.leader() == settings.replicaId();
        }

        @Override
        public boolean hasLease() {
            return paxos.hasLease(nowNanos);
        }

        @Override
        public boolean ledAt(long sinceNanos) {
            return paxos.ledAt(sinceNanos);
        }

        @Override
        public void confirm() {
            paxos.confirm(nowNanos);
        }

        @Override
        public int leader() {
            return paxos.leader();
        }

        @Override
        public long leaderSequence() {
            return paxos.leaderSequence();
        }

        @Override
        public void handleHere(Origin origin, ClientCall call, long waitLeftMs) {
            duties.handle(origin, call, waitLeftMs, nowNanos);
        }

        @Override
        public void forward(int leader, long sequence, Origin origin, ClientCall call, long waitLeftMs) {
            outbox.add(new Effect.Send(leader, new Message.Forward(sequence, origin, waitLeftMs, call)));
        }

        @Override
        public void gone(int leader, long callId) {
            if (leader == settings.replicaId()) {
                duties.gone(leader, settings.incarnation(), callId);
            } else {
                outbox.add(new Effect.Send(leader, new Message.KeepAliveGone(settings.incarnation(), callId)));
            }
        }

        @Override
        public void respond(long callId, Reply reply) {
            outbox.add(new Effect.Respond(callId, Replica.this.answer(reply)));
        }
    }
}
