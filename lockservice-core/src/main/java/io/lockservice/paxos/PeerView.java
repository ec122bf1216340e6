package io.lockservice.paxos;

/**
 * What a replica knows of another one.
 *
 * @param reachable heard from lately
 * @param chosenSlot its chosen prefix, -1 where unknown
 * @param lastHeardMs how long ago it was heard from, -1 for never
 */
public record PeerView(boolean reachable, long chosenSlot, long lastHeardMs) {}
