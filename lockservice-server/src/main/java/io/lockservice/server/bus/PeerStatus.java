package io.lockservice.server.bus;

/**
 * How it stands with a peer, counted since the bus was opened.
 *
 * @param replicaId the peer
 * @param reachable false from a failed write until a write succeeds and something is heard again
 * @param heardMs how long ago something came from it, in milliseconds; -1 for never
 * @param pendingBytes handed to the bus and not yet taken by the connection
 * @param sentEnvelopes handed to the bus
 * @param sentMessages in those
 * @param sentBytes of those
 * @param failedEnvelopes of those, that could not be written
 * @param droppedMessages never handed to the bus: window full, backing off, or peer silent
 * @param receivedEnvelopes that were let in
 * @param receivedMessages in those
 * @param receivedBytes of those
 * @param staleEnvelopes dropped: from an older process of the peer than one heard before
 * @param lateEnvelopes that came after one sent later, or twice
 */
public record PeerStatus(
        int replicaId,
        boolean reachable,
        long heardMs,
        long pendingBytes,
        long sentEnvelopes,
        long sentMessages,
        long sentBytes,
        long failedEnvelopes,
        long droppedMessages,
        long receivedEnvelopes,
        long receivedMessages,
        long receivedBytes,
        long staleEnvelopes,
        long lateEnvelopes) {}
