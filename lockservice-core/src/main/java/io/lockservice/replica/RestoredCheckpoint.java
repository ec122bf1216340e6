package io.lockservice.replica;

import io.lockservice.cell.StateMachine;
import io.lockservice.log.Configuration;

/**
 * What a {@link Checkpoint} was read back to. The state is not shared: whoever gets it owns it.
 *
 * @param slot everything up to here is in it
 * @param configuration of the slots behind it
 * @param state whose digest has been compared with the one in the file
 */
public record RestoredCheckpoint(long slot, Configuration configuration, StateMachine state) {}
