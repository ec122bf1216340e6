package io.lockservice.server.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.dns.AbstractDnsOptPseudoRrRecord;
import io.netty.handler.codec.dns.DefaultDnsQuery;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsPtrRecord;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryEncoder;
import io.netty.handler.codec.dns.TcpDnsResponseDecoder;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** DNS messages as a client has them: by Netty, or as lines of text. */
final class Messages {
    static final int ID = 4711;

    private Messages() {}

    /** An OPT record as clients send it. */
    static final class Opt extends AbstractDnsOptPseudoRrRecord {
        Opt(int payloadBytes, int version) {
            super(payloadBytes, 0, version);
        }
    }

    static DnsQuery query(String name, DnsRecordType type) {
        return query(new DefaultDnsQuestion(name, type));
    }

    static DnsQuery query(DnsRecord question) {
        return new DefaultDnsQuery(ID, DnsOpCode.QUERY)
                .setRecursionDesired(true)
                .addRecord(DnsSection.QUESTION, question);
    }

    static DnsQuery edns(DnsQuery query, int payloadBytes) {
        return query.addRecord(DnsSection.ADDITIONAL, new Opt(payloadBytes, 0));
    }

    /** As on a connection: with its length before it. */
    static byte[] framed(DnsQuery query) {
        EmbeddedChannel channel = new EmbeddedChannel(new TcpDnsQueryEncoder());
        channel.writeOutbound(query);
        ByteBuf written = channel.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(written);
        written.release();
        channel.finishAndReleaseAll();
        return bytes;
    }

    /** As in a datagram. */
    static byte[] bytes(DnsQuery query) {
        byte[] framed = framed(query);
        return Arrays.copyOfRange(framed, 2, framed.length);
    }

    /** A message without its length; to be released where leaks are looked for. */
    static DnsResponse response(byte[] message) {
        EmbeddedChannel channel = new EmbeddedChannel(new TcpDnsResponseDecoder());
        ByteBuf framed = Unpooled.buffer(2 + message.length);
        channel.writeInbound(framed.writeShort(message.length).writeBytes(message));
        DnsResponse response = channel.readInbound();
        if (response == null) {
            throw new AssertionError("no response: " + ByteBufUtil.hexDump(message));
        }
        channel.finishAndReleaseAll();
        return response;
    }

    /** The records of a section, such as {@code web.service.paris.ls. 5 A 10.0.0.1}. */
    static List<String> lines(DnsResponse response, DnsSection section) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < response.count(section); i++) {
            DnsRecord each = response.recordAt(section, i);
            lines.add(
                    each instanceof DefaultDnsQuestion
                            ? each.name() + " " + each.type().name()
                            : line(each));
        }
        return lines;
    }

    static String line(DnsRecord record) {
        return record.name() + " " + record.timeToLive() + " " + record.type().name() + " " + data(record);
    }

    private static String data(DnsRecord record) {
        if (record instanceof DnsPtrRecord ptr) {
            return ptr.hostname();
        }
        ByteBuf data = ((DnsRawRecord) record).content().duplicate();
        if (record.type().equals(DnsRecordType.A) || record.type().equals(DnsRecordType.AAAA)) {
            return NetUtil.bytesToIpAddress(ByteBufUtil.getBytes(data));
        }
        if (record.type().equals(DnsRecordType.SRV)) {
            return data.readUnsignedShort() + " " + data.readUnsignedShort() + " " + data.readUnsignedShort() + " "
                    + DefaultDnsRecordDecoder.decodeName(data);
        }
        if (record.type().equals(DnsRecordType.SOA)) {
            return DefaultDnsRecordDecoder.decodeName(data) + " " + DefaultDnsRecordDecoder.decodeName(data) + " "
                    + data.readUnsignedInt() + " " + data.readUnsignedInt() + " " + data.readUnsignedInt() + " "
                    + data.readUnsignedInt() + " " + data.readUnsignedInt();
        }
        if (record.type().equals(DnsRecordType.OPT)) {
            return record.dnsClass() + " bytes";
        }
        return strings(data).stream().map(each -> '"' + each + '"').collect(Collectors.joining(" "));
    }

    private static List<String> strings(ByteBuf data) {
        List<String> strings = new ArrayList<>();
        while (data.isReadable()) {
            byte[] string = new byte[data.readUnsignedByte()];
            data.readBytes(string);
            strings.add(new String(string, StandardCharsets.UTF_8));
        }
        return strings;
    }
}
