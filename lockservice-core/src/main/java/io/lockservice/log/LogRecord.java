package io.lockservice.log;

/**
 * One thing an acceptor must not forget. Records are read back in the order in which they were written; a later record
 * for a slot replaces an earlier one.
 */
public sealed interface LogRecord {
    /** This acceptor promised to answer no proposal below {@code number}. */
    record Promised(ProposalNumber number) implements LogRecord {}

    /** This acceptor accepted {@code entry}, or learned that its value is chosen; implies the promise of its number. */
    record Accepted(LogEntry entry) implements LogRecord {}

    /**
     * Every slot up to and including {@code slot} is chosen, and the last {@link Accepted} record of each holds the chosen
     * value. A hint that spares work at start: losing the newest ones is harmless.
     */
    record Chosen(long slot) implements LogRecord {}

    /**
     * Before the cell is founded: this replica met another of its first members with this data, and will found the cell
     * with no other.
     */
    record Met(int replicaId, long incarnation) implements LogRecord {}

    /** The cell's first configuration: every one of its voters had met the same replicas. */
    record Founded(Configuration configuration) implements LogRecord {}
}
