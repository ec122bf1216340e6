package io.lockservice.server.dns;

import io.lockservice.server.driver.ReplicaPort;
import io.lockservice.server.registry.ServiceView;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The DNS door of one replica, by UDP and by TCP on the same port: the services as this replica knows them, and SERVFAIL where
 * that is too old.
 *
 * <p>Threading: {@link #start} and {@link #close} from any thread; everything else runs on the event loop from which it was
 * started, which has to be the replica's.
 */
public final class DnsDoor {
    private static final long MS_PER_SECOND = 1_000;

    private final DnsSettings settings;
    private final Freshness freshness;
    private final UdpDoor udp;
    private final TcpDoor tcp;
    private volatile int actualPort = -1;
    private volatile @Nullable Context context;

    /**
     * A door to {@code port}, not yet open.
     *
     * @throws IllegalArgumentException where the cell's name is no DNS label
     */
    public DnsDoor(DnsSettings settings, ReplicaPort port, DnsMetrics metrics, ServiceView services) {
        this(
                settings,
                new Queries(
                        new Replies(answers(settings, services)),
                        new Freshness(
                                port,
                                services.root(),
                                services::whenSeen,
                                settings.maxStaleMs(),
                                System::nanoTime,
                                System::currentTimeMillis),
                        metrics));
    }

    /** A door that answers with {@code queries}. */
    DnsDoor(DnsSettings settings, Queries queries) {
        this.settings = settings;
        this.freshness = queries.freshness();
        SourceLimit limit = new SourceLimit(settings.limits(), new SecureRandom().nextLong(), System.nanoTime());
        this.udp = new UdpDoor(queries, limit, System::nanoTime);
        this.tcp = new TcpDoor(queries, settings.limits(), System::nanoTime);
    }

    private static Answers answers(DnsSettings settings, ServiceView services) {
        return new Answers(
                new Zone(settings.cell(), services::labelled),
                new SplittableRandom(new SecureRandom().nextLong()),
                services::revision,
                settings.ttlMs() / MS_PER_SECOND);
    }

    /** Opens the door; fails where the port cannot be bound by both. */
    public Future<DnsDoor> start(Vertx vertx) {
        Promise<DnsDoor> started = Promise.promise();
        Context current = vertx.getOrCreateContext();
        context = current;
        current.runOnContext(here -> tcp.listen(vertx, settings.host(), settings.port())
                .recover(cause -> couldNotListen("TCP", settings.port(), cause))
                .compose(server -> {
                    actualPort = server.actualPort();
                    return udp.listen(vertx, settings.host(), actualPort)
                            .recover(cause -> couldNotListen("UDP", actualPort, cause));
                })
                .map(opened -> {
                    freshness.start(vertx);
                    return this;
                })
                .onComplete(started));
        return started.future();
    }

    /** The port that is listened on. Only after {@link #start} has succeeded. */
    public int actualPort() {
        return actualPort;
    }

    /** Closes the door and every connection. */
    public Future<Void> close() {
        Context started = context;
        if (started == null) {
            return Future.succeededFuture();
        }
        Promise<Void> closed = Promise.promise();
        started.runOnContext(here -> {
            freshness.close();
            Future.join(udp.close(), tcp.close()).<Void>mapEmpty().onComplete(closed);
        });
        return closed.future();
    }

    private <T> Future<T> couldNotListen(String protocol, int port, Throwable cause) {
        String where = settings.host() + ":" + port;
        return close().transform(closed -> Future.failedFuture(new IOException(
                "cannot listen on " + where + " for DNS by " + protocol + ": " + cause.getMessage()
                        + "; stop what is listening there or configure another port",
                cause)));
    }
}
