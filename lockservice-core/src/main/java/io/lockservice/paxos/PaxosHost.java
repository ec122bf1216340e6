package io.lockservice.paxos;

import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;

/** What consensus asks of the replica around it. Called within a step only. */
public interface PaxosHost {
    /** Send now; may be lost. */
    void send(int to, PaxosMessage message);

    /** Append to the journal. */
    void persist(LogRecord record);

    /**
     * Run {@code action} within a later part of this step or in a later step, once everything persisted so far is on
     * disk. Actions run in the order in which they were given.
     */
    void whenDurable(Runnable action);

    /** The bytes of the records that were persisted and are not on disk yet. */
    long unsyncedBytes();

    /** How long the oldest of those records has been waiting for a disk that could write it; 0 where there is none. */
    default long unsyncedNanos() {
        return 0;
    }

    /** Read chosen entries from the journal for {@code peer}. */
    void readLog(int peer, long fromSlot, int maxBytes);

    /** {@code peer} lacks the chosen slots from {@code fromSlot}, which the journal no longer has. */
    void offerCheckpoint(int peer, long fromSlot);

    /** Whether a checkpoint is on its way from a peer, so that asking for single entries is of no use. */
    boolean isFetchingCheckpoint();

    /** The next slot of the log is chosen: apply it. */
    void chosen(LogEntry entry);

    /** Who is in the cell changes with the slot that is chosen now; told before {@link #chosen}. */
    void reconfigured(Configuration configuration);

    /** This replica leads now and may propose. */
    void startedLeading();

    /** This replica was elected and no longer leads; what it proposed, if anything, may or may not be chosen. */
    void stoppedLeading();
}
