package io.lockservice.server.http.channel;

import io.lockservice.server.http.connection.BodyRoom;
import io.lockservice.server.http.exchange.Door;
import io.lockservice.server.http.exchange.Resource;
import io.vertx.core.Future;
import io.vertx.core.http.ServerWebSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** The open channels of one door, and what they share. Threading: one event loop. */
public final class Channels {
    private static final System.Logger LOG = System.getLogger(Channels.class.getName());

    private final ChannelSettings settings;
    private final long bodyTimeoutMs;
    private final Door door;
    private final Resource root;
    private final BodyRoom room;
    private final ChannelMetrics metrics;
    private final LongSupplier nanoClock;
    private final Set<Channel> open = new LinkedHashSet<>();
    private boolean stopping;

    /**
     * No channels yet.
     *
     * @param bodyTimeoutMs how long a body may take to arrive, in milliseconds
     * @param root answers every request, as it does by HTTP
     * @param room for bodies
     * @param nanoClock monotonic nanoseconds
     */
    public Channels(
            ChannelSettings settings,
            long bodyTimeoutMs,
            Door door,
            Resource root,
            BodyRoom room,
            ChannelMetrics metrics,
            LongSupplier nanoClock) {
        this.settings = settings;
        this.bodyTimeoutMs = bodyTimeoutMs;
        this.door = door;
        this.root = root;
        this.room = room;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
    }

    /** Begins a channel; {@code ended} is run once its connection is closed. */
    void opened(ServerWebSocket socket, Runnable ended) {
        Channel channel;
        try {
            channel = new Channel(this, socket, ended);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "could not begin a channel", e);
            socket.closeHandler(closed -> ended.run()).close((short) CloseCode.INTERNAL);
            return;
        }
        open.add(channel);
        metrics.channelOpened();
        if (stopping) {
            channel.stop();
        } else {
            channel.greet();
        }
    }

    void closed(Channel channel) {
        if (open.remove(channel)) {
            metrics.channelClosed();
        }
    }

    /** Looks for what takes too long; to be called about every second. */
    public void sweep() {
        new ArrayList<>(open).forEach(Channel::sweep);
    }

    /** Tells every client that the replica stops; completed when all channels are closed, within two seconds. */
    public Future<Void> close() {
        stopping = true;
        List<Future<Void>> closing = new ArrayList<>();
        new ArrayList<>(open).forEach(channel -> closing.add(channel.stop()));
        return closing.isEmpty()
                ? Future.succeededFuture()
                : Future.join(closing).mapEmpty();
    }

    ChannelSettings settings() {
        return settings;
    }

    long bodyTimeoutMs() {
        return bodyTimeoutMs;
    }

    Door door() {
        return door;
    }

    Resource root() {
        return root;
    }

    BodyRoom room() {
        return room;
    }

    ChannelMetrics metrics() {
        return metrics;
    }

    LongSupplier nanoClock() {
        return nanoClock;
    }
}
