package io.lockservice.server.dns;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections with queries, no more than a bound, and none that does nothing. Where there are too many the one that has asked
 * nothing for the longest time makes room: whoever holds all of them keeps nobody out.
 *
 * <p>Threading: the event loop of the replica.
 */
final class TcpDoor {
    private static final long SWEEP_MS = 1_000;
    private static final long NANOS_PER_MS = 1_000_000;

    /** Read at once: three of the largest queries. */
    private static final int READ_BYTES = 4_096;

    /** More that is not taken, and no more replies are made; one reply goes beyond it. */
    private static final int WRITTEN_BYTES = 16_384;

    /** What the system keeps of replies on their way; by itself it would be megabytes. */
    private static final int SENT_BYTES = 65_536;

    private final Queries queries;
    private final DnsSettings.Limits limits;
    private final LongSupplier nanoClock;
    private final Codec codec = new Codec();

    /** With the time of the last query, the oldest first. */
    private final Map<TcpConnection, Long> connections = new LinkedHashMap<>(16, 0.75f, true);

    private @Nullable NetServer server;
    private Runnable stopSweeping = () -> {};

    TcpDoor(Queries queries, DnsSettings.Limits limits, LongSupplier nanoClock) {
        this.queries = queries;
        this.limits = limits;
        this.nanoClock = nanoClock;
    }

    /** Opens it on the current event loop. */
    Future<NetServer> listen(Vertx vertx, String host, int port) {
        NetServerOptions options = new NetServerOptions().setHost(host).setPort(port);
        options.setTcpNoDelay(true);
        options.setReceiveBufferSize(READ_BYTES).setSendBufferSize(SENT_BYTES);
        NetServer opening = vertx.createNetServer(options);
        server = opening;
        long timer = vertx.setPeriodic(Math.min(SWEEP_MS, Math.max(1, limits.idleTimeoutMs() / 4)), tick -> sweep());
        stopSweeping = () -> vertx.cancelTimer(timer);
        return opening.connectHandler(this::opened).listen();
    }

    private void opened(NetSocket socket) {
        if (connections.size() >= limits.maxConnections()) {
            queries.metrics().dropped(DnsMetrics.Dropped.OVERLOADED);
            TcpConnection oldest = connections.keySet().iterator().next();
            connections.remove(oldest);
            oldest.breakOff();
        }
        socket.setWriteQueueMaxSize(WRITTEN_BYTES);
        TcpConnection connection = new TcpConnection(socket, queries, codec, this::asked);
        connections.put(connection, nanoClock.getAsLong());
        queries.metrics().connections(connections.size());
        socket.closeHandler(closed -> {
            connections.remove(connection);
            queries.metrics().connections(connections.size());
        });
    }

    private void asked(TcpConnection connection) {
        connections.replace(connection, nanoClock.getAsLong());
    }

    /** Whoever sends no whole query, or takes no reply, is not waited for. */
    private void sweep() {
        long oldestNanos = nanoClock.getAsLong() - limits.idleTimeoutMs() * NANOS_PER_MS;
        Iterator<Map.Entry<TcpConnection, Long>> each = connections.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<TcpConnection, Long> oldest = each.next();
            if (oldest.getValue() - oldestNanos >= 0) {
                return;
            }
            each.remove();
            oldest.getKey().breakOff();
        }
    }

    /** Closes it with every connection, whatever they have not taken. */
    Future<Void> close() {
        stopSweeping.run();
        NetServer open = server;
        Future<Void> closed = open == null ? Future.succeededFuture() : open.close();
        List.copyOf(connections.keySet()).forEach(TcpConnection::breakOff);
        return closed.onComplete(done -> codec.close());
    }
}
