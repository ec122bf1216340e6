package io.lockservice.server.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Name;
import io.lockservice.server.registry.ServiceInstance;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.ResourceLeakDetector;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever comes in a datagram: nothing is thrown, each is answered or counted, no reply is larger than it may be, and no memory
 * is kept. The packets are random, from fixed seeds.
 */
final class HostilePacketsTest {
    /** More, and others, by {@code mvn test -Ddns.fuzz.packets=2000000 -Ddns.fuzz.seed=7}. */
    private static final int PACKETS = Integer.getInteger("dns.fuzz.packets", 10_000);

    private static final long SEED = Long.getLong("dns.fuzz.seed", 0);
    private static final String CLIENT = "127.0.0.1";
    private static final List<String> NAMES = List.of(
            "web.service.paris.ls.",
            "n1.web.service.paris.ls.",
            "_web._tcp.service.paris.ls.",
            "nobody.service.paris.ls.",
            "paris.ls.",
            "ls.",
            ".",
            "x".repeat(63) + ".service.paris.ls.");

    private final Directory directory = new Directory();
    private final CountingMetrics metrics = new CountingMetrics();
    private final Freshness freshness =
            new Freshness(new ScriptedPort(), Name.root("paris"), (revision, then) -> then.run(), 1, () -> 0, () -> 0);
    private final Queries queries =
            new Queries(new Replies(directory.answers(new SplittableRandom(1))), freshness, metrics);
    private final UdpDoor door =
            new UdpDoor(queries, new SourceLimit(DnsSettings.Limits.DEFAULT, 1, 0), System::nanoTime);
    private final ResourceLeakDetector.Level usual = ResourceLeakDetector.getLevel();
    private final List<String> leaks = new CopyOnWriteArrayList<>();
    private final Logger netty = Logger.getLogger(ResourceLeakDetector.class.getName());
    private final Handler leakHandler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            // What another test in this process did not give back is noticed here, too.
            if (record.getMessage().contains(HostilePacketsTest.class.getSimpleName())) {
                leaks.add(record.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private static UdpDoor.Sender to(List<Buffer> replies) {
        return reply -> {
            replies.add(reply);
            return Future.succeededFuture();
        };
    }

    @BeforeEach
    void watch() {
        freshness.tick();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        netty.addHandler(leakHandler);
        for (int i = 0; i < 60; i++) {
            directory.add(
                    "web", "n" + i, new ServiceInstance("10.0.0." + i, 80, List.of("tag"), Map.of("k", "v"), 1 + i));
        }
    }

    @AfterEach
    void lookForLeaks() {
        door.close();
        // Leaks are noticed when something new is tracked after the lost ones were collected.
        for (int i = 0; i < 3; i++) {
            System.gc();
            for (int j = 0; j < 200; j++) {
                ByteBuf tracked = ByteBufAllocator.DEFAULT.directBuffer(16);
                tracked.release();
            }
        }
        netty.removeHandler(leakHandler);
        ResourceLeakDetector.setLevel(usual);
        assertEquals(List.of(), leaks);
    }

    /** Sends it and checks what came back. */
    private void send(byte[] packet) {
        List<Buffer> replies = new ArrayList<>();
        int before = metrics.all();
        door.received(Buffer.buffer(packet), CLIENT, 5353, to(replies));
        assertEquals(before + 1, metrics.all(), "answered or counted");
        assertTrue(replies.size() <= 1);
        if (!replies.isEmpty()) {
            byte[] reply = replies.get(0).getBytes();
            assertTrue(reply.length <= Edns.MAX_PAYLOAD_BYTES, reply.length + " bytes");
            assertEquals(packet[0], reply[0]);
            assertEquals(packet[1], reply[1]);
            assertTrue(reply[2] < 0, "it is a reply");
            assertTrue(packet[2] >= 0, "to what is none");
            if (((reply[4] & 0xFF) << 8) + reply[5] > 0) {
                isRepeated(packet, reply);
            }
            DnsResponse response = Messages.response(reply);
            boolean speaksEdns = response.count(DnsSection.ADDITIONAL) > 0;
            response.release();
            assertTrue(speaksEdns || reply.length <= 512, reply.length + " bytes without EDNS");
        }
    }

    /** Resolvers throw away what answers another question, by a bit. Its name is made one that Netty reads, too. */
    private static void isRepeated(byte[] packet, byte[] reply) {
        int end = 12;
        while (packet[end] != 0) {
            end += 1 + packet[end];
        }
        assertArrayEquals(Arrays.copyOfRange(packet, 12, end + 5), Arrays.copyOfRange(reply, 12, end + 5));
        for (int at = 12; reply[at] != 0; at += 1 + reply[at]) {
            Arrays.fill(reply, at + 1, at + 1 + reply[at], (byte) 'x');
        }
    }

    private static byte[] valid(SplittableRandom random) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        int[] types = {1, 28, 33, 16, 12, 255, 6, 252, 65_535};
        DnsQuery query = Messages.query(
                new DefaultDnsQuestion(name, DnsRecordType.valueOf(types[random.nextInt(types.length)]), 1));
        return Messages.bytes(random.nextBoolean() ? Messages.edns(query, random.nextInt(65_536)) : query);
    }

    @Test
    void noise() {
        SplittableRandom random = new SplittableRandom(101 + SEED);
        for (int i = 0; i < PACKETS; i++) {
            byte[] packet = new byte[random.nextInt(i % 50 == 0 ? 3_000 : 80)];
            random.nextBytes(packet);
            send(packet);
        }
        assertTrue(metrics.count("MALFORMED") > PACKETS / 2);
        assertEquals(0, metrics.count("FAILED"));
    }

    @Test
    void almostValid() {
        SplittableRandom random = new SplittableRandom(202 + SEED);
        for (int i = 0; i < PACKETS; i++) {
            byte[] packet = valid(random);
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
            }
            if (random.nextInt(5) == 0) {
                packet = Arrays.copyOf(packet, random.nextInt(2 * packet.length));
            }
            send(packet);
        }
        assertTrue(metrics.count("UDP 0") > PACKETS / 10);
        assertTrue(metrics.count("MALFORMED") > PACKETS / 20);
        assertEquals(0, metrics.count("FAILED"));
    }

