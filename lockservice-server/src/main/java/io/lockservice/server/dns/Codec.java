package io.lockservice.server.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRecordEncoder;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;

/**
 * Messages as bytes, by Netty's codec. On a connection each has its length before it; a datagram is one without. It keeps nothing
 * from one to the next.
 *
 * <p>Threading: one event loop.
 */
final class Codec {
    /** No honest query is larger: its name has 255 bytes at most, and a larger one costs more to read. */
    static final int MAX_QUERY_BYTES = 1_232;

    private static final int LENGTH_BYTES = 2;

    private final EmbeddedChannel channel = new EmbeddedChannel(
            new TcpDnsQueryDecoder(new ExactQuestions(), MAX_QUERY_BYTES + LENGTH_BYTES),
            new TcpDnsResponseEncoder(new ExactRepetition()));

    /**
     * Records without their data, which nobody asks for: of an OPT record the other fields are all that counts. Netty would read
     * names in it, and lose the memory of those whose owner is no name.
     */
    private static final class Outlines extends DefaultDnsRecordDecoder {
        @Override
        protected DnsRecord decodeRecord(
                String name, DnsRecordType type, int dnsClass, long ttlSeconds, ByteBuf in, int offset, int length) {
            return new DefaultDnsRawRecord(name, type, dnsClass, ttlSeconds, Unpooled.EMPTY_BUFFER);
        }
    }

    /** Netty's, but for questions and what is in records. */
    private static final class ExactQuestions implements DnsRecordDecoder {
        private final DnsRecordDecoder records = new Outlines();

        @Override
        public DnsQuestion decodeQuestion(ByteBuf in) {
            return Question.read(in);
        }

        /** Declared so by Netty. */
        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public <T extends DnsRecord> T decodeRecord(ByteBuf in) throws Exception {
            return records.decodeRecord(in);
        }
    }

    /** Netty's, but for questions. */
    private static final class ExactRepetition implements DnsRecordEncoder {
        @Override
        public void encodeQuestion(DnsQuestion question, ByteBuf out) {
            ((Question) question).write(out);
        }

        @Override
        public void encodeRecord(DnsRecord record, ByteBuf out) throws Exception {
            DnsRecordEncoder.DEFAULT.encodeRecord(record, out);
        }
    }

    /** What came is no query. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed() {
            // Whoever sends them decides how many there are: each costs next to nothing.
            super("", null, false, false);
        }
    }

    /** The query that a message is, without its length; to be released. */
    DnsQuery query(Buffer message) throws Malformed {
        if (message.length() > MAX_QUERY_BYTES) {
            throw new Malformed();
        }
        ByteBuf framed = Unpooled.buffer(LENGTH_BYTES + message.length());
        boolean readable = true;
        try {
            channel.writeInbound(framed.writeShort(message.length()).writeBytes(message.getBytes()));
        } catch (Exception unreadable) {
            // Netty throws whatever happened, declared or not.
            readable = false;
        }
        Object read = channel.readInbound();
        if (readable && read instanceof DnsQuery query) {
            return query;
        }
        ReferenceCountUtil.release(read);
        throw new Malformed();
    }

    /** A datagram; releases the message. */
    Buffer datagram(DnsResponse message) {
        ByteBuf written = write(message);
        try {
            return Buffer.buffer(ByteBufUtil.getBytes(written, LENGTH_BYTES, written.readableBytes() - LENGTH_BYTES));
        } finally {
            written.release();
        }
    }

    /** As on a connection; releases the message. */
    Buffer stream(DnsResponse message) {
        ByteBuf written = write(message);
        try {
            return Buffer.buffer(ByteBufUtil.getBytes(written));
        } finally {
            written.release();
        }
    }

    private ByteBuf write(DnsResponse message) {
        channel.writeOutbound(message);
        ByteBuf written = channel.readOutbound();
        if (written == null) {
            throw new IllegalStateException("nothing was written");
        }
        return written;
    }

    /** Holds nothing any more. */
    void close() {
        channel.finishAndReleaseAll();
    }
}
