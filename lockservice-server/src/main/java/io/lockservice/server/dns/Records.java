package io.lockservice.server.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DefaultDnsPtrRecord;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsRecordEncoder;
import io.netty.handler.codec.dns.DnsPtrRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes records, and says how long they are as they are sent: Netty writes each name out, without pointers. */
final class Records extends DefaultDnsRecordEncoder {
    static final int HEADER_BYTES = 12;

    /** The root's name, type, class, time to live and length of an OPT record without options. */
    static final int OPT_BYTES = 11;

    private static final Records ENCODER = new Records();

    /** Type, class, time to live and length, behind the name. */
    private static final int FIXED_BYTES = 10;

    private static final int REFRESH_SECONDS = 3_600;
    private static final int RETRY_SECONDS = 600;
    private static final int EXPIRE_SECONDS = 86_400;

    private Records() {}

    static DnsRecord raw(String owner, DnsRecordType type, long ttlSeconds, byte[] data) {
        return new DefaultDnsRawRecord(owner, type, ttlSeconds, Unpooled.wrappedBuffer(data));
    }

    static DnsRecord ptr(String owner, long ttlSeconds, String target) {
        return new DefaultDnsPtrRecord(owner, DnsRecord.CLASS_IN, ttlSeconds, target);
    }

    /** The data of an SRV record (RFC 2782) of priority 0. */
    static byte[] srv(int weight, int port, String target) {
        ByteBuf data = Unpooled.buffer();
        data.writeShort(0).writeShort(weight).writeShort(port);
        writeName(target, data);
        return bytes(data);
    }

    /** The data of a SOA record: nobody transfers the zone, so the times in it are of no matter but the last. */
    static byte[] soa(String apex, long serial, long negativeTtlSeconds) {
        ByteBuf data = Unpooled.buffer();
        writeName(apex, data);
        writeName("hostmaster." + apex, data);
        data.writeInt((int) serial).writeInt(REFRESH_SECONDS).writeInt(RETRY_SECONDS);
        data.writeInt(EXPIRE_SECONDS).writeInt((int) negativeTtlSeconds);
        return bytes(data);
    }

    /** The data of the HINFO record that answers a question for any type (RFC 8482, section 4.2). */
    static byte[] rfc8482() {
        byte[] name = "RFC8482".getBytes(StandardCharsets.US_ASCII);
        byte[] data = new byte[name.length + 2];
        data[0] = (byte) name.length;
        System.arraycopy(name, 0, data, 1, name.length);
        return data;
    }

    /** Of a record that was made here. */
    static int bytes(DnsRecord record) {
        int data = record instanceof DnsPtrRecord ptr
                ? nameBytes(ptr.hostname())
                : ((DnsRawRecord) record).content().readableBytes();
        return nameBytes(record.name()) + FIXED_BYTES + data;
    }

    /** A name ends with a dot; each of its labels has a byte for its length before it, where the name has a dot behind it. */
    private static int nameBytes(String name) {
        return name.equals(".") ? 1 : name.length() + 1;
    }

    private static void writeName(String name, ByteBuf out) {
        try {
            ENCODER.encodeName(name, out);
        } catch (Exception e) {
            throw new IllegalArgumentException(name + " is no name in DNS", e);
        }
    }

    private static byte[] bytes(ByteBuf data) {
        return Arrays.copyOf(data.array(), data.readableBytes());
    }
}