    @Test
    void spliced() {
        SplittableRandom random = new SplittableRandom(303 + SEED);
        for (int i = 0; i < PACKETS / 5; i++) {
            byte[] first = valid(random);
            byte[] second = valid(random);
            int cut = random.nextInt(first.length);
            byte[] packet = Arrays.copyOf(first, cut + second.length);
            System.arraycopy(second, 0, packet, cut, second.length);
            send(packet);
        }
        assertEquals(0, metrics.count("FAILED"));
    }

    /** In hexadecimal, each with what makes it hostile. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                         | nothing",
                "1267                                       | half a header",
                "12678000000100000000000003777777000001 0001 | a reply",
                "126701000001000000000000c00c00010001       | a name that points at itself",
                "126701000001000000000000c00e00010001c00c   | a name that points behind itself",
                "1267010000010000000000003f777777           | a label longer than the packet",
                "126701000001000000000000806100000100 01    | a label of a kind that there is not",
                "12670100000100000000000002612e02 6c7300 00010001 | a dot within a label",
                "126701000001000000000000016100 0001        | no class",
                "12670100ffff000000000000 016100 00010001   | more questions than there are",
                "126701000001ffffffffffff 016100 00010001   | more records than there are",
                "126701000001000000000000 0161 02 c3bc 026c7300 00010001 | a letter that is not ASCII",
                "126701000001000000000000 02ff00 00 00010001 | bytes that are no letters",
                "126701000001000000000001 016100 00010001 01ff00 00050001 00000000 0003 016200 | an alias of no letters",
                "126701000001000000000001 016100 00010001 01ff00 00020001 00000000 0003 016200 | a server for no letters",
                "126701000001000000000001 016100 00010001 00 00050001 00000000 0002 c01a | an alias that points at itself",
            })
    void tricks(String hex, String what) {
        String digits = hex.replace(" ", "");
        byte[] packet = new byte[digits.length() / 2];
        for (int i = 0; i < packet.length; i++) {
            packet[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        send(packet);
        assertEquals(0, metrics.count("FAILED"), what);
    }

    @Test
    void aQueryThatIsTooLargeIsNotRead() {
        byte[] packet = Arrays.copyOf(Messages.bytes(Messages.query("web.service.paris.ls.", DnsRecordType.A)), 1_232);
        send(packet);
        assertEquals(1, metrics.count("UDP 0"), "what follows the query is of no matter");
        send(Arrays.copyOf(packet, 1_233));
        assertEquals(1, metrics.count("MALFORMED"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 13, 19, 37, 464})
    void nobodyAnswersToWhoAnswersToAnything(int from) {
        door.received(
                Buffer.buffer(Messages.bytes(Messages.query("web.service.paris.ls.", DnsRecordType.A))),
                CLIENT,
                from,
                reply -> {
                    throw new AssertionError("a reply");
                });
        assertEquals(1, metrics.count("MALFORMED"));
    }

    /** Nor to its own replies, whatever they are: two such doors do not talk to each other. */
    @Test
    void repliesAreNotAnswered() {
        List<Buffer> replies = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(505);
        for (int i = 0; i < PACKETS / 10; i++) {
            door.received(Buffer.buffer(valid(random)), CLIENT, 53, to(replies));
        }
        assertTrue(replies.size() > PACKETS / 20);
        replies.forEach(reply -> door.received(reply, CLIENT, 53, again -> {
            throw new AssertionError("a reply to a reply");
        }));
    }

