package io.lockservice.replica;

import io.lockservice.api.Answer;
import io.lockservice.api.event.Event;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogRecord;
import java.util.List;
import java.util.SortedMap;

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

    /** The checkpoint that is being written should be done soon: the log grows meanwhile, or the disk is nearly full. */
    record HurryCheckpoint() implements Effect {}

    /**
     * These events were applied here, in order: who watches may want to read on. With {@code replaced} the whole state is
     * another one, and anything may have happened.
     */
    record Happened(List<Event> events, boolean replaced) implements Effect {}

    /** Who is in the cell has changed: these are the peers to talk to from now on. */
    record Reconfigured(Configuration configuration) implements Effect {}

    /**
     * Stop this replica for good; {@code reason} is for people.
     *
     * @param distrusted false where the operator has decided so; true where this replica's data is not to be trusted: then
     *     nothing that comes after this effect is to be carried out, and the data is evidence, not to be used again
     */
    record StopReplica(String reason, boolean distrusted) implements Effect {}

    /**
     * Tell the operator that the voters' states differ behind a slot, and that no state is the majority's.
     *
     * @param digests what each voter has that told, by replica
     */
    record DigestsDisagree(long slot, SortedMap<Integer, Long> digests) implements Effect {}

    /** Delete what the journal has of the log up to {@code throughSlot}, as {@link io.lockservice.log.Journal#drop} says. */
    record DropLog(long throughSlot) implements Effect {}

    /**
     * Read a chunk of a checkpoint of this replica, for a lagging peer; answered by {@link Input.ChunkRead}. A file that is
     * being read is kept for a while though newer ones have replaced it.
     *
     * @param maxBytes bound on the size, but at least one byte where the file is there
     */
    record ReadChunk(int peer, CheckpointName name, long offset, int maxBytes) implements Effect {}

    /**
     * See how much of a peer's checkpoint is here, and forget those of other names; answered by {@link Input.ChunkStored} or
     * {@link Input.TransferFailed}.
     */
    record ResumeTransfer(CheckpointName name) implements Effect {}

    /** Add to what is here of a peer's checkpoint; answered as {@link ResumeTransfer}. */
    record StoreChunk(Chunk chunk) implements Effect {}

    /**
     * All of it is here: prove it and read it, as one of this replica's own. Answered by {@link Input.CheckpointInstalled} or
     * {@link Input.TransferFailed}.
     */
    record InstallCheckpoint(CheckpointName name) implements Effect {}
}
