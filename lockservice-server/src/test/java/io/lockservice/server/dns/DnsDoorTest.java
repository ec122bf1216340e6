package io.lockservice.server.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.server.FreePorts;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The door with real sockets, before a replica that says what the test tells it to. */
@Timeout(60)
final class DnsDoorTest {
    private static final String WEB = "web.service.paris.ls.";
    private static final int PATIENCE_MS = 20_000;
    private static final int IDLE_MS = 300;

    private final Vertx vertx = Vertx.vertx();
    private final Directory directory = new Directory();
    private final CountingMetrics metrics = new CountingMetrics();
    private final ScriptedPort port = new ScriptedPort();
    private final AtomicLong nanos = new AtomicLong();
    private final DnsSettings settings = new DnsSettings(
            Directory.CELL, "127.0.0.1", 0, 5_000, 30_000, new DnsSettings.Limits(1_000, 10_000, 3, PATIENCE_MS));
    private DnsDoor door = door(settings);

    private DnsDoor door(DnsSettings asked) {
        Queries queries = new Queries(
                new Replies(directory.answers(new SplittableRandom(1))),
                new Freshness(
                        port,
                        Name.root("paris"),
                        (revision, then) -> then.run(),
                        asked.maxStaleMs(),
                        nanos::get,
                        () -> nanos.get() / 1_000_000),
                metrics);
        return new DnsDoor(asked, queries);
    }

    @BeforeEach
    void open() {
        for (int i = 0; i < 100; i++) {
            directory.add("web", "n" + i, "10.0.0." + i, 8_000 + i, 1);
        }
        directory.add("one", "a", "10.9.9.9", 80, 1);
        open(settings);
    }

    /** The port is any that TCP has free; now and then UDP has not. */
    private void open(DnsSettings asked) {
        for (int attempt = 0; door.actualPort() < 0; attempt++) {
            Future<DnsDoor> opening = door.start(vertx);
            await(opening.otherwiseEmpty());
            if (opening.failed()) {
                assertTrue(attempt < 10, String.valueOf(opening.cause()));
                door = door(asked);
            }
        }
    }

