package io.lockservice.log;

/**
 * A value accepted (or known to be chosen) for a slot.
 *
 * @param slot from 1
 * @param number the proposal under which it was accepted
 * @param value the value
 */
public record LogEntry(long slot, ProposalNumber number, Value value) {}
