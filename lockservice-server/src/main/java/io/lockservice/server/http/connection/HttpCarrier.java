package io.lockservice.server.http.connection;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;
import io.lockservice.server.http.exchange.Carrier;
import io.lockservice.server.http.exchange.Numbers;
import io.lockservice.server.http.exchange.Outflow;
import io.lockservice.server.http.exchange.OwnConnection;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An HTTP request and its reply. Threading: the event loop of its connection. */
public final class HttpCarrier implements Carrier, OwnConnection {
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF_VALUE = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence CACHE = HttpHeaders.createOptimized("Cache-Control");
    private static final CharSequence CACHE_VALUE = HttpHeaders.createOptimized("no-cache");

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final BodyReader bodies;
    private final Consumer<HttpConnection> ended;
    private boolean bodyHandled;
    private boolean closeAfterwards;

    /**
     * A carrier of {@code request}, whose first part has just arrived.
     *
     * @param ended told when the connection has ended after it became a WebSocket
     */
    public HttpCarrier(HttpServerRequest request, BodyReader bodies, Consumer<HttpConnection> ended) {
        this.request = request;
        this.response = request.response();
        this.bodies = bodies;
        this.ended = ended;
    }

    // What was asked

    @Override
    public HttpMethod method() {
        return request.method();
    }

    @Override
    public String target() {
        return request.uri();
    }

    @Override
    public MultiMap headers() {
        return request.headers();
    }

    /** Refuses a request that does not say clearly where it ends, or whom it is for. */
    public void checkHeaders() {
        checkEnd();
        if (!request.headers().contains(HttpHeaders.HOST) && !request.version().equals(HttpVersion.HTTP_1_0)) {
            throw new ProblemException(Problem.badField("header:Host", "header Host is missing"));
        }
        if (request.headers().getAll(HttpHeaders.HOST).size() > 1) {
            throw new ProblemException(Problem.badField("header:Host", "header Host is given twice; give it once"));
        }
    }

    /**
     * Refuses a request whose headers do not say clearly where it ends: by anything but Content-Length alone or one
     * Transfer-Encoding alone, which is chunked, for another server or a proxy may understand that differently.
     */
    public void checkEnd() {
        if (!request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            return;
        }
        List<String> encodings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        if (encodings.size() > 1
                || !encodings.get(0).equalsIgnoreCase("chunked")
                || request.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            throw unclearEnd();
        }
    }

    /**
     * The refusal of a request of which it is not clear where it ends: what follows might be its body or another request
     * (RFC 9112, section 6.3). So nothing more is read from the connection.
     */
    public ProblemException unclearEnd() {
        bodyHandled = true;
        closeAfterwards = true;
        return new ProblemException(Problem.badField(
                "header:Transfer-Encoding",
                "send a body with Content-Length alone, or with Transfer-Encoding: chunked alone"));
    }

    /** Whether this was the last request that is read from its connection. */
    public boolean endsConnection() {
        return closeAfterwards;
    }

    // The body

    /** The HTTP codec has refused a Content-Length that is not a number. */
    @Override
    public long bodyBytes() {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            return Numbers.parse(length.strip(), "header:Content-Length", 0, Long.MAX_VALUE);
        }
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? -1 : 0;
    }

    @Override
    public void readBody(int limitBytes, Consumer<byte[]> whole, Consumer<Problem> refused) {
        bodyHandled = true;
        if (limitBytes > 0 && waitsForContinue()) {
            response.writeContinue();
        }
        bodies.read(request, limitBytes, read -> whole.accept(read.getBytes()), refused);
    }

    /** A refused request may still be sending its body: that is read away, or the connection could not be used on. */
    @Override
    public void discardBody() {
        if (bodyHandled || request.isEnded() || !hasDeclaredBody()) {
            return;
        }
        bodyHandled = true;
        if (waitsForContinue()) {
            // Nobody knows whether the body will come now (RFC 9110, section 10.1.1).
            closeAfterwards = true;
        } else {
            bodies.discard(request);
        }
    }

    private boolean hasDeclaredBody() {
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    private boolean waitsForContinue() {
        return "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
    }

    // The reply

    @Override
    public void header(CharSequence name, String value) {
        response.putHeader(name, value);
    }

    @Override
    public void reply(int status, @Nullable Body body) {
        if (isOver()) {
            return;
        }
        response.setStatusCode(status);
        response.putHeader(CACHE, CACHE_VALUE);
        if (closeAfterwards) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        var sent = body == null ? response.end() : end(body);
        if (closeAfterwards) {
            sent.onComplete(done -> request.connection().close());
        }
    }

    private Future<Void> end(Body body) {
        type(body.type());
        // Said here and not left to Vert.x, which says nothing in the reply to a HEAD.
        response.putHeader(
                HttpHeaders.CONTENT_LENGTH, Integer.toString(body.bytes().length()));
        return response.end(body.bytes());
    }

    private void type(String type) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, type);
        response.putHeader(NO_SNIFF, NO_SNIFF_VALUE);
    }

    @Override
    public boolean isOver() {
        return response.ended() || response.closed();
    }

    @Override
    public void whenGone(Runnable gone) {
        response.closeHandler(closed -> gone.run());
    }

    // The connection

    @Override
    public OwnConnection own() {
        return this;
    }

    @Override
    public Outflow stream(String type) {
        response.putHeader(CACHE, CACHE_VALUE);
        type(type);
        response.setChunked(true);
        return new ResponseOutflow(response);
    }

    @Override
    public Future<Void> sendFile(String path, String type) {
        if (isOver()) {
            return Future.succeededFuture();
        }
        response.putHeader(CACHE, CACHE_VALUE);
        type(type);
        return response.sendFile(path);
    }

    @Override
    public Future<ServerWebSocket> toWebSocket() {
        return request.toWebSocket();
    }

    @Override
    public void ended() {
        ended.accept(request.connection());
    }

    private record ResponseOutflow(HttpServerResponse response) implements Outflow {
        @Override
        public void write(Buffer bytes) {
            if (!response.ended() && !response.closed()) {
                response.write(bytes);
            }
        }

        @Override
        public void end(Buffer bytes) {
            if (!response.ended() && !response.closed()) {
                response.end(bytes);
            }
        }

        @Override
        public boolean isFull() {
            return response.writeQueueFull();
        }

        @Override
        public void onDrain(Runnable next) {
            response.drainHandler(drained -> next.run());
        }
    }
}
