package io.lockservice.server.bus;

import static io.lockservice.server.bus.TestCell.await;
import static io.lockservice.server.bus.TestCell.peer;
import static io.lockservice.server.bus.TestCell.untilOn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import io.lockservice.paxos.PaxosMessage;
import io.lockservice.replica.Message;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.config.CellConfig.Member;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that is stopped still has a kernel which accepts connections and fills its buffers, and then takes no more. */
@Timeout(60)
class StoppedPeerTest {
    private static final int MESSAGE_BYTES = 64 << 10;
    private static final int MESSAGES_OF_A_TURN = 32;
    private static final int TURNS = 100;
    private static final long MOST_HEAP_BYTES = 64L << 20;

    /** Without the gate, 200 MB are queued, which take three times as much memory. */
    @Test
    void aFloodTowardsItStaysWithinTheWindowAndTheConnectionIsCutInTheEnd() throws IOException {
        try (ServerSocket stopped = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Member one = TestCell.members(1).get(0);
            Member two = new Member(2, "127.0.0.1", stopped.getLocalPort(), 1);
            CellConfig config = CellConfig.of(TestCell.CELL, List.of(one, two));
            try (TestCell cell = new TestCell(config)) {
                ReplicaBus bus = cell.open(1, 1);
                long heapBefore = usedHeap();
                long mostPending = flood(bus);
                long window = config.bus().windowBytes();
                assertTrue(mostPending > window / 2, "the peer's buffers were never full: " + mostPending);
                assertTrue(mostPending <= window + window / 64, "pending " + mostPending);
                assertTrue(usedHeap() - heapBefore < MOST_HEAP_BYTES, "heap grew by " + (usedHeap() - heapBefore));
                PeerStatus full = peer(bus, 2);
                assertEquals((long) TURNS * MESSAGES_OF_A_TURN, full.sentMessages() + full.droppedMessages());

                untilOn(bus, waiting -> {}, () -> peer(bus, 2).pendingBytes() == 0);
                assertTrue(peer(bus, 2).failedEnvelopes() > 0);
                assertFalse(peer(bus, 2).reachable());
            }
        }
    }

    /** Sends 200 MB, and gives the largest number of bytes that were pending. */
    private static long flood(ReplicaBus bus) {
        Value value = Value.ofBytes(new byte[MESSAGE_BYTES]);
        Message message = new Message.Consensus(new PaxosMessage.Accept(new ProposalNumber(1, 1), 1, 1, value, 0));
        CompletableFuture<Long> done = new CompletableFuture<>();
        turn(bus, message, TURNS, 0, done);
        return await(done);
    }

    private static void turn(
            ReplicaBus bus, Message message, int turnsLeft, long mostPending, CompletableFuture<Long> done) {
        if (turnsLeft == 0) {
            done.complete(mostPending);
            return;
        }
        bus.context().runOnContext(started -> {
            for (int i = 0; i < MESSAGES_OF_A_TURN; i++) {
                bus.send(2, message);
            }
            bus.flush();
            long pending = Math.max(mostPending, peer(bus, 2).pendingBytes());
            turn(bus, message, turnsLeft - 1, pending, done);
        });
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
