package io.lockservice.server.bus;

import static io.lockservice.server.bus.TestCell.await;
import static io.lockservice.server.bus.TestCell.line;
import static io.lockservice.server.bus.TestCell.message;
import static io.lockservice.server.bus.TestCell.peer;
import static io.lockservice.server.bus.TestCell.runOn;
import static io.lockservice.server.bus.TestCell.send;
import static io.lockservice.server.bus.TestCell.untilOn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.LogLines;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.config.CellConfig.Member;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReplicaBusTest {
    private final TestCell cell = new TestCell(3);

    @AfterEach
    void close() {
        cell.close();
    }

    @Test
    void everyPairExchanges() {
        List<ReplicaBus> buses = List.of(cell.open(1, 1), cell.open(2, 1), cell.open(3, 1));
        for (int from = 1; from <= 3; from++) {
            for (int to = 1; to <= 3; to++) {
                if (to != from) {
                    send(buses.get(from - 1), to, 10L * from + to);
                }
            }
        }
        for (int to = 1; to <= 3; to++) {
            int at = to;
            untilOn(buses.get(to - 1), bus -> {}, () -> cell.received(at).size() == 2);
            for (int from = 1; from <= 3; from++) {
                assertEquals(to != from, cell.received(to).contains(line(from, 10L * from + to)));
            }
        }
        BusStatus status = buses.get(0).status();
        assertEquals(new BusStatus(status.peers(), 0, 0), status);
    }

    @Test
    void aTurnArrivesInOneEnvelopeOnTheReplicasEventLoop() {
        ReplicaBus one = cell.open(1, 1);
        ReplicaBus two = cell.open(2, 1);
        Thread[] threads = new Thread[2];
        runOn(two, () -> threads[0] = Thread.currentThread());
        two.receiver((from, data, messages) -> {
            threads[1] = Thread.currentThread();
            messages.forEach(message -> cell.received(2).add(from + ": " + message));
        });
        runOn(one, () -> {
            one.send(2, message(1));
            one.send(2, message(2));
            one.send(2, message(3));
            one.flush();
        });
        untilOn(two, bus -> {}, () -> cell.received(2).size() == 3);
        assertEquals(List.of(line(1, 1), line(1, 2), line(1, 3)), cell.received(2));
        assertEquals(1, peer(one, 2).sentEnvelopes());
        assertEquals(1, peer(two, 1).receivedEnvelopes());
        assertEquals(peer(one, 2).sentBytes(), peer(two, 1).receivedBytes());
        assertEquals(threads[0], threads[1]);
    }

    @Test
    void aClosedAndReopenedPeerIsReachableAgainAndThatIsSaidOnce() {
        try (LogLines log = new LogLines(Peer.class.getName())) {
            ReplicaBus one = cell.open(1, 1);
            cell.open(2, 1);
            send(one, 2, 1);
            untilOn(one, bus -> {}, () -> cell.received(2).contains(line(1, 1)));
            cell.close(2);
            untilOn(one, bus -> sendHere(bus, 2, 2), () -> peer(one, 2).failedEnvelopes() >= 3);
            assertFalse(peer(one, 2).reachable());
            assertTrue(peer(one, 3).reachable());
            ReplicaBus two = cell.open(2, 2);
            send(two, 1, 3);
            untilOn(one, bus -> sendHere(bus, 2, 4), () -> peer(one, 2).reachable());
            untilOn(two, bus -> {}, () -> cell.received(2).contains(line(1, 4)));
            assertEquals(1, log.containing("replica 1: peer 2 unreachable: ").size());
            assertEquals(1, log.containing("replica 1: peer 2 reachable again").size());
        }
    }

    @Test
    void aHostMayBeAName() {
        List<Member> named = TestCell.members(2).stream()
                .map(member -> new Member(member.id(), "localhost", "127.0.0.1", member.bus(), 1, 0))
                .toList();
        try (TestCell other = new TestCell(CellConfig.of("rome", named))) {
            ReplicaBus one = other.open(1, 1);
            ReplicaBus two = other.open(2, 1);
            send(one, 2, 1);
            untilOn(two, bus -> {}, () -> other.received(2).contains(line(1, 1)));
        }
    }

    @Test
    void anEarlierProcessOfAPeerIsNotHeard() {
        ReplicaBus two = cell.open(2, 1);
        send(cell.open(1, 10), 2, 1);
        untilOn(two, bus -> {}, () -> cell.received(2).contains(line(1, 1)));
        cell.close(1);
        send(cell.open(1, 9), 2, 2);
        untilOn(two, bus -> {}, () -> peer(two, 1).staleEnvelopes() == 1);
        cell.close(1);
        send(cell.open(1, 11), 2, 3);
        untilOn(two, bus -> {}, () -> cell.received(2).size() == 2);
        assertEquals(List.of(line(1, 1), line(1, 3)), cell.received(2));
    }

    @Test
    void aReplicaTheCellDoesNotHaveIsNotHeard() {
        List<Member> onlyTwo = List.of(cell.config().member(2).orElseThrow());
        ReplicaBus two = cell.open(CellConfig.of(TestCell.CELL, onlyTwo), 2, 1);
        send(cell.open(1, 1), 2, 1);
        untilOn(two, bus -> {}, () -> two.status().strangers() == 1);
        assertEquals(List.of(), cell.received(2));
    }

    @Test
    void whatIsSentToNobodyIsDropped() {
        ReplicaBus one = cell.open(1, 1);
        send(one, 9, 1);
        send(one, 1, 1);
        assertEquals(0, peer(one, 2).sentMessages() + peer(one, 3).sentMessages());
        assertEquals(List.of(), cell.received(1));
    }

    @Test
    void onlyItsEventLoopMaySend() {
        ReplicaBus one = cell.open(1, 1);
        assertThrows(IllegalStateException.class, () -> one.send(2, message(1)));
        assertThrows(IllegalStateException.class, one::flush);
    }

    @Test
    void afterClosingNothingIsSentAndNobodyIsBlamed() {
        try (LogLines log = new LogLines(Peer.class.getName())) {
            ReplicaBus one = cell.open(1, 1);
            runOn(one, () -> {
                Future<Void> closed = one.close();
                sendHere(one, 2, 1);
                assertFalse(closed.failed());
            });
            cell.close(1);
            assertEquals(0, peer(one, 2).sentEnvelopes());
            assertEquals(List.of(), log.containing("peer"));
        }
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws IOException {
        Member one = cell.config().member(1).orElseThrow();
        try (ServerSocket other = new ServerSocket(one.bus(), 1, InetAddress.getLoopbackAddress())) {
            Future<ReplicaBus> opening = ReplicaBus.open(cell.config(), 1, new Incarnation(1, 7));
            await(opening.transform(outcome -> Future.succeededFuture(outcome.failed())));
            BusException failure = assertInstanceOf(BusException.class, opening.cause());
            String message = String.valueOf(failure.getMessage());
            assertTrue(message.contains("127.0.0.1:" + other.getLocalPort()), message);
            assertEquals(1, message.lines().count());
        }
    }

    @Test
    void anUnknownReplicaCannotBeOpened() {
        assertThrows(IllegalArgumentException.class, () -> ReplicaBus.open(cell.config(), 4, new Incarnation(1, 7)));
    }

    private static void sendHere(ReplicaBus bus, int to, long number) {
        bus.send(to, message(number));
        bus.flush();
    }
}
