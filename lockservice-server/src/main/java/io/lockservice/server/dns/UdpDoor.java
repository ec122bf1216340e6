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
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Queries in datagrams.
 *
 * <p>Threading: the event loop of the replica.
 */
final class UdpDoor {
    /**
     * Nobody asks from there: no port at all, and services that answer whatever they are sent (echo, daytime, chargen, time,
     * kpasswd). Whoever writes one of them as the sender wants two machines to talk to each other for ever.
     */
    private static final Set<Integer> NO_CLIENTS = Set.of(0, 7, 13, 19, 37, 464);

    /** More that wait for the network to take their replies are dropped: resolvers ask again. */
    private static final int MAX_UNDER_WAY = 4_096;

    private static final int RECEIVED_BYTES = 1 << 20;

    private final Queries queries;
    private final SourceLimit limit;
    private final LongSupplier nanoClock;
    private final Codec codec = new Codec();
    private @Nullable DatagramSocket socket;
    private int sending;

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

    private Future<Void> send(Buffer reply, SocketAddress to) {
        DatagramSocket open = socket;
        return open == null ? Future.succeededFuture() : open.send(reply, to.port(), to.hostAddress());
    }

    /** Where replies go. */
    interface Sender {
        /** Done when the network has taken it, or never will. */
        Future<Void> send(Buffer reply);
    }

    /** A datagram, from whomever it says. */
    void received(Buffer bytes, String address, int port, Sender sender) {
        SourceLimit.Allowance allowance = limit.take(address, nanoClock.getAsLong());
        if (allowance == SourceLimit.Allowance.NONE) {
            queries.metrics().dropped(Dropped.LIMITED);
            return;
        }
        if (NO_CLIENTS.contains(port)) {
            queries.metrics().dropped(Dropped.MALFORMED);
            return;
        }
        DnsQuery query;
        try {
            query = codec.query(bytes);
        } catch (Codec.Malformed malformed) {
            queries.metrics().dropped(Dropped.MALFORMED);
            return;
        }
        if (sending >= MAX_UNDER_WAY) {
            query.release();
            queries.metrics().dropped(Dropped.OVERLOADED);
            return;
        }
        boolean whole = allowance == SourceLimit.Allowance.WHOLE;
        send(whole ? queries.datagram(query, codec) : queries.cutShort(query, codec), sender);
    }

    private void send(@Nullable Buffer reply, Sender sender) {
        if (reply == null) {
            return;
        }
        sending++;
        try {
            sender.send(reply).onComplete(sent -> sending--);
        } catch (RuntimeException mistake) {
            sending--;
            queries.failed(mistake);
        }
    }

    /** Answers nobody any more. */
    Future<Void> close() {
        DatagramSocket open = socket;
        return (open == null ? Future.<Void>succeededFuture() : open.close()).onComplete(done -> codec.close());
    }
}
