package io.lockservice.client.election;

/**
 * Who leads, as the cell sees it.
 *
 * @param client the name of its session
 * @param note what it advertises, an address for instance
 * @param token of its grant
 * @param heldMs for how long it has led, -1 where unknown
 */
public record Leader(String client, String note, long token, long heldMs) {}
