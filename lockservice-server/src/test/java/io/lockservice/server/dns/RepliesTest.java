package io.lockservice.server.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.dns.DnsMetrics.Transport;
import io.lockservice.server.registry.ServiceInstance;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.dns.DefaultDnsQuery;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies as they are sent: header, EDNS, and how much fits. Each is written and read by Netty. */
final class RepliesTest {
    private static final String WEB = "web.service.paris.ls.";

    private final Directory directory = new Directory();
    private final Replies replies = new Replies(directory.answers(new SplittableRandom(5)));
    private final Codec codec = new Codec();
    private int bytes;
    private boolean toldTruncated;
    private int code;

    @AfterEach
    void close() {
        codec.close();
    }

    private DnsResponse ask(DnsQuery asked, Transport transport) {
        DnsQuery query = received(asked);
        return read(query, replies.to(query, transport, true));
    }

    /** As it comes over the wire. */
    private DnsQuery received(DnsQuery query) {
        return received(Messages.bytes(query));
    }

    private DnsQuery received(byte[] packet) {
        try {
            return codec.query(Buffer.buffer(packet));
        } catch (Codec.Malformed malformed) {
            throw new AssertionError(malformed);
        }
    }

    private DnsResponse read(DnsQuery query, Replies.Reply reply) {
        code = reply.code();
        toldTruncated = reply.truncated();
        byte[] framed = codec.stream(reply.message()).getBytes();
        query.release();
        byte[] message = Arrays.copyOfRange(framed, 2, framed.length);
        assertEquals(message.length, ((framed[0] & 0xFF) << 8) + (framed[1] & 0xFF));
        bytes = message.length;
        DnsResponse response = Messages.response(message);
        assertEquals(toldTruncated, response.isTruncated());
        return response;
    }

    private void instances(int count) {
        for (int i = 0; i < count; i++) {
            directory.add("web", "n" + i, "10.0." + i / 250 + "." + i % 250, 8080, 1);
        }
    }

