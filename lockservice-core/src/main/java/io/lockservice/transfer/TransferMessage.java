package io.lockservice.transfer;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;

/** What replicas say to each other about checkpoints. Every message may be lost, late, repeated or out of order. */
public sealed interface TransferMessage {
    /**
     * Donor to laggard: what you asked for is no longer in my log, but in this checkpoint.
     *
     * @param name of the newest there is
     */
    record Offered(CheckpointName name) implements TransferMessage {}

    /**
     * Laggard to donor: send me a chunk. Answered by {@link Fetched}, or by {@link Offered} where that checkpoint has been
     * replaced by another.
     *
     * @param name the checkpoint that was offered
     * @param offset of the first byte wanted
     */
    record Fetch(CheckpointName name, long offset) implements TransferMessage {}

    /** Donor to laggard: the chunk that was asked for. */
    record Fetched(Chunk chunk) implements TransferMessage {}
}
