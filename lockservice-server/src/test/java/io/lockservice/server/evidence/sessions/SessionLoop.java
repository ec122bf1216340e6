package io.lockservice.server.evidence.sessions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Opens a share of the sessions and keeps them alive, each with the next keep-alive as soon as the one before is answered.
 *
 * <p>Threading: deployed on one event loop, to which {@link #open} and {@link #silence} go from any thread.
 */
final class SessionLoop extends VerticleBase {
    private static final int CONNECTING_AT_ONCE = 64;
    private static final long LAG_EVERY_MS = 10;
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Line(SessionConnection connection, List<KeptSession> sessions) {}

    private final SessionsOptions options;
    private final URI leader;
    private final List<List<KeptSession>> sessions;
    private final Lateness answers;
    private final Lateness lags;
    private final long halfLeaseNanos;
    private final List<Line> lines = new ArrayList<>();
    private final Promise<Void> opened = Promise.promise();
    private int connecting;
    private int toOpen;

    /**
     * A loop without connections yet.
     *
     * @param sessions those of each of its connections
     * @param answers gets how late keep-alives are answered
     * @param lags gets how late this loop itself is
     */
    SessionLoop(
            SessionsOptions options, URI leader, List<List<KeptSession>> sessions, Lateness answers, Lateness lags) {
        this.options = options;
        this.leader = leader;
        this.sessions = sessions;
        this.answers = answers;
        this.lags = lags;
        this.halfLeaseNanos = TimeUnit.MILLISECONDS.toNanos(options.leaseMs() / 2);
        this.toOpen = sessions.stream().mapToInt(List::size).sum();
    }

    @Override
    public Future<?> start() {
        long[] dueNanos = {System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAG_EVERY_MS)};
        vertx.setPeriodic(LAG_EVERY_MS, tick -> {
            long now = System.nanoTime();
            lags.add(Math.max(0, now - dueNanos[0]));
            dueNanos[0] = now + TimeUnit.MILLISECONDS.toNanos(LAG_EVERY_MS);
        });
        return Future.succeededFuture();
    }

    /** Connects and opens all sessions; from then on each is kept alive. */
    Future<Void> open() {
        context.runOnContext(here -> {
            NetClient net = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
            for (int i = 0; i < CONNECTING_AT_ONCE; i++) {
                connectNext(net);
            }
        });
        return opened.future();
    }

    private void connectNext(NetClient net) {
        if (connecting == sessions.size()) {
            return;
        }
        List<KeptSession> here = sessions.get(connecting++);
        net.connect(leader.getPort(), leader.getHost())
                .onSuccess(socket -> connected(net, socket, here))
                .onFailure(opened::tryFail);
    }

    private void connected(NetClient net, NetSocket socket, List<KeptSession> here) {
        SessionConnection connection = new SessionConnection(socket, () -> lost(here));
        lines.add(new Line(connection, here));
        String body = "{\"client\":\"many\",\"leaseMs\":" + options.leaseMs() + "}";
        for (KeptSession session : here) {
            connection.post("/v1/sessions", body, (status, answer) -> {
                if (status != CREATED) {
                    opened.tryFail("status " + status + " for a session to open: " + answer);
                    return;
                }
                session.opened(id(answer));
                keepAlive(connection, session);
                toOpen--;
                if (toOpen == 0) {
                    opened.tryComplete();
                }
                if (session == here.get(here.size() - 1)) {
                    connectNext(net);
                }
            });
        }
    }

    private static String id(String answer) {
        try {
            return JSON.readTree(answer).get("session").asText();
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException(answer, broken);
        }
    }

    private void lost(List<KeptSession> here) {
        opened.tryFail("a connection was closed");
        here.forEach(session -> session.failed("its connection was closed"));
    }

    private void keepAlive(SessionConnection connection, KeptSession session) {
        if (session.isSilent()) {
            return;
        }
        long sentNanos = System.nanoTime();
        String body = options.parks() ? "{\"waitMs\":60000}" : "{}";
        connection.post("/v1/sessions/" + session.id() + "/keepalive", body, (status, answer) -> {
            if (status != OK) {
                session.failed("status " + status + " for a keep-alive: " + answer);
                return;
            }
            long now = System.nanoTime();
            // One that waits is accepted again when it is answered, with half of the lease left.
            long fromNanos = options.parks() ? sentNanos + halfLeaseNanos : sentNanos;
            session.accepted(fromNanos, now);
            answers.add(now - fromNanos);
            if (options.parks()) {
                keepAlive(connection, session);
            } else {
                long waitMs = TimeUnit.NANOSECONDS.toMillis(sentNanos + halfLeaseNanos - now);
                vertx.setTimer(Math.max(1, waitMs), due -> keepAlive(connection, session));
            }
        });
        if (options.closes()) {
            // Should the connection be closed now: nobody will see when it is answered, but it will be.
            session.accepted(sentNanos, sentNanos + (options.parks() ? halfLeaseNanos : 0));
        }
    }

    /** Half of the sessions send no more keep-alives; their connections are closed, too, where so told. */
    Future<Void> silence() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(here -> {
            for (int i = 0; i < lines.size(); i += 2) {
                lines.get(i).sessions().forEach(KeptSession::fallSilent);
                if (options.closes()) {
                    lines.get(i).connection().close();
                }
            }
            done.complete();
        });
        return done.future();
    }
}
