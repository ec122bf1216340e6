package io.lockservice.server.dns;

import io.lockservice.server.dns.DnsMetrics.Dropped;
import io.netty.handler.codec.dns.DnsQuery;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.SocketAddress;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Queries in datagrams.
 *
 * <p>Threading: the event loop of the replica.
 */
final class UdpDoor {
    /** More that wait for the replica, or for the network to take their replies, are dropped: resolvers ask again. */
    private static final int MAX_UNDER_WAY = 4_096;

    private static final int RECEIVED_BYTES = 1 << 20;

    private final Queries queries;
    private final SourceLimit limit;
    private final LongSupplier nanoClock;
    private final Codec codec = new Codec();
    private @Nullable DatagramSocket socket;
    private int sending;
    private boolean closed;

    UdpDoor(Queries queries, SourceLimit limit, LongSupplier nanoClock) {
        this.queries = queries;
        this.limit = limit;
        this.nanoClock = nanoClock;
    }

    /** Opens it on the current event loop. */
    Future<DatagramSocket> listen(Vertx vertx, String host, int port) {
        DatagramSocketOptions options =
                new DatagramSocketOptions().setIpV6(host.indexOf(':') >= 0).setReceiveBufferSize(RECEIVED_BYTES);
        DatagramSocket opening = vertx.createDatagramSocket(options);
        socket = opening;
        // What the network says of replies that nobody took: a closed port, most of all.
        opening.exceptionHandler(unreachable -> {});
        opening.handler(this::received);
        return opening.listen(port, host);
    }

    private void received(DatagramPacket packet) {
        SocketAddress sender = packet.sender();
        try {
            received(packet.data(), sender.hostAddress(), sender.port(), reply -> send(reply, sender));
        } catch (RuntimeException mistake) {
            queries.failed(mistake);
        }
    }

    private void send(Buffer reply, SocketAddress to) {
        DatagramSocket open = socket;
        if (open != null) {
            sending++;
            open.send(reply, to.port(), to.hostAddress()).onComplete(sent -> sending--);
        }
    }

    /** Where replies go. */
    interface Sender {
        void send(Buffer reply);
    }

    /** A datagram, from whomever it says. */
    void received(Buffer bytes, String address, int port, Sender sender) {
        SourceLimit.Allowance allowance = limit.take(address, nanoClock.getAsLong());
        if (allowance == SourceLimit.Allowance.NONE) {
            queries.metrics().dropped(Dropped.LIMITED);
            return;
        }
        if (port == 0) {
            queries.metrics().dropped(Dropped.MALFORMED);
            return;
        }
        DnsQuery query;
        try {
            query = codec.datagram(bytes);
        } catch (Codec.Malformed malformed) {
            queries.metrics().dropped(Dropped.MALFORMED);
            return;
        }
        if (sending + queries.freshness().waiting() >= MAX_UNDER_WAY) {
            query.release();
            queries.metrics().dropped(Dropped.OVERLOADED);
        } else if (allowance == SourceLimit.Allowance.SHORT) {
            send(queries.cutShort(query, codec), sender);
        } else {
            queries.freshness().whenKnown(fresh -> answer(query, fresh, sender));
        }
    }

    private void answer(DnsQuery query, boolean fresh, Sender sender) {
        if (closed) {
            query.release();
        } else {
            send(queries.datagram(query, codec, fresh), sender);
        }
    }

    private void send(@Nullable Buffer reply, Sender sender) {
        if (reply == null) {
            return;
        }
        try {
            sender.send(reply);
        } catch (RuntimeException mistake) {
            queries.failed(mistake);
        }
    }

    /** Answers nobody any more. */
    Future<Void> close() {
        closed = true;
        DatagramSocket open = socket;
        return (open == null ? Future.<Void>succeededFuture() : open.close()).onComplete(done -> codec.close());
    }
}