    @AfterEach
    void close() {
        await(door.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static void until(String what, BooleanSupplier isSo) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!isSo.getAsBoolean()) {
            assertTrue(System.nanoTime() - endNanos < 0, what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private DnsResponse udp(DnsQuery query) throws IOException {
        byte[] bytes = Messages.bytes(query);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), door.actualPort()));
            DatagramPacket reply = new DatagramPacket(new byte[2_000], 2_000);
            socket.receive(reply);
            return Messages.response(Arrays.copyOf(reply.getData(), reply.getLength()));
        }
    }

    private DnsResponseCode code(DnsQuery query) {
        try {
            return udp(query).code();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.actualPort()), PATIENCE_MS);
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private static DnsResponse read(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return Messages.response(message);
    }

    @Test
    void whatDoesNotFitIntoADatagramComesByTcp() throws IOException {
        DnsResponse cut = udp(Messages.query(WEB, DnsRecordType.A));
        assertTrue(cut.isTruncated());
        try (Socket socket = connect()) {
            socket.getOutputStream().write(Messages.framed(Messages.query(WEB, DnsRecordType.A)));
            DnsResponse whole = read(socket);
            assertFalse(whole.isTruncated());
            assertEquals(100, whole.count(DnsSection.ANSWER));
        }
        assertEquals(1, metrics.count("truncated"));
    }

    @Test
    void queriesOnAConnectionMayFollowEachOtherInAnyPieces() throws IOException {
        byte[] one = Messages.framed(Messages.query("one.service.paris.ls.", DnsRecordType.A));
        byte[] large = Messages.framed(Messages.query(WEB, DnsRecordType.SRV));
        int rounds = 300;
        try (Socket socket = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < rounds; i++) {
                        byte[] next = i % 3 == 0 ? large : one;
                        int cut = i % next.length;
                        socket.getOutputStream().write(next, 0, cut);
                        socket.getOutputStream().write(next, cut, next.length - cut);
                    }
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
            });
            writer.start();
            for (int i = 0; i < rounds; i++) {
                assertEquals(i % 3 == 0 ? 100 : 1, read(socket).count(DnsSection.ANSWER), "reply " + i);
            }
        }
        assertEquals(rounds, metrics.count("TCP 0"));
    }

    @Test
    void aClientThatTakesNoRepliesIsReadNoMore() throws IOException {
        byte[] large = Messages.framed(Messages.query(WEB, DnsRecordType.SRV));
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4_096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.actualPort()), PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            int asked = 3_000;
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < asked; i++) {
                        socket.getOutputStream().write(large);
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            writer.start();
            until("it began", () -> metrics.count("TCP 0") > 0);
            until("it stands still", () -> {
                int before = metrics.count("TCP 0");
                LockSupport.parkNanos(200_000_000);
                return before == metrics.count("TCP 0");
            });
            assertTrue(metrics.count("TCP 0") < asked, metrics.count("TCP 0") + " replies that nobody took");
            for (int i = 0; i < asked; i++) {
                assertEquals(100, read(socket).count(DnsSection.ANSWER));
            }
        }
    }

    @Test
    void whateverComesOnConnectionsIsAnsweredOrEndsThem() throws IOException {
        SplittableRandom random = new SplittableRandom(606);
        byte[] query = Messages.framed(Messages.query("one.service.paris.ls.", DnsRecordType.A));
        for (int i = 0; i < 200; i++) {
            try (Socket socket = connect()) {
                for (int parts = random.nextInt(1, 6); parts > 0; parts--) {
                    byte[] part = query.clone();
                    part[random.nextInt(part.length)] = (byte) random.nextInt(256);
                    socket.getOutputStream().write(part, 0, random.nextInt(8) > 0 ? part.length : part.length / 2);
                }
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (SocketException reset) {
                // It was closed before it had read everything.
            }
        }
        until("all are gone", () -> metrics.connections() == 0);
        assertEquals(0, metrics.count("FAILED"));
        assertTrue(metrics.count("MALFORMED") > 20 && metrics.count("TCP 0") > 20, metrics.all() + " in all");
    }

    @Test
    void whatIsNoQueryEndsItsConnection() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(new byte[] {0, 3, 1, 2, 3});
            assertEquals(-1, socket.getInputStream().read());
        }
        try (Socket socket = connect()) {
            socket.getOutputStream().write(new byte[] {(byte) 0xFF, 0, 1, 2, 3});
            assertEquals(-1, socket.getInputStream().read(), "no query is that large");
        }
        assertEquals(2, metrics.count("MALFORMED"));
        until("all are gone", () -> metrics.connections() == 0);
        assertEquals(
                1, udp(Messages.query("one.service.paris.ls.", DnsRecordType.A)).count(DnsSection.ANSWER));
    }

    @Test
    void whoHoldsAllConnectionsKeepsNobodyOut() throws IOException {
        byte[] query = Messages.framed(Messages.query(WEB, DnsRecordType.A));
        try (Socket a = connect();
                Socket b = connect();
                Socket c = connect()) {
            until("three are open", () -> metrics.connections() == 3);
            // Who has asked lately is not the first to go.
            a.getOutputStream().write(query);
            assertEquals(100, read(a).count(DnsSection.ANSWER));
            try (Socket another = connect()) {
                another.getOutputStream().write(query);
                assertEquals(100, read(another).count(DnsSection.ANSWER));
                a.getOutputStream().write(query);
                assertEquals(100, read(a).count(DnsSection.ANSWER));
                assertEquals(3, metrics.connections());
                assertEquals(1, metrics.count("OVERLOADED"));
                // It is b, or c where that was seen first.
                b.setSoTimeout(1);
                c.setSoTimeout(1);
                until("one is closed", () -> isClosed(b) || isClosed(c));
            }
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException broken) {
            return true;
        }
    }

    @Test
    void aConnectionThatAsksNothingIsClosed() throws IOException {
        await(door.close());
        DnsSettings impatient = new DnsSettings(
                Directory.CELL, "127.0.0.1", 0, 5_000, 30_000, new DnsSettings.Limits(1, 1, 3, IDLE_MS));
        door = door(impatient);
        open(impatient);
        try (Socket socket = connect()) {
            socket.getOutputStream().write(Messages.framed(Messages.query(WEB, DnsRecordType.A)));
            assertEquals(100, read(socket).count(DnsSection.ANSWER));
            // Half a query does not keep it open.
            socket.getOutputStream().write(new byte[] {0, 40, 1});
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    /** What was written is still there for it: that is not waited for either. */
    @Test
    void aConnectionThatTakesNothingIsClosed() throws IOException {
        await(door.close());
        DnsSettings impatient = new DnsSettings(
                Directory.CELL, "127.0.0.1", 0, 5_000, 30_000, new DnsSettings.Limits(1, 1, 3, IDLE_MS));
        door = door(impatient);
        open(impatient);
        byte[] large = Messages.framed(Messages.query(WEB, DnsRecordType.SRV));
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4_096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.actualPort()), PATIENCE_MS);
            Thread writer = new Thread(() -> {
                try {
                    while (true) {
                        socket.getOutputStream().write(large);
                    }
                } catch (IOException closed) {
                    // So it ends.
                }
            });
            writer.start();
            until("it is closed", () -> metrics.connections() == 0 && metrics.count("TCP 0") > 0);
        }
    }

    /** They wait as bytes, not as messages: of those there would be thousands in what is read at once. */
    @Test
    void theSmallestQueriesAreAnsweredOneByOne() throws IOException {
        byte[] header = {0, 12, 0, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        int asked = 2_000;
        try (Socket socket = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    byte[] many = new byte[header.length * asked];
                    for (int i = 0; i < many.length; i++) {
                        many[i] = header[i % header.length];
                    }
                    socket.getOutputStream().write(many);
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
            });
            writer.start();
            for (int i = 0; i < asked; i++) {
                assertEquals(DnsResponseCode.FORMERR, read(socket).code());
            }
        }
    }

    @Test
    void tooOldIsSaidAndNewIsAnsweredAgain() throws IOException {
        DnsQuery query = Messages.query("one.service.paris.ls.", DnsRecordType.A);
        port.refuse(ProblemCode.NO_LEADER);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
        assertEquals(DnsResponseCode.NOERROR, udp(query.retain()).code());
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertEquals(DnsResponseCode.SERVFAIL, udp(query.retain()).code());
        assertEquals(1, metrics.count("UDP 2"));
        port.refuse(null);
        until("it is answered again", () -> code(query.retain()).equals(DnsResponseCode.NOERROR));
        query.release();
    }

    @Test
    void aClosedDoorAnswersNobodyAndFreesItsPort() throws IOException {
        int before = door.actualPort();
        try (Socket socket = connect()) {
            await(door.close());
            assertEquals(-1, socket.getInputStream().read());
        }
        until("the port is free", () -> isFree(before));
        door = door(new DnsSettings(Directory.CELL, "127.0.0.1", before, 5_000, 30_000, settings.limits()));
        await(door.start(vertx));
        assertEquals(before, door.actualPort());
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws IOException {
        DnsSettings same =
                new DnsSettings(Directory.CELL, "127.0.0.1", door.actualPort(), 5_000, 30_000, settings.limits());
        String byTcp = refusal(same);
        assertEquals(1, byTcp.lines().count());
        assertTrue(byTcp.contains("cannot listen on 127.0.0.1:" + door.actualPort() + " for DNS by TCP"), byTcp);
        // One that is free by TCP, which is listened on first.
        int udpPort = FreePorts.take(1).get(0);
        try (DatagramSocket taken = new DatagramSocket(udpPort, InetAddress.getLoopbackAddress())) {
            String byUdp = refusal(new DnsSettings(
                    Directory.CELL, "127.0.0.1", taken.getLocalPort(), 5_000, 30_000, settings.limits()));
            assertTrue(byUdp.contains(taken.getLocalPort() + " for DNS by UDP"), byUdp);
            // What was opened by TCP is closed; that is so a moment after Vert.x says it.
            until("the port is free", () -> isFree(taken.getLocalPort()));
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return free.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private String refusal(DnsSettings asked) {
        Future<DnsDoor> refused = door(asked).start(vertx);
        await(refused.otherwiseEmpty());
        assertTrue(refused.failed());
        return String.valueOf(refused.cause().getMessage());
    }
}
