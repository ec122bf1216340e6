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
     * value. A hint that spares work at start, and how a replica still knows after a restart who is in the cell.
     */
    record Chosen(long slot) implements LogRecord {}

    /** The cell was founded with these members. */
    record Founded(Configuration configuration) implements LogRecord {}

    /**
     * Every slot up to and including {@code slot} is known from a peer's checkpoint. The {@link Accepted} records up to there
     * are what this acceptor accepted, and need not hold what was chosen: without that checkpoint, {@link Chosen} records
     * after this one say nothing.
     */
    record Installed(long slot) implements LogRecord {}
}
