package io.lockservice.server.driver;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Configuration;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.LogRecord;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.replica.Replica;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.replica.RestoredCheckpoint;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Owns a replica: gathers what happens during one turn of its event loop into one step, and carries out the effects. All
 * that the turn has to say goes out together: one batch to the journal, one message to each peer.
 *
 * <p>Threading: one event loop owns everything here. {@link #call} may come from another loop of the same Vert.x and is
 * then moved; {@link #status} may be read by any thread.
 */
public final class ReplicaDriver implements ReplicaPort {
    /** Two clocks that are read further apart than this are not compared: the thread was stopped in between. */
    private static final long READ_TOGETHER_NANOS = 1_000_000;

    /** Who waits for a checkpoint longer than that is told that there is none. */
    private static final long CHECKPOINT_WAIT_MS = 60_000;

    private static final Logger LOG = System.getLogger(ReplicaDriver.class.getName());

    private final Vertx vertx;
    private final Context context;
    private final Replica replica;
    private final LogStore store;
    private final PeerLink peers;
    private final CheckpointPort checkpoints;
    private final Consumer<Throwable> onFailure;
    private final Map<Long, Consumer<Answer>> open = new HashMap<>();
    private final CheckpointWaits checkpointWaits;
    private final Watches watches = new Watches();
    private final RevisionWaits revisionWaits = new RevisionWaits();
    private List<Input> inbox = new ArrayList<>();
    private boolean turnScheduled;
    private boolean stopped;
    private long lastCallId;
    private final CheckpointPort.Incoming incoming = new Incoming();
    private final ClockComparison clocks = new ClockComparison();
    private long timer;
    private volatile ReplicaStatus status;
    private volatile Configuration configuration;

    /**
     * A driver that rests until {@link #start}.
     *
     * @param onFailure told once, on the event loop, when the replica had to stop: a broken invariant or a failed disk
     */
    public ReplicaDriver(Vertx vertx, Context context, Replica replica, Parts parts, Consumer<Throwable> onFailure) {
        this.vertx = vertx;
        this.context = context;
        this.replica = replica;
        this.store = parts.store();
        this.peers = parts.peers();
        this.checkpoints = parts.checkpoints();
        this.checkpointWaits = new CheckpointWaits(checkpoints, () -> add(new Input.CheckpointWanted()));
        this.onFailure = onFailure;
        this.status = replica.status();
        this.configuration = replica.configuration();
    }

    /** Hands on what becomes of a peer's checkpoint. */
    private final class Incoming implements CheckpointPort.Incoming {
        @Override
        public void stored(CheckpointName name, long endOffset) {
            add(new Input.ChunkStored(name, endOffset));
        }

        @Override
        public void installed(CheckpointName name, RestoredCheckpoint restored) {
            LOG.log(Level.INFO, "a peer''s checkpoint is here: {0}", name);
            add(new Input.CheckpointInstalled(name, restored));
        }

        @Override
        public void failed(CheckpointName name, String reason) {
            LOG.log(
                    Level.WARNING,
                    "a peer''s checkpoint could not be taken over, another one is fetched in a few seconds: {0}",
                    reason);
            add(new Input.TransferFailed(name, reason));
        }
    }

    /** What a driver works with. */
    public record Parts(LogStore store, PeerLink peers, CheckpointPort checkpoints) {}

    /** Starts the ticks. */
    public void start(long tickMs) {
        context.runOnContext(started -> {
            peers.members(configuration);
            timer = vertx.setPeriodic(tickMs, id -> add(new Input.Tick()));
            add(new Input.Tick());
        });
    }

    /** Messages of one peer that has data of that incarnation, on the event loop. */
    public void received(int from, long dataIncarnation, List<Message> messages) {
        for (Message message : messages) {
            add(new Input.Received(from, dataIncarnation, message));
        }
    }

    /** Storage has everything up to {@code sequence}; on the event loop. */
    public void durable(long sequence) {
        add(new Input.Durable(sequence));
    }

    /** The disk has more room or less; on the event loop. */
    public void diskRoom(DiskRoom room) {
        add(new Input.DiskRoomChanged(room));
    }

    /** Hands leadership over, where this replica has it; on the event loop. */
    public void resign() {
        add(new Input.Resign());
    }

    /** Ends a session as if its lease had run out, where this replica leads; on the event loop. */
    public void leaseOver(String session) {
        add(new Input.LeaseOver(session));
    }

    @Override
    public Runnable call(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer) {
        AtomicLong callId = new AtomicLong();
        onLoop(() -> callId.set(callHere(call, timeoutMs, maxStaleMs, answer)));
        return () -> onLoop(() -> gone(callId.get()));
    }

    private long callHere(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer) {
        if (stopped) {
            tell(answer, stoppedAnswer());
            return 0;
        }
        long callId = ++lastCallId;
        open.put(callId, answer);
        add(new Input.Called(callId, call, timeoutMs, maxStaleMs));
        return callId;
    }

    private void gone(long callId) {
        if (open.remove(callId) != null && !stopped) {
            add(new Input.Gone(callId));
        }
    }

    @Override
    public Runnable watch(Request.ReadEvents what, Runnable happened) {
        AtomicReference<@Nullable Runnable> end = new AtomicReference<>();
        AtomicBoolean ended = new AtomicBoolean();
        onLoop(() -> {
            if (!ended.get()) {
                end.set(watches.add(what, happened));
            }
        });
        return () -> {
            ended.set(true);
            onLoop(() -> {
                Runnable remove = end.getAndSet(null);
                if (remove != null) {
                    remove.run();
                }
            });
        };
    }

    @Override
    public Runnable whenApplied(long revision, Runnable then) {
        onLoop(() -> {
            if (status.revision() >= revision) {
                then.run();
            } else {
                revisionWaits.add(revision, then);
            }
        });
        return () -> onLoop(() -> revisionWaits.remove(revision, then));
    }

    private void onLoop(Runnable action) {
        if (Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(moved -> action.run());
        }
    }

    @Override
    public void checkpoint(long revision, Consumer<CheckpointPort.@Nullable Stored> taken) {
        context.runOnContext(moved -> {
            Runnable giveUp = checkpointWaits.add(revision, taken);
            vertx.setTimer(CHECKPOINT_WAIT_MS, late -> giveUp.run());
            if (stopped) {
                giveUp.run();
            } else {
                checkpointWaits.serve(status.revision());
            }
        });
    }

    private void taken(CheckpointPort.Stored stored) {
        add(new Input.CheckpointTaken(stored.name()));
        checkpointWaits.taken(stored);
    }

    private void refused(long slot, String reason) {
        add(new Input.CheckpointRefused(slot, reason));
        checkpointWaits.giveUp();
    }

    /** Who is in the cell, as far as this replica knows. Any thread. */
    public Configuration configuration() {
        return configuration;
    }

    @Override
    public ReplicaStatus status() {
        return status;
    }

    private void add(Input input) {
        if (stopped) {
            return;
        }
        inbox.add(input);
        if (!turnScheduled) {
            turnScheduled = true;
            context.runOnContext(scheduled -> turn());
        }
    }

    private void turn() {
        turnScheduled = false;
        if (stopped) {
            return;
        }
        try {
            long nanos = System.nanoTime();
            noticeClockJump(nanos);
            List<Input> inputs = inbox;
            inbox = new ArrayList<>();
            carryOut(replica.step(inputs, nanos));
            status = replica.status();
            revisionWaits.reached(status.revision());
            checkpointWaits.serve(status.revision());
        } catch (RuntimeException | Error broken) {
            fail(broken);
        }
    }

    /** A machine that was suspended has wall time gone by that the monotonic clock did not count. */
    private void noticeClockJump(long nanos) {
        long wallMs = System.currentTimeMillis();
        if (System.nanoTime() - nanos < READ_TOGETHER_NANOS && clocks.haveMovedApart(nanos, wallMs)) {
            inbox.add(0, new Input.ClockJumped());
        }
    }

    private void carryOut(List<Effect> effects) {
        @Nullable List<LogRecord> records = null;
        long upTo = 0;
        long dropSlot = 0;
        for (Effect effect : effects) {
            if (effect instanceof Effect.Send send) {
                peers.send(send.to(), send.message());
            } else if (effect instanceof Effect.Persist persist) {
                records = records == null ? new ArrayList<>() : records;
                records.add(persist.record());
                upTo = persist.sequence();
            } else if (effect instanceof Effect.Respond respond) {
                Consumer<Answer> answer = open.remove(respond.callId());
                if (answer != null) {
                    tell(answer, respond.answer());
                }
            } else if (effect instanceof Effect.ReadLog read) {
                store.read(read.fromSlot(), read.maxBytes(), entries -> add(new Input.LogRead(read.peer(), entries)));
            } else if (effect instanceof Effect.HurryCheckpoint) {
                checkpoints.hurry();
            } else if (effect instanceof Effect.TakeCheckpoint take) {
                checkpoints.take(take.checkpoint(), this::taken, this::refused);
            } else if (effect instanceof Effect.Reconfigured reconfigured) {
                configuration = reconfigured.configuration();
                LOG.log(Level.INFO, "in the cell are now {0}", configuration);
                peers.members(configuration);
            } else if (effect instanceof Effect.StopReplica stop) {
                stop(stop);
            } else if (effect instanceof Effect.DropLog drop) {
                dropSlot = drop.throughSlot();
            } else {
                transfer(effect);
            }
        }
        if (records != null) {
            store.submit(records, upTo);
        }
        if (dropSlot > 0) {
            store.drop(dropSlot);
        }
        peers.flush();
    }

    private void transfer(Effect effect) {
        if (effect instanceof Effect.Happened now) {
            if (now.replaced()) {
                watches.everything();
            } else {
                watches.happened(now.events());
            }
        } else if (effect instanceof Effect.DigestsDisagree disagree) {
            report(disagree);
        } else if (effect instanceof Effect.ReadChunk read) {
            checkpoints.read(
                    read.name(), read.offset(), read.maxBytes(), chunk -> add(new Input.ChunkRead(read.peer(), chunk)));
        } else if (effect instanceof Effect.ResumeTransfer resume) {
            LOG.log(Level.INFO, "fetching a checkpoint from a peer: {0}", resume.name());
            checkpoints.resume(resume.name(), incoming);
        } else if (effect instanceof Effect.StoreChunk store) {
            checkpoints.store(store.chunk(), incoming);
        } else if (effect instanceof Effect.InstallCheckpoint install) {
            checkpoints.install(install.name(), incoming);
        }
    }

    private void stop(Effect.StopReplica stop) {
        if (stop.distrusted()) {
            // Ends the turn: nothing more of it is carried out.
            throw new ReplicaDistrusted(stop.reason());
        }
        context.runOnContext(later -> fail(new ReplicaRemoved(stop.reason())));
    }

    private static void report(Effect.DigestsDisagree disagree) {
        LOG.log(
                Level.ERROR,
                "the replicas'' states differ behind slot {0} and no majority agrees, so none is stopped: {1}. Keep a copy"
                        + " of every data directory and see docs/operations.md",
                Long.toString(disagree.slot()),
                disagree.digests().entrySet().stream()
                        .map(each -> "replica " + each.getKey() + " has " + Long.toHexString(each.getValue()))
                        .collect(Collectors.joining(", ")));
    }

    /** The replica cannot go on: the disk failed, or an invariant is broken. On the event loop. */
    public void fail(Throwable cause) {
        if (!stopped) {
            stop();
            onFailure.accept(cause);
        }
    }

    /** Takes no more inputs and answers nobody, as if the process had died. On the event loop. */
    public void halt() {
        open.clear();
        checkpointWaits.forget();
        stop();
    }

    /** Takes no more inputs, and answers every open call. On the event loop. */
    public void stop() {
        stopped = true;
        vertx.cancelTimer(timer);
        status = status.stopped("this replica has stopped; its log says why");
        List<Consumer<Answer>> waiting = List.copyOf(open.values());
        open.clear();
        waiting.forEach(answer -> tell(answer, stoppedAnswer()));
        checkpointWaits.giveUp();
    }

    /** What goes wrong at a door is that client's trouble: it must neither stop the replica nor cost others an answer. */
    private static void tell(Consumer<Answer> answer, Answer given) {
        try {
            answer.accept(given);
        } catch (RuntimeException broken) {
            LOG.log(Level.ERROR, "an answer could not be given to its client", broken);
        }
    }

    private Answer stoppedAnswer() {
        ReplicaStatus last = status;
        return new Answer(
                new Reply.Failed(new Problem(
                        ProblemCode.NO_LEADER,
                        "this replica is stopping; ask another one, and repeat a write with the same Idempotency-Key,"
                                + " for it may have been done")),
                last.revision(),
                last.epoch(),
                0,
                0);
    }
}
