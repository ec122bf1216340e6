package io.lockservice.server.dns;

import io.lockservice.server.dns.DnsMetrics.Dropped;
import io.lockservice.server.dns.DnsMetrics.Transport;
import io.netty.handler.codec.dns.DnsQuery;
import io.vertx.core.buffer.Buffer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes a query through: reply, bytes, count. Whatever happens the query is released and nothing is thrown.
 *
 * <p>Threading: the event loop of the replica.
 */
final class Queries {
    private static final Logger LOG = System.getLogger(DnsDoor.class.getName());

    private final Replies replies;
    private final Freshness freshness;
    private final DnsMetrics metrics;
    private boolean told;

    Queries(Replies replies, Freshness freshness, DnsMetrics metrics) {
        this.replies = replies;
        this.freshness = freshness;
        this.metrics = metrics;
    }

    Freshness freshness() {
        return freshness;
    }

    DnsMetrics metrics() {
        return metrics;
    }

    /** The bytes of a datagram; null where there is no reply. */
    @Nullable
    Buffer datagram(DnsQuery query, Codec codec) {
        return taken(query, Transport.UDP, Edns.MAX_PAYLOAD_BYTES, asked -> {
            Replies.Reply reply = replies.to(asked, Transport.UDP, freshness.isFresh());
            return new Written(reply, codec.datagram(reply.message()));
        });
    }

    /** The same without records. */
    @Nullable
    Buffer cutShort(DnsQuery query, Codec codec) {
        return taken(query, Transport.UDP, Edns.PLAIN_PAYLOAD_BYTES, asked -> {
            Replies.Reply reply = replies.cutShort(asked);
            return new Written(reply, codec.datagram(reply.message()));
        });
    }

    /** As on a connection; null where there is no reply. */
    @Nullable
    Buffer stream(DnsQuery query, Codec codec) {
        return taken(query, Transport.TCP, Integer.MAX_VALUE, asked -> {
            Replies.Reply reply = replies.to(asked, Transport.TCP, freshness.isFresh());
            return new Written(reply, codec.stream(reply.message()));
        });
    }

    private record Written(Replies.Reply reply, Buffer bytes) {}

    private @Nullable Buffer taken(
            DnsQuery query, Transport transport, int mostBytes, Function<DnsQuery, Written> answered) {
        try {
            Written written = answered.apply(query);
            if (written.bytes.length() > mostBytes) {
                throw new IllegalStateException("a reply of " + written.bytes.length() + " bytes by " + transport);
            }
            metrics.replied(transport, written.reply.code(), written.reply.truncated());
            return written.bytes;
        } catch (RuntimeException mistake) {
            failed(mistake);
            return null;
        } finally {
            query.release();
        }
    }

    /** Our own mistake, which a client can repeat as fast as it likes: it is told once, and counted. */
    void failed(RuntimeException mistake) {
        metrics.dropped(Dropped.FAILED);
        if (!told) {
            told = true;
            LOG.log(
                    Level.ERROR,
                    "a DNS query could not be answered; this is told once, further ones are counted",
                    mistake);
        }
    }
}
