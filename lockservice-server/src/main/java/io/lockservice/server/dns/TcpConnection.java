package io.lockservice.server.dns;

import io.netty.handler.codec.dns.DnsQuery;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * A connection with queries one after the other, which are answered in their order. While some are not answered no more are
 * read, and while replies are not taken none are made.
 *
 * <p>Threading: the event loop of the replica.
 */
final class TcpConnection {
    private final NetSocket socket;
    private final Queries queries;
    private final LongSupplier nanoClock;
    private final Codec codec = new Codec();
    private final Deque<DnsQuery> unanswered = new ArrayDeque<>();
    private long lastQueryNanos;
    private boolean asking;
    private boolean closed;

    TcpConnection(NetSocket socket, Queries queries, LongSupplier nanoClock) {
        this.socket = socket;
        this.queries = queries;
        this.nanoClock = nanoClock;
        this.lastQueryNanos = nanoClock.getAsLong();
        socket.exceptionHandler(broken -> socket.close());
        socket.handler(this::received);
    }

    private void received(Buffer bytes) {
        if (closed) {
            return;
        }
        try {
            codec.stream(bytes, unanswered);
        } catch (Codec.Malformed malformed) {
            // Where the next one begins nobody knows.
            queries.metrics().dropped(DnsMetrics.Dropped.MALFORMED);
            socket.close();
            return;
        }
        if (!unanswered.isEmpty()) {
            lastQueryNanos = nanoClock.getAsLong();
            socket.pause();
            proceed();
        }
    }

    private void proceed() {
        if (closed || asking) {
            return;
        }
        if (unanswered.isEmpty()) {
            socket.resume();
        } else if (socket.writeQueueFull()) {
            socket.drainHandler(taken -> proceed());
        } else {
            asking = true;
            queries.freshness().whenKnown(this::answer);
        }
    }

    private void answer(boolean fresh) {
        asking = false;
        while (!closed && !unanswered.isEmpty() && !socket.writeQueueFull()) {
            Buffer reply = queries.stream(unanswered.remove(), codec, fresh);
            if (reply == null) {
                socket.close();
                return;
            }
            socket.write(reply);
        }
        proceed();
    }

    void closeIfIdleSince(long nanos) {
        if (lastQueryNanos - nanos < 0) {
            socket.close();
        }
    }

    /** Gives back what is not answered any more. */
    void closed() {
        closed = true;
        unanswered.forEach(DnsQuery::release);
        unanswered.clear();
        codec.close();
    }
}