    @Test
    void moreThanTheNetworkTakesIsDropped() {
        byte[] packet = Messages.bytes(Messages.query("nobody.service.paris.ls.", DnsRecordType.A));
        Promise<Void> taken = Promise.promise();
        List<Buffer> replies = new ArrayList<>();
        UdpDoor.Sender slow = reply -> {
            replies.add(reply);
            return taken.future();
        };
        for (int i = 0; i < 5_000; i++) {
            door.received(Buffer.buffer(packet), CLIENT, 5353, slow);
        }
        assertEquals(4_096, replies.size());
        assertEquals(5_000 - 4_096, metrics.count("OVERLOADED"));
        taken.complete();
        door.received(Buffer.buffer(packet), CLIENT, 5353, slow);
        assertEquals(4_097, replies.size());
    }

    @Test
    void aFloodFromOneNetworkIsNotMultiplied() {
        byte[] packet =
                Messages.bytes(Messages.edns(Messages.query("web.service.paris.ls.", DnsRecordType.TXT), 4_096));
        UdpDoor limited = new UdpDoor(queries, new SourceLimit(new DnsSettings.Limits(10, 30, 1, 1), 1, 0), () -> 1);
        List<Buffer> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            limited.received(Buffer.buffer(packet), "192.0.2." + i, 53, to(replies));
        }
        assertEquals(40, replies.size());
        assertEquals(60, metrics.count("LIMITED"));
        for (Buffer shortened : replies.subList(10, 40)) {
            assertTrue(shortened.length() <= packet.length);
            DnsResponse response = Messages.response(shortened.getBytes());
            assertTrue(response.isTruncated());
            response.release();
        }
        limited.close();
    }

    /** Netty writes a letter that is not ASCII with more bytes than it came with. */
    @Test
    void aReplyThatIsCutShortIsNoLargerThanItsQueryWhateverItsName() {
        int labels = 30;
        ByteBuffer packet = ByteBuffer.allocate(12 + 3 * labels + 5);
        packet.putShort((short) 4_711)
                .putShort((short) 0x100)
                .putShort((short) 1)
                .position(12);
        for (int i = 0; i < labels; i++) {
            packet.put((byte) 2).put((byte) 0xc3).put((byte) 0xbc);
        }
        packet.put((byte) 0).putShort((short) 1).putShort((short) 1);
        UdpDoor limited = new UdpDoor(queries, new SourceLimit(new DnsSettings.Limits(1, 30, 1, 1), 1, 0), () -> 1);
        List<Buffer> replies = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            limited.received(Buffer.buffer(packet.array()), "192.0.2." + i, 53, to(replies));
        }
        replies.stream()
                .skip(1)
                .forEach(reply -> assertTrue(
                        reply.length() <= packet.capacity(), reply.length() + " bytes for " + packet.capacity()));
        limited.close();
    }
}
