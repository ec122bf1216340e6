package io.lockservice.server.http;

import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.server.driver.ReplicaPort;
import io.lockservice.server.http.channel.ChannelResource;
import io.lockservice.server.http.channel.ChannelSettings;
import io.lockservice.server.http.channel.Channels;
import io.lockservice.server.http.connection.BodyReader;
import io.lockservice.server.http.connection.BodyRoom;
import io.lockservice.server.http.connection.HttpCarrier;
import io.lockservice.server.http.events.EventsResource;
import io.lockservice.server.http.exchange.Door;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Resource;
import io.netty.handler.codec.http.ContentLengthNotAllowedException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.TransferEncodingNotAllowedException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/JSON door of one replica. Paths are dispatched as they were sent, without a router: a router would normalise
 * names.
 *
 * <p>Threading: {@link #start} and {@link #close} from any thread; everything else runs on the event loop from which it
 * was started, which should be the replica's.
 */
public final class HttpDoor {
    private static final int MAX_LINE_BYTES = 16 << 10;
    private static final int MAX_HEADER_BYTES = 16 << 10;

    /** A wait of at most a minute, and a timeout of at most another. */
    private static final int MAX_SILENCE_MS = 120_000;

    private static final int MAX_SWEEP_MS = 1_000;
    private static final String CHANNEL = "/v1/channel";

    private final HttpSettings settings;
    private final BodyReader bodies;
    private final Connections connections;
    private final HttpMetrics metrics;
    private final Door door;
    private final Channels channels;
    private final Map<String, Resource> resources;

    private volatile @Nullable HttpServer server;
    private volatile @Nullable Runnable stopSweeping;
    private volatile @Nullable Context loop;

    /** A door to {@code port}, not yet open. */
    public HttpDoor(HttpSettings settings, ReplicaPort port, HttpMetrics metrics) {
        this(settings, ChannelSettings.DEFAULT, port, metrics);
    }

    /** As the other, with other bounds for channels. */
    HttpDoor(HttpSettings settings, ChannelSettings channelSettings, ReplicaPort port, HttpMetrics metrics) {
        HttpSettings.Limits limits = settings.limits();
        BodyRoom room = new BodyRoom();
        this.settings = settings;
        this.metrics = metrics;
        this.bodies = new BodyReader(room, limits.bodyTimeoutMs(), System::nanoTime);
        this.connections = new Connections(limits, System::nanoTime);
        this.door =
                new Door(settings.cell(), settings.replica(), port, limits.maxBodyBytes(), limits.maxContentBytes());
        this.channels = new Channels(
                channelSettings, limits.bodyTimeoutMs(), door, this::answer, room, metrics, System::nanoTime);
        this.resources = Map.ofEntries(
                Map.entry("/v1/sessions", new SessionsResource(settings)),
                Map.entry("/v1/locks", new LocksResource(settings)),
                Map.entry("/v1/sequencers", new SequencersResource()),
                Map.entry("/v1/files", new FilesResource()),
                Map.entry("/v1/nodes", new NodesResource()),
                Map.entry("/v1/acls", new AclsResource()),
                Map.entry("/v1/handles", new HandlesResource()),
                Map.entry("/v1/txn", new TransactionsResource()),
                Map.entry("/v1/events", new EventsResource()),
                Map.entry("/v1/cell", new CellResource(settings)),
                Map.entry(CHANNEL, new ChannelResource(channels)),
                Map.entry("/health", new HealthResource(port)),
                Map.entry("/metrics", new MetricsResource(metrics)),
                Map.entry("/problems", new ProblemsResource()));
    }

    /** Opens the door; fails where the port cannot be bound. */
    public Future<HttpDoor> start(Vertx vertx) {
        Promise<HttpDoor> started = Promise.promise();
        Context context = vertx.getOrCreateContext();
        context.runOnContext(here -> {
            HttpServer opening = vertx.createHttpServer(options());
            server = opening;
            long sweepMs = Math.max(1, Math.min(MAX_SWEEP_MS, settings.limits().bodyTimeoutMs() / 4));
            long timer = vertx.setPeriodic(sweepMs, tick -> {
                bodies.sweep();
                connections.sweep();
                channels.sweep();
            });
            stopSweeping = () -> vertx.cancelTimer(timer);
            loop = context;
            opening.connectionHandler(connections::opened)
                    .requestHandler(dispatch(router(vertx)))
                    .invalidRequestHandler(this::handleInvalid)
                    .listen()
                    .map(this)
                    .recover(this::couldNotListen)
                    .onComplete(started);
        });
        return started.future();
    }

    /** The port that is listened on. Only after {@link #start} has succeeded. */
    public int actualPort() {
        HttpServer open = server;
        return open == null ? -1 : open.actualPort();
    }

    /** Closes the door and every connection, channels first: their clients are told to go elsewhere. */
    public Future<Void> close() {
        Runnable stop = stopSweeping;
        if (stop != null) {
            stop.run();
        }
        HttpServer open = server;
        Context on = loop;
        if (open == null || on == null) {
            return Future.succeededFuture();
        }
        Promise<Void> told = Promise.promise();
        on.runOnContext(here -> channels.close().onComplete(told));
        return told.future().transform(done -> open.close());
    }

    private Future<HttpDoor> couldNotListen(Throwable cause) {
        String where = settings.host() + ":" + settings.port();
        return close().transform(closed -> Future.failedFuture(new IOException(
                "cannot listen on " + where + " for HTTP: " + cause.getMessage()
                        + "; stop what is listening there or configure another port",
                cause)));
    }

    private HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                // Bounds are kept per request and per connection here, which HTTP/2 would multiply.
                .setHttp2ClearTextEnabled(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setWebSocketSubProtocols(List.of(ChannelResource.PROTOCOL))
                // Larger than a message may be: what is a little too large gets an answer.
                .setMaxWebSocketFrameSize(2 * ChannelSettings.MAX_MESSAGE_BYTES)
                .setWebSocketClosingTimeout(ChannelSettings.CLOSING_SECONDS)
                .setHandle100ContinueAutomatically(false);
        options.setTcpKeepAlive(true);
        options.setTcpNoDelay(true);
        // The last resort, for clients that do not read their reply; a request that waits is silent for long, too.
        options.setIdleTimeout((int) (settings.limits().idleTimeoutMs() + MAX_SILENCE_MS));
        options.setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        return options;
    }

    /** A router wraps its requests, and so the WebSocket of a channel: those go past it. */
    private Handler<HttpServerRequest> dispatch(Router router) {
        return request -> {
            if (request.uri().startsWith(CHANNEL)) {
                handle(request);
            } else {
                router.handle(request);
            }
        };
    }

    /**
     * Everything goes one way, the resource is found by the path as it was sent: a router's own paths are normalised, and
     * so are those it refuses.
     */
    private Router router(Vertx vertx) {
        Router router = Router.router(vertx);
        router.route().handler(routed -> handle(routed.request()));
        router.errorHandler(HttpResponseStatus.BAD_REQUEST.code(), routed -> handle(routed.request()));
        return router;
    }

    private void handle(HttpServerRequest request) {
        if (connections.isEnding(request.connection())) {
            return;
        }
        begin(request);
        HttpCarrier carrier = new HttpCarrier(request, bodies, connections::closed);
        Exchange exchange = new Exchange(carrier, door);
        exchange.guard(() -> {
            carrier.checkHeaders();
            answer(exchange);
        });
        noteEnd(carrier, request);
    }

    private void answer(Exchange exchange) {
        exchange.checkHeaders();
        resource(exchange).handle(exchange);
    }

    private void begin(HttpServerRequest request) {
        connections.begin(request.connection());
        long startNanos = System.nanoTime();
        HttpServerResponse response = request.response();
        response.endHandler(ended -> {
            connections.end(request.connection());
            int status = response.headWritten() ? response.getStatusCode() : HttpMetrics.NO_REPLY;
            metrics.ended(request.method(), status, System.nanoTime() - startNanos);
        });
    }

    private void noteEnd(HttpCarrier carrier, HttpServerRequest request) {
        if (carrier.endsConnection()) {
            connections.ending(request.connection());
        }
    }

    private Resource resource(Exchange exchange) {
        String path = exchange.path();
        int end = path.indexOf('/', 1);
        if (path.startsWith("/v1/")) {
            end = path.indexOf('/', "/v1/".length());
        }
        int resourceEnd = end < 0 ? path.length() : end;
        Resource resource = resources.get(path.substring(0, resourceEnd));
        if (resource == null) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND, "there is no such resource; the API documentation lists what there is");
        }
        exchange.resourceEndsAt(resourceEnd);
        return resource;
    }

    /** What the HTTP codec could not read. Vert.x closes the connection after the reply. */
    private void handleInvalid(HttpServerRequest request) {
        if (connections.isEnding(request.connection())) {
            return;
        }
        begin(request);
        Throwable cause = request.decoderResult().cause();
        HttpCarrier carrier = new HttpCarrier(request, bodies, connections::closed);
        Exchange exchange = new Exchange(carrier, door);
        exchange.guard(() -> {
            if (cause instanceof TooLongHttpLineException) {
                throw new ProblemException(
                        ProblemCode.URI_TOO_LONG, "the first line of a request has at most 16 KiB; this has more");
            }
            if (cause instanceof TooLongHttpHeaderException) {
                throw new ProblemException(
                        ProblemCode.HEADERS_TOO_LARGE, "the headers have at most 16 KiB in all; these have more");
            }
            if (cause instanceof ContentLengthNotAllowedException
                    || cause instanceof TransferEncodingNotAllowedException) {
                throw carrier.unclearEnd();
            }
            carrier.checkEnd();
            throw new ProblemException(ProblemCode.BAD_REQUEST, "this is not a valid HTTP/1.1 request");
        });
        noteEnd(carrier, request);
    }
}
