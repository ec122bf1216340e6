package io.lockservice.replica;

import io.lockservice.api.Answer;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogRecord;

/**
 * What a replica wants done, to be carried out in the order given. The replica itself holds back what must not be said
 * before something is durable, so an effect can always be carried out at once; only {@link Persist} is answered, by
 * {@link Input.Durable}.
 */
public sealed interface Effect {
    /**
     * Append to the journal.
     *
     * @param sequence numbers the persists of this replica object from 1 without gaps
     */
    record Persist(long sequence, LogRecord record) implements Effect {}

    /** Send to a peer; may be lost. */
    record Send(int to, Message message) implements Effect {}

    /** Answer a client's {@link Input.Called}. */
    record Respond(long callId, Answer answer) implements Effect {}

    /**
     * Read chosen entries that are no longer in memory, for a lagging peer; answered by {@link Input.LogRead}.
     *
     * @param fromSlot the first slot wanted
     * @param maxBytes bound on the size of the values, but at least one entry
     */
    record ReadLog(int peer, long fromSlot, int maxBytes) implements Effect {}

    /**
     * Write a checkpoint to a file, off the event loop, verify and name it. Answered by {@link Input.CheckpointTaken} or
     * {@link Input.CheckpointRefused}; there is never more than one under way.
     */
    record TakeCheckpoint(Checkpoint checkpoint) implements Effect {}

    /**
     * The journal no longer needs the entries up to and including {@code throughSlot}: whole segments of only such are
     * deleted. What else they held was persisted again before this.
     */
    record DropLog(long throughSlot) implements Effect {}

    /** Read bytes of the checkpoint {@code name} for a lagging peer; answered by {@link Input.ChunkRead}. */
    record ReadChunk(int peer, CheckpointName name, long offset, int maxBytes) implements Effect {}

    /**
     * Keep a piece of a checkpoint that is being fetched. Offset 0 begins the file anew; what was begun under another
     * name is deleted. Answered by {@link Input.ChunkStored}.
     */
    record StoreChunk(Chunk chunk) implements Effect {}

    /**
     * All of {@code name} has been stored: verify it, keep it as a checkpoint of this replica, and read it. Answered by
     * {@link Input.CheckpointInstalled}.
     */
    record InstallCheckpoint(CheckpointName name) implements Effect {}

    /** Who is in the cell has changed: where the bus connects to, where clients are sent. */
    record Reconfigured(Configuration configuration) implements Effect {}

    /**
     * This replica must stop for good, though nothing is broken around it.
     *
     * @param reason for the operator: what happened and what to do
     * @param isDiverged its state differs from that of the others: the files are to be kept as evidence, and the replica is
     *     to come back with new data
     */
    record StopReplica(String reason, boolean isDiverged) implements Effect {}
}
