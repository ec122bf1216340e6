package io.lockservice.api;

/**
 * A lock that was granted.
 *
 * @param name the lock's node
 * @param mode how it is held
 * @param session who holds it
 * @param sequencer proves the grant to others
 * @param token unique and growing over all grants in the cell's life
 * @param lockGeneration the node's
 * @param instance the node's
 */
public record Grant(
        String name,
        LockMode mode,
        String session,
        Sequencer sequencer,
        long token,
        long lockGeneration,
        long instance) {}
