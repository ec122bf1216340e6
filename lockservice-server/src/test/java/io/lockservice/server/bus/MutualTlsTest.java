package io.lockservice.server.bus;

import static io.lockservice.server.bus.TestCell.await;
import static io.lockservice.server.bus.TestCell.line;
import static io.lockservice.server.bus.TestCell.message;
import static io.lockservice.server.bus.TestCell.peer;
import static io.lockservice.server.bus.TestCell.send;
import static io.lockservice.server.bus.TestCell.untilOn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.config.CellConfig;
import io.lockservice.server.config.CellConfig.Tls;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MutualTlsTest {
    @TempDir
    static Path directory = Path.of("");

    private static Tls members = new Tls(directory, directory, directory);
    private static Tls rogues = members;

    private final CellConfig plain = CellConfig.of(TestCell.CELL, TestCell.members(3));
    private final TestCell cell = new TestCell(plain.withTls(members));

    @BeforeAll
    static void makeCertificates() throws Exception {
        members = TestCertificates.make(directory, "members");
        rogues = TestCertificates.make(directory, "rogues");
    }

    @AfterEach
    void close() {
        cell.close();
    }

    @Test
    void membersExchange() {
        ReplicaBus one = cell.open(1, 1);
        ReplicaBus three = cell.open(3, 1);
        send(three, 1, 7);
        send(one, 3, 8);
        untilOn(one, bus -> {}, () -> cell.received(1).contains(line(3, 7)));
        untilOn(three, bus -> {}, () -> cell.received(3).contains(line(1, 8)));
    }

    /** It even trusts the members' authority, and so takes their servers for genuine. */
    @Test
    void aCertificateOfAnotherAuthorityIsRefused() {
        refused(plain.withTls(new Tls(rogues.certificate(), rogues.key(), members.authority())));
    }

    @Test
    void aReplicaOfAnotherAuthorityIsRefused() {
        refused(plain.withTls(rogues));
    }

    @Test
    void aReplicaWithoutCertificatesIsRefused() {
        refused(plain);
    }

    @Test
    void aKeyThatIsNoneIsSaidInOneLine() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken.pem"), "not a key");
        CellConfig config = plain.withTls(new Tls(members.certificate(), broken, members.authority()));
        Future<ReplicaBus> opening = ReplicaBus.open(config, 1, new Incarnation(1, 7));
        await(opening.transform(outcome -> Future.succeededFuture(outcome.failed())));
        String message = String.valueOf(
                assertInstanceOf(BusException.class, opening.cause()).getMessage());
        assertTrue(message.contains("tls"), message);
        assertEquals(1, message.lines().count());
    }

    /** Replica 3 is the stranger. Both sides try again and again; the members' exchange goes on. */
    private void refused(CellConfig seenByTheStranger) {
        ReplicaBus one = cell.open(1, 1);
        ReplicaBus two = cell.open(2, 1);
        ReplicaBus stranger = cell.open(seenByTheStranger, 3, 1);
        long[] rounds = new long[1];
        untilOn(
                stranger,
                bus -> {
                    bus.send(1, message(++rounds[0]));
                    bus.flush();
                },
                () -> attempts(stranger, 1) >= 3);
        untilOn(
                one,
                bus -> {
                    bus.send(3, message(1));
                    bus.flush();
                },
                () -> attempts(one, 3) >= 3);
        send(two, 1, 50);
        untilOn(one, bus -> {}, () -> !cell.received(1).isEmpty());
        assertEquals(List.of(line(2, 50)), cell.received(1));
        assertEquals(List.of(), cell.received(3));
    }

    /** Envelopes that were written to somewhere or failed, but wait for nothing. */
    private static long attempts(ReplicaBus bus, int to) {
        PeerStatus status = peer(bus, to);
        return status.pendingBytes() == 0 ? status.sentEnvelopes() : 0;
    }
}
