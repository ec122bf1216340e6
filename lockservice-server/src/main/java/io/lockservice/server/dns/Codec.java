package io.lockservice.server.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordDecoder;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;

/**
 * Messages as bytes, by Netty's codec. On a connection each has its length before it; a datagram is one without.
 *
 * <p>Threading: one event loop.
 */
final class Codec {
    /** No honest query is larger: its name has 255 bytes at most, and a larger one costs more to read. */
    static final int MAX_QUERY_BYTES = 1_232;

    private static final int LENGTH_BYTES = 2;
    private static final int MAX_NAME_CHARS = 254;

    private static final Logger LOG = System.getLogger(Codec.class.getName());

    private final EmbeddedChannel channel = new EmbeddedChannel(
            new TcpDnsQueryDecoder(DnsRecordDecoder.DEFAULT, MAX_QUERY_BYTES + LENGTH_BYTES),
            new TcpDnsResponseEncoder());

    /** What came is no query. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed() {
            // Whoever sends them decides how many there are: each costs next to nothing.
            super("", null, false, false);
        }
    }

    /** The query that a datagram is; to be released. */
    DnsQuery datagram(Buffer bytes) throws Malformed {
        if (bytes.length() > MAX_QUERY_BYTES) {
            throw new Malformed();
        }
        Deque<DnsQuery> read = new ArrayDeque<>();
        ByteBuf framed = Unpooled.buffer(LENGTH_BYTES + bytes.length());
        read(framed.writeShort(bytes.length()).writeBytes(bytes.getBytes()), read);
        DnsQuery query = read.poll();
        if (query == null) {
            throw new Malformed();
        }
        if (isLonger(query, bytes.length())) {
            query.release();
            throw new Malformed();
        }
        return query;
    }

    /** Adds the queries that are complete with these bytes of a connection; to be released. */
    void stream(Buffer bytes, Queue<DnsQuery> queries) throws Malformed {
        read(Unpooled.wrappedBuffer(bytes.getBytes()), queries);
    }

    private void read(ByteBuf bytes, Queue<DnsQuery> queries) throws Malformed {
        boolean readable = true;
        try {
            channel.writeInbound(bytes);
        } catch (Exception unreadable) {
            // Netty throws whatever happened, declared or not.
            readable = false;
        }
        for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
            if (readable && each instanceof DnsQuery query && canBeRepeated(query)) {
                queries.add(query);
            } else {
                readable = false;
                ReferenceCountUtil.release(each);
            }
        }
        if (!readable) {
            throw new Malformed();
        }
    }

    /** Netty reads some names that nobody can write: with a dot or a zero within a label, or too long once they are ASCII. */
    private static boolean canBeRepeated(DnsQuery query) {
        if (query.count(DnsSection.QUESTION) != 1) {
            return true;
        }
        DnsQuestion question = query.recordAt(DnsSection.QUESTION);
        String name = question.name();
        boolean whole = name.equals(".") || (name.endsWith(".") && !name.startsWith(".") && !name.contains(".."));
        return whole && name.length() <= MAX_NAME_CHARS && name.indexOf('\0') < 0;
    }

    /** Netty writes some names longer than they came, such as one that is not ASCII: a reply without records would be larger. */
    private static boolean isLonger(DnsQuery query, int bytes) {
        return query.count(DnsSection.QUESTION) == 1
                && Records.HEADER_BYTES + Records.bytes((DnsQuestion) query.recordAt(DnsSection.QUESTION)) > bytes;
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

    /** Gives back what it holds of a message that is not complete. */
    void close() {
        try {
            channel.finishAndReleaseAll();
        } catch (Exception incomplete) {
            // It is told that what it holds is no message; that is given back all the same.
            LOG.log(Level.TRACE, "a connection ended within a message", incomplete);
        }
    }
}
