package io.lockservice.sim.cluster;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.LogEntry;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.replica.ReplicaSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A machine with a disk and a clock, and on it a replica's process that can crash at any effect, be stopped for a while,
 * or be suspended together with its clock.
 */
public final class Host {
    /** The surroundings that all hosts share. */
    record Surroundings(
            Scheduler scheduler, Network network, Observer observer, Trace trace, Subject.Starter starter) {}

    private final Surroundings around;
    private final ReplicaSettings settings;
    private final Disk disk;
    private final LocalClock clock;
    private final long turnNanos;
    private final Map<Long, Consumer<Answer>> openCalls = new HashMap<>();
    private List<Input> inbox = new ArrayList<>();
    private List<Effect> unfinished = List.of();
    private @Nullable Subject subject;
    private long incarnation;
    private long dataIncarnation;
    private long lastCallId;
    private boolean turnPlanned;
    private boolean stopped;
    private int effectsUntilCrash = -1;
    private int effectsUntilStop = -1;
    private long stopNanos;

    Host(Surroundings around, ReplicaSettings settings, Disk disk, LocalClock clock, long turnNanos) {
        this.around = around;
        this.settings = settings;
        this.disk = disk;
        this.clock = clock;
        this.turnNanos = turnNanos;
        this.dataIncarnation = settings.dataIncarnation();
        disk.watch(() -> offer(new Input.DiskRoomChanged(disk.room())));
    }

    /** The replica's id. */
    public int id() {
        return settings.replicaId();
    }

    /** What runs here; null while it is down. */
    public @Nullable Subject subject() {
        return subject;
    }

    /** Which process this is, counted from 1. */
    public long incarnation() {
        return incarnation;
    }

    /** Of the data that its disk has: another after each {@link #wipe}. */
    public long dataIncarnation() {
        return dataIncarnation;
    }

    /** Kills the process and loses all that its disk has, or all that can be trusted. */
    public void wipe() {
        crash();
        note("loses its disk");
        dataIncarnation += 1_000;
        disk.wipe();
        around.observer.wiped(this);
    }

    /** The machine's disk. */
    public Disk disk() {
        return disk;
    }

    /** The machine's clock. */
    public LocalClock clock() {
        return clock;
    }

    /** What the machine's clock shows now. */
    public long localNow() {
        return clock.read(around.scheduler.now());
    }

    /** True while the process runs and is not stopped. */
    public boolean isRunning() {
        return subject != null && !stopped;
    }

    /** True while the process has been told, or is about to be, that its clock stood still, and has not reacted yet. */
    public boolean isToldOfJump() {
        return !inbox.isEmpty() && inbox.get(0) instanceof Input.ClockJumped;
    }

    /** Starts a process that finds what the disk kept. Does nothing while one runs. */
    public void start() {
        if (subject != null) {
            return;
        }
        incarnation++;
        lastCallId = 0;
        long process = incarnation;
        ReplicaSettings mine = new ReplicaSettings(
                settings.cell(),
                settings.replicaId(),
                incarnation,
                dataIncarnation,
                settings.configuration(),
                settings.paxos(),
                settings.seed() + incarnation,
                settings.tickMs(),
                settings.maxContentBytes(),
                settings.maxCalls(),
                settings.idempotencyKeepMs(),
                settings.checkpoints(),
                settings.digestEverySlots());
        note("starts as incarnation " + incarnation);
        subject = around.starter.start(
                mine,
                disk.open(sequence -> {
                    around.observer.synced(this);
                    offer(new Input.Durable(sequence));
                }),
                localNow());
        around.observer.started(this);
        if (disk.room() != DiskRoom.ENOUGH) {
            offer(new Input.DiskRoomChanged(disk.room()));
        }
        tick(process);
    }

    /** Kills the process now. */
    public void crash() {
        if (subject == null) {
            return;
        }
        note("crashes");
        subject = null;
        inbox = new ArrayList<>();
        unfinished = List.of();
        openCalls.clear();
        effectsUntilCrash = -1;
        effectsUntilStop = -1;
        if (clock.isSuspended()) {
            clock.resume(around.scheduler.now());
        }
        stopped = false;
        disk.crash();
        around.observer.crashed(this);
    }

    /** Kills the process once it has carried out so many more effects. */
    public void crashAfterEffects(int effects) {
        effectsUntilCrash = effects;
    }

    /** Stops the process, its clock running on, after so many more effects and for so long; then it goes on from there. */
    public void stopAfterEffects(int effects, long nanos) {
        effectsUntilStop = effects;
        stopNanos = nanos;
    }

    /** Calls off a crash or a stop that has not happened yet. */
    public void callOff() {
        effectsUntilCrash = -1;
        effectsUntilStop = -1;
    }

    /** Stops the process, its clock running on, until {@link #goOn}. What arrives is kept. */
    public void stop() {
        if (isRunning()) {
            note("is stopped");
            stopped = true;
        }
    }

    /** Suspends the whole machine with its clock, until {@link #goOn}. */
    public void suspend() {
        if (isRunning()) {
            note("is suspended");
            stopped = true;
            clock.suspend(around.scheduler.now());
            inbox.add(0, new Input.ClockJumped());
        }
    }

    /** Ends {@link #stop} and {@link #suspend}. */
    public void goOn() {
        if (!stopped) {
            return;
        }
        note("goes on");
        stopped = false;
        if (clock.isSuspended()) {
            clock.resume(around.scheduler.now());
        }
        List<Effect> rest = unfinished;
        unfinished = List.of();
        carryOut(rest);
        planTurn();
    }

