package io.lockservice.replica;

import io.lockservice.cell.StateSnapshot;
import io.lockservice.log.Configuration;

/**
 * What a replica knows at one slot, to be written to a file: it then no longer needs the log up to there. May be read by
 * another thread while the replica goes on ("Paxos Made Live", section 5.5).
 *
 * @param slot everything up to here is in it
 * @param configuration of the slots behind it
 * @param state as it was when {@code slot} had been applied
 */
public record Checkpoint(long slot, Configuration configuration, StateSnapshot state) {}