    @Test
    void aReplyRepeatsIdQuestionAndWishForRecursionWhichIsNotThere() {
        instances(1);
        DnsResponse response = ask(Messages.query("WEB.service.paris.ls.", DnsRecordType.A), Transport.UDP);
        assertEquals(Messages.ID, response.id());
        assertEquals(List.of("WEB.service.paris.ls. A"), Messages.lines(response, DnsSection.QUESTION));
        assertEquals(List.of("WEB.service.paris.ls. 5 A 10.0.0.0"), Messages.lines(response, DnsSection.ANSWER));
        assertTrue(response.isAuthoritativeAnswer());
        assertTrue(response.isRecursionDesired());
        assertFalse(response.isRecursionAvailable());
        assertEquals(0, response.z());
        assertEquals(0, response.count(DnsSection.ADDITIONAL), "nobody spoke of EDNS");
        DnsQuery plain = Messages.query(WEB, DnsRecordType.A).setRecursionDesired(false);
        assertFalse(ask(plain, Transport.UDP).isRecursionDesired());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6, 15})
    void otherOperationsAreNotThere(int operation) {
        byte[] packet = Messages.bytes(Messages.query(WEB, DnsRecordType.A));
        packet[2] = (byte) (operation << 3);
        DnsQuery query = received(packet);
        DnsResponse response = read(query, replies.to(query, Transport.UDP, true));
        assertEquals(DnsResponseCode.NOTIMP, response.code());
        assertEquals(operation, response.opCode().byteValue());
        assertEquals(Messages.ID, response.id());
        assertEquals(12, bytes);
    }

    @Test
    void thereIsOneQuestion() {
        DnsQuery none = new DefaultDnsQuery(9, DnsOpCode.QUERY);
        assertEquals(DnsResponseCode.FORMERR, ask(none, Transport.UDP).code());
        DnsQuery two = Messages.query(WEB, DnsRecordType.A)
                .addRecord(DnsSection.QUESTION, new DefaultDnsQuestion(WEB, DnsRecordType.AAAA));
        DnsResponse response = ask(two, Transport.TCP);
        assertEquals(DnsResponseCode.FORMERR, response.code());
        assertEquals(0, response.count(DnsSection.QUESTION));
    }

    @Test
    void whoSpeaksEdnsIsSpokenTo() {
        instances(1);
        DnsResponse response = ask(Messages.edns(Messages.query(WEB, DnsRecordType.A), 4_096), Transport.UDP);
        assertEquals(List.of(". 0 OPT 1232 bytes"), Messages.lines(response, DnsSection.ADDITIONAL));
        assertEquals(DnsResponseCode.NOERROR, response.code());
    }

    @Test
    void aLaterEdnsIsNotSpoken() {
        DnsQuery query =
                Messages.query(WEB, DnsRecordType.A).addRecord(DnsSection.ADDITIONAL, new Messages.Opt(4_096, 1));
        DnsResponse response = ask(query, Transport.UDP);
        assertEquals(DnsResponseCode.NOERROR, response.code(), "the other half of the code is in the OPT record");
        assertEquals(1L << 24, response.recordAt(DnsSection.ADDITIONAL).timeToLive());
        assertEquals(16, code);
        assertEquals(0, response.count(DnsSection.ANSWER));
    }

    @Test
    void ednsIsSaidOnce() {
        DnsQuery query = Messages.edns(Messages.edns(Messages.query(WEB, DnsRecordType.A), 512), 512);
        assertEquals(DnsResponseCode.FORMERR, ask(query, Transport.UDP).code());
    }

    @ParameterizedTest
    @CsvSource({"0, 512", "100, 512", "512, 512", "900, 900", "1232, 1232", "65535, 1232"})
    void aDatagramIsAsLargeAsItMayBe(int offered, int most) {
        instances(100);
        DnsResponse response = ask(Messages.edns(Messages.query(WEB, DnsRecordType.A), offered), Transport.UDP);
        assertTrue(bytes <= most && bytes > most - 40, bytes + " bytes");
        assertTrue(response.isTruncated());
        assertTrue(response.count(DnsSection.ANSWER) > 0, "what fits is told: some do not come back");
        assertEquals(DnsResponseCode.NOERROR, response.code());
    }

    @Test
    void withoutEdnsItIs512Bytes() {
        instances(100);
        assertTrue(ask(Messages.query(WEB, DnsRecordType.A), Transport.UDP).isTruncated());
        assertTrue(bytes <= 512 && bytes > 472, bytes + " bytes");
    }

    @Test
    void onAConnectionThereIsRoom() {
        instances(100);
        DnsResponse response = ask(Messages.query(WEB, DnsRecordType.A), Transport.TCP);
        assertFalse(response.isTruncated());
        assertEquals(100, response.count(DnsSection.ANSWER));
    }

    @Test
    void evenAConnectionHasALimit() {
        List<String> tags = Collections.nCopies(100, "x".repeat(200));
        for (int i = 0; i < 100; i++) {
            directory.add("web", "n" + i, new ServiceInstance("10.0.0.1", 1, tags, Map.of(), 1));
        }
        DnsResponse response = ask(Messages.query(WEB, DnsRecordType.TXT), Transport.TCP);
        assertTrue(bytes > 60_000, bytes + " bytes");
        assertFalse(response.isTruncated(), "there is no other way to ask");
    }

    @Test
    void additionalRecordsAreLeftOutWithoutAWord() {
        // 38 bytes for header and question, 63 for each place, 39 for each of their addresses: one of these is too
        // many.
        instances(5);
        DnsResponse response = ask(Messages.query(WEB, DnsRecordType.SRV), Transport.UDP);
        assertFalse(response.isTruncated());
        assertEquals(5, response.count(DnsSection.ANSWER));
        assertEquals(4, response.count(DnsSection.ADDITIONAL));
        assertEquals(509, bytes);
    }

    @Test
    void theSizeIsExact() {
        instances(3);
        directory.add("web", "h", "host.example", 80, 1);
        String pointers = "_web._udp.service.paris.ls.";
        for (DnsQuery query : List.of(
                Messages.query(WEB, DnsRecordType.A),
                Messages.query(WEB, DnsRecordType.SRV),
                Messages.query(WEB, DnsRecordType.TXT),
                Messages.query(WEB, DnsRecordType.ANY),
                Messages.query(pointers, DnsRecordType.PTR),
                Messages.query("nobody." + WEB, DnsRecordType.A),
                Messages.query(".", DnsRecordType.A))) {
            DnsResponse response = ask(Messages.edns(query, 4_096), Transport.UDP);
            int sum = Records.HEADER_BYTES + Records.OPT_BYTES;
            DnsQuestion question = response.recordAt(DnsSection.QUESTION);
            sum += question.name().equals(".") ? 5 : question.name().length() + 5;
            for (DnsSection section : List.of(DnsSection.ANSWER, DnsSection.AUTHORITY, DnsSection.ADDITIONAL)) {
                for (int i = 0; i < response.count(section); i++) {
                    DnsRecord each = response.recordAt(section, i);
                    sum += each.type().equals(DnsRecordType.OPT) ? 0 : Records.bytes(each);
                }
            }
            assertEquals(sum, bytes);
        }
    }

    @Test
    void whoAsksTooOftenIsToldToComeByTcp() {
        instances(20);
        DnsQuery query = received(Messages.edns(Messages.query(WEB, DnsRecordType.SRV), 4_096));
        int asked = Messages.bytes(Messages.edns(Messages.query(WEB, DnsRecordType.SRV), 4_096)).length;
        DnsResponse response = read(query, replies.cutShort(query));
        assertTrue(response.isTruncated());
        assertEquals(0, response.count(DnsSection.ANSWER));
        assertTrue(bytes <= asked, bytes + " for " + asked);
    }

    /** Another question would be thrown away by whoever asked. */
    @ParameterizedTest
    @CsvSource({
        "03612e62 07736572766963650570617269 73026c7300, NXDOMAIN, a dot within a label",
        "03610062 07736572766963650570617269 73026c7300, NXDOMAIN, a zero within a label",
        "0762c3bc63686572 07736572766963650570617269 73026c7300, NXDOMAIN, letters that are not ASCII",
        "02ff00 07736572766963650570617269 73026c7300, NXDOMAIN, no letters",
        "035745e2 07736572766963650570617269 73026c7300, NXDOMAIN, half a letter",
        "057061726973022e6c00, REFUSED, a dot before the zone",
        "0770617269732e6c 0173 00, REFUSED, a dot within the zone",
        "035c3061 05 5061726953 024c5300, NXDOMAIN, a backslash",
    })
    void aNameIsRepeatedByteByByte(String hex, String expected, String what) {
        byte[] name = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
        byte[] packet = Buffer.buffer(new byte[] {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0})
                .appendBytes(name)
                .appendBytes(new byte[] {0, 1, 0, 1})
                .getBytes();
        DnsQuery query = received(packet);
        Replies.Reply reply = replies.to(query, Transport.UDP, true);
        assertEquals(DnsResponseCode.valueOf(expected.equals("REFUSED") ? 5 : 3).intValue(), reply.code(), what);
        byte[] message = codec.datagram(reply.message()).getBytes();
        query.release();
        assertArrayEquals(
                Arrays.copyOfRange(packet, 12, packet.length), Arrays.copyOfRange(message, 12, packet.length));
    }

    @Test
    void aNameHas255BytesAtMost() {
        Buffer longest = Buffer.buffer(new byte[] {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (int i = 0; i < 127; i++) {
            longest.appendBytes(new byte[] {1, (byte) 0xC0});
        }
        byte[] end = {0, 0, 1, 0, 1};
        DnsQuery query = received(longest.copy().appendBytes(end).getBytes());
        assertEquals(255 + 4, ((Question) query.recordAt(DnsSection.QUESTION)).bytes());
        query.release();
        assertThrows(
                Codec.Malformed.class,
                () -> codec.query(longest.appendBytes(new byte[] {1, 1}).appendBytes(end)));
    }

    @Test
    void aLongNameThatIsNotThereStillFits() {
        String label = "x".repeat(63);
        String name = String.join(".", label, label, label, "x".repeat(52), "paris.ls.");
        DnsResponse response = ask(Messages.query(name, DnsRecordType.A), Transport.UDP);
        assertEquals(DnsResponseCode.NXDOMAIN, response.code());
        assertEquals(1, response.count(DnsSection.AUTHORITY));
    }
}
