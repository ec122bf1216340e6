package io.lockservice.client.testkit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Takes one client's connections to one replica, and lets through what the network lets through. Confined to its event loop. */
final class ReplicaProxy {
    private static final String LOOPBACK = "127.0.0.1";

    private final Vertx vertx;
    private final String host;
    private final int port;
    private final NetClient outwards;
    private final Set<Link> links = new LinkedHashSet<>();
    private Conditions conditions = Conditions.GOOD;
    private @Nullable NetServer server;
    private volatile int ownPort;

    ReplicaProxy(Vertx vertx, NetClient outwards, String host, int port) {
        this.vertx = vertx;
        this.outwards = outwards;
        this.host = host;
        this.port = port;
    }

    /** Opens it at a port of its own. */
    Future<ReplicaProxy> open() {
        NetServer opening = vertx.createNetServer();
        return opening.connectHandler(this::connected).listen(0, LOOPBACK).map(listening -> {
            server = opening;
            ownPort = opening.actualPort();
            return this;
        });
    }

    /** Where it is reached. */
    String url() {
        return "http://" + LOOPBACK + ":" + ownPort;
    }

    /** Whether this is the way to the replica there. */
    boolean leadsTo(String otherHost, int otherPort) {
        return host.equals(otherHost) && port == otherPort;
    }

    /** From now on the network is like that, also for connections that are open. From any thread; done when it is so. */
    Future<Void> change(UnaryOperator<Conditions> change) {
        return onLoop(() -> {
            conditions = change.apply(conditions);
            List.copyOf(links).forEach(Link::changed);
        });
    }

    /** Breaks the connections there are. From any thread. */
    Future<Void> cut() {
        return onLoop(() -> List.copyOf(links).forEach(Link::cut));
    }

    private Future<Void> onLoop(Runnable action) {
        Promise<Void> done = Promise.promise();
        vertx.runOnContext(here -> {
            action.run();
            done.complete();
        });
        return done.future();
    }

    /** Closes it, with its connections. */
    Future<Void> close() {
        NetServer open = server;
        return cut().compose(none -> open == null ? Future.succeededFuture() : open.close());
    }

    private void connected(NetSocket client) {
        Link link = new Link(client);
        links.add(link);
        client.pause();
        link.changed();
    }

    /** A client's connection, and the one to the replica that belongs to it. */
    private final class Link {
        private final NetSocket client;
        private final List<Pipe> pipes = new ArrayList<>();
        private @Nullable NetSocket replica;
        private boolean connecting;
        private boolean closed;

        Link(NetSocket client) {
            this.client = client;
            client.exceptionHandler(broken -> {});
            client.closeHandler(gone -> ended());
        }

        void changed() {
            if (!connecting && !conditions.silent()) {
                connecting = true;
                outwards.connect(port, host).onSuccess(this::joined).onFailure(refused -> cut());
            }
            pipes.forEach(Pipe::deliver);
        }

        private void joined(NetSocket opened) {
            if (closed) {
                opened.close();
                return;
            }
            replica = opened;
            pipes.add(new Pipe(vertx, client, opened, () -> conditions, this::ended));
            pipes.add(new Pipe(vertx, opened, client, () -> conditions, this::ended));
            pipes.forEach(Pipe::begin);
        }

        private void ended() {
            closed = true;
            links.remove(this);
        }

        void cut() {
            ended();
            client.close();
            NetSocket opened = replica;
            if (opened != null) {
                opened.close();
            }
        }
    }
}
