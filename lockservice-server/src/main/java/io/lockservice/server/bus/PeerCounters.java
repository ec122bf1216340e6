package io.lockservice.server.bus;

import java.util.concurrent.atomic.AtomicLong;

/** What {@link PeerStatus} counts. Written on the replica's event loop, read from any thread. */
final class PeerCounters {
    final AtomicLong pendingBytes = new AtomicLong();
    final AtomicLong sentEnvelopes = new AtomicLong();
    final AtomicLong sentMessages = new AtomicLong();
    final AtomicLong sentBytes = new AtomicLong();
    final AtomicLong failedEnvelopes = new AtomicLong();
    final AtomicLong droppedMessages = new AtomicLong();
    final AtomicLong receivedEnvelopes = new AtomicLong();
    final AtomicLong receivedMessages = new AtomicLong();
    final AtomicLong receivedBytes = new AtomicLong();
    final AtomicLong staleEnvelopes = new AtomicLong();
    final AtomicLong lateEnvelopes = new AtomicLong();
}
