package io.lockservice.transfer;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;

/** What transfers ask of the replica around them. Called within a step only. */
public interface TransferHost {
    /** Send now; may be lost. */
    void send(int to, TransferMessage message);

    /** Read a chunk of one of this replica's checkpoints for {@code peer}; told to {@link Donor#chunkRead}. */
    void readChunk(int peer, CheckpointName name, long offset, int maxBytes);

    /** See how much of {@code name} is here from an earlier try; told to {@link Transfer#stored}. */
    void resumeTransfer(CheckpointName name);

    /** Add a chunk to what is here; told to {@link Transfer#stored}. */
    void storeChunk(Chunk chunk);

    /** Prove the whole file and take over what is in it; told to {@link Transfer#ended}. */
    void installCheckpoint(CheckpointName name);

    /** Ask another peer than the leader for what this replica lacks. */
    void askFollower();
}
