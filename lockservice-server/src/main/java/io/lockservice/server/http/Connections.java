package io.lockservice.server.http;

import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open connections: no more than a bound, and none that does nothing. A connection is busy while a request is under
 * way, however long that waits; one on which bytes only trickle in is not. One that became a channel is busy until it is
 * closed.
 *
 * <p>Threading: one event loop.
 */
final class Connections {
    private static final long NANOS_PER_MS = 1_000_000;

    private final HttpSettings.Limits limits;
    private final LongSupplier nanoClock;
    private final Map<HttpConnection, Use> open = new HashMap<>();

    Connections(HttpSettings.Limits limits, LongSupplier nanoClock) {
        this.limits = limits;
        this.nanoClock = nanoClock;
    }

    /** A new connection; it is closed at once where there are too many. */
    void opened(HttpConnection connection) {
        if (open.size() >= limits.maxConnections()) {
            connection.close();
            return;
        }
        open.put(connection, new Use(nanoClock.getAsLong()));
        connection.closeHandler(closed -> closed(connection));
    }

    /** The connection is closed; told by whoever took it over where it has become something else than HTTP. */
    void closed(HttpConnection connection) {
        open.remove(connection);
    }

    /** Whether nothing that comes on the connection is a request any more. */
    boolean isEnding(HttpConnection connection) {
        @Nullable Use use = open.get(connection);
        return use != null && use.ending;
    }

    /** The connection is being closed: what was received already is not to be taken for requests. */
    void ending(HttpConnection connection) {
        @Nullable Use use = open.get(connection);
        if (use != null) {
            use.ending = true;
        }
    }

    /** A request has begun. */
    void begin(HttpConnection connection) {
        @Nullable Use use = open.get(connection);
        if (use != null) {
            use.underWay++;
            use.requests++;
        }
    }

    /** The reply of a request is out. */
    void end(HttpConnection connection) {
        @Nullable Use use = open.get(connection);
        if (use != null) {
            use.underWay--;
            use.idleSinceNanos = nanoClock.getAsLong();
        }
    }

    /** Closes the connections that do nothing for too long. */
    void sweep() {
        long now = nanoClock.getAsLong();
        List<HttpConnection> idle = open.entrySet().stream()
                .filter(entry -> isIdle(entry.getValue(), now))
                .map(Map.Entry::getKey)
                .toList();
        idle.forEach(HttpConnection::close);
    }

    private boolean isIdle(Use use, long now) {
        long allowedMs = use.requests == 0 ? limits.bodyTimeoutMs() : limits.idleTimeoutMs();
        return use.underWay == 0 && now - use.idleSinceNanos > allowedMs * NANOS_PER_MS;
    }

    private static final class Use {
        private long idleSinceNanos;
        private int underWay;
        private boolean ending;
        private long requests;

        Use(long now) {
            idleSinceNanos = now;
        }
    }
}
