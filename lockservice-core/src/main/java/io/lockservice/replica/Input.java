package io.lockservice.replica;

import io.lockservice.api.ClientCall;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.log.LogEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     */
    record Received(int from, Message message) implements Input {}

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
     * The answer to {@link Effect.ReadLog}.
     *
     * @param peer who asked
     * @param entries chosen entries, ascending, without gaps
     */
    record LogRead(int peer, List<LogEntry> entries) implements Input {}

    /** The process is asked to stop: a leader hands over. */
    record Resign() implements Input {}

    /** {@link Effect.TakeCheckpoint} is done: the file is durable and was read back. */
    record CheckpointTaken(CheckpointName name) implements Input {}

    /** {@link Effect.TakeCheckpoint} could not be done; {@code reason} is for the log. It will be tried again later. */
    record CheckpointRefused(long slot, String reason) implements Input {}

    /** Somebody wants a checkpoint now, a backup for example: one is taken unless one is under way. */
    record CheckpointWanted() implements Input {}

    /**
     * The answer to {@link Effect.ReadChunk}: bytes of a checkpoint that this replica has; none where it has no longer.
     */
    record ChunkRead(int peer, Chunk chunk) implements Input {}

    /** The answer to {@link Effect.StoreChunk}: so much of the file is on disk, from its beginning. */
    record ChunkStored(CheckpointName name, long storedBytes) implements Input {}

    /**
     * The answer to {@link Effect.InstallCheckpoint}.
     *
     * @param restored what the file holds; null where the file is not what its name says or cannot be read: it is gone
     */
    record CheckpointInstalled(
            CheckpointName name, @Nullable RestoredCheckpoint restored) implements Input {}

    /** How much room the disk has, whenever that changes. */
    record DiskRoom(Room room) implements Input {
        /** From best to worst. */
        public enum Room {
            /** Everything may be written. */
            ENOUGH,
            /** Nothing that grows the state is to be let in; releases and deletes go on from what is set aside. */
            LOW,
            /** Nothing can be appended any more. */
            NONE
        }
    }
}