    /** Hands a client's call to the process. False when there is none: the connection is refused. */
    public boolean call(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer) {
        if (subject == null) {
            return false;
        }
        lastCallId++;
        openCalls.put(lastCallId, answer);
        offer(new Input.Called(lastCallId, call, timeoutMs, maxStaleMs));
        return true;
    }

    /** Something happens to the process; lost when there is none. */
    public void offer(Input input) {
        if (subject == null) {
            return;
        }
        inbox.add(input);
        planTurn();
    }

    void arrived(Network.Sender from, Message message) {
        if (subject != null) {
            around.observer.arrived(from.id(), this, message);
            offer(new Input.Received(from.id(), from.dataIncarnation(), message));
        }
    }

    private void tick(long process) {
        if (process != incarnation || subject == null) {
            return;
        }
        if (!stopped) {
            offer(new Input.Tick());
        }
        around.scheduler.after(clock.trueDuration(settings.tickMs() * Scheduler.MS), () -> tick(process));
    }

    private void planTurn() {
        if (turnPlanned || stopped || inbox.isEmpty()) {
            return;
        }
        turnPlanned = true;
        around.scheduler.after(turnNanos, () -> {
            turnPlanned = false;
            turn();
        });
    }

    private void turn() {
        Subject now = subject;
        if (now == null || stopped || inbox.isEmpty()) {
            return;
        }
        List<Input> inputs = inbox;
        inbox = new ArrayList<>();
        if (around.trace.isOn()) {
            inputs.stream().filter(input -> !(input instanceof Input.Tick)).forEach(input -> note("<- " + input));
        }
        List<Effect> effects = now.step(inputs, localNow());
        around.observer.stepped(this, inputs, effects);
        carryOut(effects);
    }

    private void carryOut(List<Effect> effects) {
        for (int i = 0; i < effects.size(); i++) {
            if (effectsUntilCrash >= 0 && effectsUntilCrash-- == 0) {
                crash();
                return;
            }
            if (effectsUntilStop >= 0 && effectsUntilStop-- == 0) {
                unfinished = effects.subList(i, effects.size());
                stop();
                around.scheduler.after(stopNanos, this::goOn);
                return;
            }
            if (effects.get(i) instanceof Effect.StopReplica stop && stop.distrusted()) {
                crash();
                return;
            }
            carryOut(effects.get(i));
        }
    }

    private void carryOut(Effect effect) {
        if (around.trace.isOn()) {
            note("-> " + effect);
        }
        if (effect instanceof Effect.Persist persist) {
            around.observer.persisted(this, persist.record());
            disk.append(persist.sequence(), persist.record());
        } else if (effect instanceof Effect.Send send) {
            around.observer.sent(this, send.to(), send.message());
            around.network.send(new Network.Sender(id(), dataIncarnation), send.to(), send.message());
        } else if (effect instanceof Effect.Respond respond) {
            Consumer<Answer> caller = openCalls.remove(respond.callId());
            if (caller == null) {
                throw new IllegalStateException(
                        "replica " + id() + " answers call " + respond.callId() + ", which is not open");
            }
            caller.accept(respond.answer());
        } else if (effect instanceof Effect.ReadLog read) {
            read(read, incarnation);
        } else if (effect instanceof Effect.TakeCheckpoint take) {
            disk.checkpoints()
                    .take(
                            settings.cell(),
                            take.checkpoint(),
                            name -> offer(new Input.CheckpointTaken(name)),
                            () -> offer(new Input.CheckpointRefused(
                                    take.checkpoint().slot(), "the disk is full")));
        } else if (effect instanceof Effect.StopReplica) {
            around.scheduler.after(0, this::crash);
        } else if (effect instanceof Effect.DropLog drop) {
            disk.drop(drop.throughSlot());
        } else {
            transfer(effect);
        }
    }

    private void transfer(Effect effect) {
        Checkpoints checkpoints = disk.checkpoints();
        if (effect instanceof Effect.ReadChunk read) {
            checkpoints.read(
                    read.name(),
                    read.offset(),
                    read.maxBytes(),
                    chunk -> offer(new Input.ChunkRead(read.peer(), chunk)));
        } else if (effect instanceof Effect.ResumeTransfer resume) {
            checkpoints.resume(resume.name(), length -> offer(new Input.ChunkStored(resume.name(), length)));
        } else if (effect instanceof Effect.StoreChunk store) {
            CheckpointName name = store.chunk().name();
            checkpoints.store(
                    store.chunk(),
                    length -> offer(new Input.ChunkStored(name, length)),
                    () -> offer(new Input.TransferFailed(name, "the disk is full")));
        } else if (effect instanceof Effect.InstallCheckpoint install) {
            checkpoints.install(
                    install.name(),
                    settings.cell(),
                    settings.maxContentBytes(),
                    restored -> offer(new Input.CheckpointInstalled(install.name(), restored)));
        }
    }

    private void read(Effect.ReadLog read, long process) {
        around.scheduler.after(disk.readNanos(), () -> {
            if (process == incarnation && subject != null) {
                List<LogEntry> entries = disk.read(read.fromSlot(), read.maxBytes());
                offer(new Input.LogRead(read.peer(), entries));
            }
        });
    }

    private void note(String what) {
        around.trace.line(around.scheduler.now(), "r" + id(), what);
    }
}
