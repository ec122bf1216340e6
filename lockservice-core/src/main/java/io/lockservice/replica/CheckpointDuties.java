package io.lockservice.replica;

import io.lockservice.cell.Snapshot;
import io.lockservice.cell.StateMachine;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.log.Configuration;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.LogEntry;
import io.lockservice.paxos.Paxos;
import io.lockservice.transfer.Donor;
import io.lockservice.transfer.Transfer;
import io.lockservice.transfer.TransferHost;
import io.lockservice.transfer.TransferMessage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All that a replica does about checkpoints: takes them, drops the log behind them, gives them to peers that lag, and
 * fetches one where it lags itself.
 */
final class CheckpointDuties implements TransferHost {
    private final ReplicaSettings settings;
    private final StateMachine state;
    private final Paxos paxos;
    private final Outbox outbox;
    private final CheckpointPolicy policy;
    private final Donor donor;
    private final Transfer transfer;
    private @Nullable Snapshot snapshot;
    private long snapshotSlot;
    private Configuration snapshotConfiguration;
    private boolean isWriting;
    private long droppedSlot;
    private long nowNanos;

    CheckpointDuties(
            ReplicaSettings settings,
            RecoveredCheckpoints recovered,
            StateMachine state,
            Paxos paxos,
            Outbox outbox,
            RandomGenerator random) {
        this.settings = settings;
        this.state = state;
        this.paxos = paxos;
        this.outbox = outbox;
        snapshotConfiguration = settings.configuration();
        policy = new CheckpointPolicy(settings.checkpoints(), recovered.kept(), random);
        donor = new Donor(this, settings.paxos().chunkBytes(), policy.newest());
        transfer = new Transfer(this, settings.paxos().retransmitMs());
    }

    /** An entry was applied. */
    void applied(LogEntry entry) {
        policy.applied(entry);
        hurryWhereLate();
    }

    /** The disk has got more room or less. */
    void roomChanged(DiskRoom room) {
        policy.cramped(room == DiskRoom.LOW);
        hurryWhereLate();
    }

    private void hurryWhereLate() {
        if (isWriting && policy.becomesLate()) {
            outbox.add(new Effect.HurryCheckpoint());
        }
    }

    /** Whether a checkpoint is on its way from a peer. */
    boolean isFetching() {
        return transfer.isUnderWay();
    }

    /** {@code peer} lacks the chosen slots from {@code fromSlot}, and the log does not have them. */
    void offer(int peer, long fromSlot) {
        donor.offer(peer, fromSlot);
    }

    /**
     * A step ends: starts a checkpoint where it is time for one, or goes on with it.
     *
     * <p>What was applied may not be in this replica's own journal yet: a majority of the others suffices for a slot. The
     * file waits for the journal, so that no restart finds a slot applied which its acceptor never heard of.
     */
    void advance(long nanos) {
        nowNanos = nanos;
        if (policy.isDue(nowNanos)) {
            policy.started(nowNanos);
            snapshotSlot = paxos.chosenSlot();
            snapshotConfiguration = paxos.configuration();
            snapshot = state.beginSnapshot();
        }
        Snapshot gathered = snapshot;
        if (gathered != null && gathered.advance(settings.checkpoints().nodesPerStep())) {
            snapshot = null;
            Checkpoint checkpoint = new Checkpoint(snapshotSlot, snapshotConfiguration, gathered);
            outbox.whenDurable(() -> write(checkpoint));
        }
    }

    private void write(Checkpoint checkpoint) {
        isWriting = true;
        outbox.add(new Effect.TakeCheckpoint(checkpoint));
    }

    /** Time went by. */
    void tick(long nanos) {
        nowNanos = nanos;
        transfer.tick(paxos.chosenSlot(), nanos);
    }

    /** A peer says something about checkpoints. */
    void received(int from, TransferMessage message, long nanos) {
        nowNanos = nanos;
        if (message instanceof TransferMessage.Fetch fetch) {
            donor.fetch(from, fetch);
        } else if (message instanceof TransferMessage.Fetched fetched) {
            transfer.fetched(fetched.chunk(), nanos);
        } else if (message instanceof TransferMessage.Offered offered && !paxos.isLeading()) {
            transfer.offered(from, offered.name(), from == paxos.leader(), paxos.chosenSlot(), nanos);
        }
    }

    /** The disk answers, or somebody wants a checkpoint. */
    void take(Input input, long nanos) {
        if (input instanceof Input.CheckpointTaken taken) {
            isWriting = false;
            policy.taken(taken.name());
            changed();
        } else if (input instanceof Input.CheckpointRefused refused) {
            isWriting = false;
            policy.refused(refused.slot(), nanos);
        } else if (input instanceof Input.CheckpointWanted) {
            policy.want();
        } else if (input instanceof Input.ChunkRead read) {
            donor.chunkRead(read.peer(), read.chunk());
        } else if (input instanceof Input.ChunkStored stored) {
            transfer.stored(stored.name(), stored.endOffset(), nanos);
        } else if (input instanceof Input.TransferFailed failed) {
            transfer.failed(failed.name(), nanos);
        }
    }

    /**
     * A peer's checkpoint is there. Returns whether all that this replica knows is now what it says; the log may have
     * overtaken it.
     */
    boolean install(Input.CheckpointInstalled installed, long nanos) {
        RestoredCheckpoint restored = installed.restored();
        transfer.ended(installed.name());
        policy.installed(installed.name());
        boolean isAhead = restored.slot() > paxos.chosenSlot() && !paxos.isLeading();
        if (isAhead) {
            if (snapshot != null) {
                snapshot = null;
                policy.abandoned();
            }
            state.become(restored.state());
            paxos.installed(restored.slot(), restored.configuration(), nanos);
        }
        changed();
        return isAhead;
    }

    /** The promise is written once more, so that the journal need not keep where it stands now. */
    private void changed() {
        CheckpointName newest = policy.newest();
        if (newest != null) {
            donor.renewed(newest);
        }
        long slot = policy.droppableSlot();
        if (slot > droppedSlot) {
            droppedSlot = slot;
            paxos.persistPromise();
            outbox.whenDurable(() -> outbox.add(new Effect.DropLog(slot)));
        }
    }

    @Override
    public void send(int to, TransferMessage message) {
        outbox.add(new Effect.Send(to, new Message.Transferring(message)));
    }

    @Override
    public void readChunk(int peer, CheckpointName name, long offset, int maxBytes) {
        outbox.add(new Effect.ReadChunk(peer, name, offset, maxBytes));
    }

    @Override
    public void resumeTransfer(CheckpointName name) {
        outbox.add(new Effect.ResumeTransfer(name));
    }

    @Override
    public void storeChunk(Chunk chunk) {
        outbox.add(new Effect.StoreChunk(chunk));
    }

    @Override
    public void installCheckpoint(CheckpointName name) {
        outbox.add(new Effect.InstallCheckpoint(name));
    }

    @Override
    public void askFollower() {
        paxos.askAnother(nowNanos);
    }
}
