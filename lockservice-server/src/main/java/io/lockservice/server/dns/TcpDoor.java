package io.lockservice.server.dns;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections with queries, no more than a bound, and none that does nothing.
 *
 * <p>Threading: the event loop of the replica.
 */
final class TcpDoor {
    private static final long SWEEP_MS = 1_000;
    private static final long NANOS_PER_MS = 1_000_000;

    private final Queries queries;
    private final DnsSettings.Limits limits;
    private final LongSupplier nanoClock;
    private final Set<TcpConnection> connections = new LinkedHashSet<>();
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
        NetServer opening = vertx.createNetServer(options);
        server = opening;
        long timer = vertx.setPeriodic(Math.min(SWEEP_MS, Math.max(1, limits.idleTimeoutMs() / 4)), tick -> sweep());
        stopSweeping = () -> vertx.cancelTimer(timer);
        return opening.connectHandler(this::opened).listen();
    }

    private void opened(NetSocket socket) {
        if (connections.size() >= limits.maxConnections()) {
            queries.metrics().dropped(DnsMetrics.Dropped.OVERLOADED);
            socket.close();
            return;
        }
        TcpConnection connection = new TcpConnection(socket, queries, nanoClock);
        connections.add(connection);
        queries.metrics().connections(connections.size());
        socket.closeHandler(closed -> {
            connections.remove(connection);
            connection.closed();
            queries.metrics().connections(connections.size());
        });
    }

    /** Whoever sends no whole query, or takes no reply, is not waited for. */
    private void sweep() {
        long oldestNanos = nanoClock.getAsLong() - limits.idleTimeoutMs() * NANOS_PER_MS;
        List.copyOf(connections).forEach(each -> each.closeIfIdleSince(oldestNanos));
    }

    /** Closes it with every connection. */
    Future<Void> close() {
        stopSweeping.run();
        NetServer open = server;
        return open == null ? Future.succeededFuture() : open.close();
    }
}
