package io.lockservice.log;

import java.util.List;

/**
 * What durable storage must promise to a replica. The server's implementation is a segmented file; the simulator's is
 * memory that forgets what was not synced.
 *
 * <p>Threading: the implementation decides; the core never calls it. It is carried out by whoever runs the effects.
 */
public interface Journal extends AutoCloseable {
    /**
     * Everything that was durable when the journal was last closed or its process died, in the order of writing. Called
     * once, before the first append.
     */
    void replay(java.util.function.Consumer<LogRecord> consumer);

    /**
     * Appends {@code records} in order and returns once they are all durable (one fsync for the batch). Any exception
     * means that it is unknown what reached the disk: the replica must stop, and must not try again.
     */
    void append(List<LogRecord> records);

    /**
     * The last {@link LogRecord.Accepted} entries for consecutive slots from {@code fromSlot}, as many as fit
     * {@code maxBytes} but at least one where it exists; none where it was dropped. Serves a lagging peer; only asked for
     * slots known to be chosen.
     */
    List<LogEntry> read(long fromSlot, int maxBytes);

    /**
     * The accepted entries up to {@code slot} will not be asked for again: they may be deleted, and all or some of them will
     * be. The last {@link LogRecord.Promised} record stays, and everything written after it.
     */
    void drop(long slot);

    /** An append that waits for room on a full disk, or will, fails: the process is about to stop. Any thread. */
    default void giveUpWaiting() {}

    @Override
    void close();
}
