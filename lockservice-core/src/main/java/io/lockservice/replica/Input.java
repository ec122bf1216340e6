package io.lockservice.replica;

import io.lockservice.api.ClientCall;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.LogEntry;
import java.util.List;

/** What happens to a replica. */
public sealed interface Input {
    /** Time went by. Comes at least every {@link ReplicaSettings#tickMs()}; a missing tick only makes things late. */
    record Tick() implements Input {}

    /**
     * The wall clock and the monotonic clock moved apart, as after a suspended machine: whatever was counted on the
     * monotonic clock may have lasted longer, so the leader's lease is taken as lost.
     */
    record ClockJumped() implements Input {}

    /**
     * A message from a peer.
     *
     * @param from the peer's replica id, as the bus has established it
     * @param dataIncarnation of the peer's data
     */
    record Received(int from, long dataIncarnation, Message message) implements Input {}

    /**
     * Every {@link Effect.Persist} up to and including {@code sequence} is on disk.
     */
    record Durable(long sequence) implements Input {}

    /**
     * A client asks. Answered by exactly one {@link Effect.Respond} with the same id.
     *
     * @param callId unique and growing within the life of this replica object
     * @param timeoutMs how long the client waits for an answer, in milliseconds, beyond a {@code waitMs} in the call
     * @param maxStaleMs {@link #LINEARIZABLE}; or, for reads, answered from this replica's own state where it has heard
     *     from a leader within so many milliseconds ({@link Long#MAX_VALUE}: whenever that was)
     */
    record Called(long callId, ClientCall call, long timeoutMs, long maxStaleMs) implements Input {
        /** Not stale at all: the answer reflects every write answered before the call came. */
        public static final long LINEARIZABLE = -1;
    }

    /**
     * Whoever made that call has gone, its connection with it. A keep-alive that waits ends there, so that it does not renew the
     * lease of a client that may be dead; whatever else was asked for goes on. There is no answer any more.
     */
    record Gone(long callId) implements Input {}

    /**
     * The answer to {@link Effect.ReadLog}.
     *
     * @param peer who asked
     * @param entries chosen entries, ascending, without gaps
     */
    record LogRead(int peer, List<LogEntry> entries) implements Input {}

    /**
     * A session is to end as if its lease had run out by now, with its lock-delays and its event. Only a leader counts
     * leases: elsewhere, and where the session is over, nothing happens.
     */
    record LeaseOver(String session) implements Input {}

    /** The process is asked to stop: a leader hands over. */
    record Resign() implements Input {}

    /** {@link Effect.TakeCheckpoint} is done: the file is durable and was read back. */
    record CheckpointTaken(CheckpointName name) implements Input {}

    /** The answer to {@link Effect.ReadChunk}; a chunk without bytes where that checkpoint is gone. */
    record ChunkRead(int peer, Chunk chunk) implements Input {}

    /** {@code endOffset} bytes of a peer's checkpoint are here. */
    record ChunkStored(CheckpointName name, long endOffset) implements Input {}

    /**
     * A peer's checkpoint is complete, durable, and proved.
     *
     * @param restored what it holds, for this replica to own
     */
    record CheckpointInstalled(CheckpointName name, RestoredCheckpoint restored) implements Input {}

    /** The disk could not take a peer's checkpoint, or it was not what its name says; {@code reason} is for the log. */
    record TransferFailed(CheckpointName name, String reason) implements Input {}

    /** {@link Effect.TakeCheckpoint} could not be done; {@code reason} is for the log. It will be tried again later. */
    record CheckpointRefused(long slot, String reason) implements Input {}

    /** The disk of this replica has got more room or less. Until the first of these it has enough. */
    record DiskRoomChanged(DiskRoom room) implements Input {}

    /** Somebody wants a checkpoint now, a backup for example: one is taken unless one is under way. */
    record CheckpointWanted() implements Input {}
}
