package io.lockservice.server.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.LogLines;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerTest {
    private static final long WINDOW = 1 << 20;

    private final List<Envelope> wire = new ArrayList<>();
    private final List<Promise<Void>> writes = new ArrayList<>();
    private long nowMs = 1_000;
    private final Peer peer = new Peer(1, 2, WINDOW, () -> nowMs, this::write);

    @Test
    void oneTurnIsOneEnvelope() {
        peer.send(new byte[] {1}, PeerGate.Lane.BULK);
        peer.send(new byte[] {2}, PeerGate.Lane.BULK);
        assertTrue(wire.isEmpty());
        peer.flush("paris", new Incarnation(77, 7));
        peer.flush("paris", new Incarnation(77, 7));
        assertEquals(1, wire.size());
        Envelope envelope = wire.get(0);
        assertEquals(2, envelope.messages().size());
        assertEquals(2, envelope.messages().get(1)[0]);
        assertEquals(1, envelope.sender());
        assertEquals(77, envelope.incarnation().process());
    }

    @Test
    void aLargeTurnIsSplitInOrderAndNumbered() {
        for (int i = 0; i < 10; i++) {
            byte[] message = new byte[100_000];
            message[0] = (byte) i;
            peer.send(message, PeerGate.Lane.BULK);
        }
        peer.flush("paris", new Incarnation(77, 7));
        assertEquals(5, wire.size());
        int next = 0;
        for (int i = 0; i < wire.size(); i++) {
            assertEquals(i + 1, wire.get(i).number());
            for (byte[] message : wire.get(i).messages()) {
                assertEquals(next++, message[0]);
            }
        }
        assertEquals(10, next);
    }

    @Test
    void aMessageLargerThanAnEnvelopeGoesAlone() {
        peer.send(new byte[1], PeerGate.Lane.BULK);
        peer.send(new byte[Peer.ENVELOPE_BYTES + 1], PeerGate.Lane.BULK);
        peer.send(new byte[1], PeerGate.Lane.BULK);
        peer.flush("paris", new Incarnation(77, 7));
        assertEquals(
                List.of(1, 1, 1), wire.stream().map(e -> e.messages().size()).toList());
    }

    @Test
    void whatNoPeerWouldTakeIsDropped() {
        peer.send(new byte[Envelope.MAX_BYTES], PeerGate.Lane.BULK);
        peer.flush("paris", new Incarnation(77, 7));
        assertTrue(wire.isEmpty());
        assertEquals(1, peer.status().droppedMessages());
    }

    @Test
    void beyondTheWindowMessagesAreDroppedAndCounted() {
        for (int i = 0; i < 100; i++) {
            peer.send(new byte[100_000], PeerGate.Lane.BULK);
            peer.flush("paris", new Incarnation(77, 7));
        }
        PeerStatus status = peer.status();
        assertEquals(10, status.sentMessages());
        assertEquals(90, status.droppedMessages());
        assertTrue(status.pendingBytes() <= WINDOW + 10 * Envelope.MAX_OVERHEAD_BYTES);
        writes.forEach(Promise::complete);
        assertEquals(0, peer.status().pendingBytes());
        peer.send(new byte[100_000], PeerGate.Lane.BULK);
        peer.flush("paris", new Incarnation(77, 7));
        assertEquals(11, peer.status().sentMessages());
    }

    @Test
    void aGoneThenRestartedPeerIsSeenSo() {
        assertTrue(peer.status().reachable());
        peer.send(new byte[1], PeerGate.Lane.BULK);
        peer.flush("paris", new Incarnation(77, 7));
        writes.remove(0).fail("connection refused");
        assertFalse(peer.status().reachable());
        assertEquals(1, peer.status().failedEnvelopes());
        peer.send(new byte[1], PeerGate.Lane.BULK);
        peer.flush("paris", new Incarnation(77, 7));
        assertEquals(1, wire.size());
        nowMs += PeerGate.FIRST_BACKOFF_MS;
        peer.send(new byte[1], PeerGate.Lane.BULK);
        peer.flush("paris", new Incarnation(77, 7));
        writes.remove(0).complete();
        assertFalse(peer.status().reachable());
        assertTrue(peer.heard(envelope(5, 1), 10));
        assertTrue(peer.status().reachable());
    }

    @Test
    void anOlderProcessOfThePeerIsStale() {
        assertEquals(-1, peer.status().heardMs());
        assertTrue(peer.heard(envelope(5, 100), 10));
        assertTrue(peer.heard(envelope(6, 1), 10));
        nowMs += 40;
        assertFalse(peer.heard(envelope(5, 101), 10));
        PeerStatus status = peer.status();
        assertEquals(40, status.heardMs());
        assertEquals(1, status.staleEnvelopes());
        assertEquals(0, status.lateEnvelopes());
        assertEquals(2, status.receivedEnvelopes());
        assertEquals(20, status.receivedBytes());
    }

    @Test
    void anOlderProcessThatGoesOnIsNamedOnce() {
        try (LogLines lines = new LogLines(Peer.class.getName())) {
            peer.heard(envelope(6, 1), 10);
            nowMs += 9_999;
            peer.heard(envelope(5, 101), 10);
            assertEquals(List.of(), lines.containing("is not listened to"), "it may have been sent before");
            nowMs += 1;
            peer.heard(envelope(5, 102), 10);
            peer.heard(envelope(5, 103), 10);
            assertEquals(1, lines.containing("peer 2 is not listened to").size());
        }
    }

    @Test
    void lateAndRepeatedEnvelopesAreLetInAndCounted() {
        assertTrue(peer.heard(envelope(5, 2), 10));
        assertTrue(peer.heard(envelope(5, 1), 10));
        assertTrue(peer.heard(envelope(5, 2), 10));
        assertTrue(peer.heard(envelope(5, 3), 10));
        assertEquals(2, peer.status().lateEnvelopes());
    }

    private Future<Void> write(byte[] sealed) {
        wire.add(Envelope.open(sealed));
        Promise<Void> written = Promise.promise();
        writes.add(written);
        return written.future();
    }

    private static Envelope envelope(long incarnation, long number) {
        return new Envelope("paris", 2, new Incarnation(incarnation, 7), number, List.of(new byte[0]));
    }
}
