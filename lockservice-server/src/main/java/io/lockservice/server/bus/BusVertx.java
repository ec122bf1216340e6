package io.lockservice.server.bus;

import io.lockservice.server.config.CellConfig;
import io.lockservice.server.config.CellConfig.Member;
import io.lockservice.server.config.CellConfig.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the clustered Vert.x of one replica. */
final class BusVertx {
    private static final int CONNECT_TIMEOUT_MS = 1_500;
    private static final int HANDSHAKE_TIMEOUT_MS = 2_000;
    private static final int PING_MS = 1_000;
    private static final int PONG_WITHIN_MS = 2_000;

    /**
     * A connection on which nothing came for so long is cut, pongs counted. The missing pong alone does not suffice: its
     * orderly close waits behind everything the stopped peer has not taken. Without the cut, a healed partition would
     * have to wait for TCP's next attempt, which can take as long again as the partition lasted.
     */
    private static final int READ_IDLE_MS = 4_000;

    private static final int DNS_TIMEOUT_MS = 2_000;
    private static final int HOSTS_FILE_REFRESH_MS = 1_000;

    /**
     * Vert.x logs a stack trace for every failed connect and write, thousands in a second; {@link Peer} says the same in
     * one line. Kept here because the logging system forgets loggers that nobody holds.
     */
    private static final List<Logger> QUIET = List.of(
            Logger.getLogger("io.vertx.core.eventbus.impl.clustered"),
            Logger.getLogger("io.vertx.core.impl.VertxImpl"));

    private static final String OWN_CODE = "io.lockservice.";
    private static final String BUS_CONNECTION = "io.vertx.core.eventbus.impl.clustered.OutboundConnection";
    private static final String FAILED_TWICE = "Promise already completed";
    private static final System.Logger LOG = System.getLogger(BusVertx.class.getName());

    private BusVertx() {}

    static Future<Vertx> open(CellConfig config, Member self, StaticClusterManager nodes) {
        QUIET.forEach(logger -> logger.setLevel(Level.OFF));
        return Vertx.builder()
                .with(options(config, self))
                .withClusterManager(nodes)
                .buildClustered()
                .onSuccess(vertx -> vertx.exceptionHandler(BusVertx::uncaught));
    }

    /**
     * What nobody caught on an event loop. Our own mistakes are told with all there is. The bus's are frames that make no
     * sense, from whoever reached the port: one line each. And when a connection breaks, it fails some writes twice.
     */
    private static void uncaught(Throwable thrown) {
        StackTraceElement[] frames = thrown.getStackTrace();
        if (FAILED_TWICE.equals(thrown.getMessage()) && anyIn(frames, BUS_CONNECTION)) {
            // Also in the middle of a turn of ours, which goes on: the bus catches it itself.
            return;
        }
        if (anyIn(frames, OWN_CODE)) {
            LOG.log(System.Logger.Level.ERROR, "unexpected failure on an event loop", thrown);
        } else if (!FAILED_TWICE.equals(thrown.getMessage())) {
            LOG.log(System.Logger.Level.WARNING, "the event bus ignored something: {0}", thrown.toString());
            LOG.log(System.Logger.Level.DEBUG, "what the event bus ignored", thrown);
        }
    }

    private static boolean anyIn(StackTraceElement[] frames, String packageOrClass) {
        return Arrays.stream(frames).anyMatch(frame -> frame.getClassName().startsWith(packageOrClass));
    }

    private static VertxOptions options(CellConfig config, Member self) {
        return new VertxOptions()
                .setEventLoopPoolSize(config.vertx().eventLoops())
                .setEventBusOptions(busOptions(self, config.tls()))
                .setAddressResolverOptions(new AddressResolverOptions()
                        .setCacheMaxTimeToLive(0)
                        .setHostsRefreshPeriod(HOSTS_FILE_REFRESH_MS)
                        .setQueryTimeout(DNS_TIMEOUT_MS));
    }

    private static EventBusOptions busOptions(Member self, @Nullable Tls tls) {
        EventBusOptions options = new EventBusOptions()
                .setHost(self.listen())
                .setPort(self.bus())
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setReconnectAttempts(0)
                .setTrustAll(false)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setClusterPingInterval(PING_MS)
                .setClusterPingReplyInterval(PONG_WITHIN_MS)
                .setReadIdleTimeout(READ_IDLE_MS)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        return tls == null ? options : withTls(options, tls);
    }

    /** Paths, not objects: Vert.x copies these options through JSON. */
    private static EventBusOptions withTls(EventBusOptions options, Tls tls) {
        return options.setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setSslHandshakeTimeout(HANDSHAKE_TIMEOUT_MS)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(tls.certificate().toString())
                        .setKeyPath(tls.key().toString()))
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(tls.authority().toString()));
    }
}
