package io.lockservice.server.http.exchange;

import io.lockservice.api.Answer;
import io.lockservice.api.Problem;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.ProblemJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** Writes the one reply of an exchange. Where the client has gone, nothing happens. Not thread-safe. */
final class ReplyWriter {
    static final String JSON = "application/json";
    static final String PROBLEM = "application/problem+json";

    private static final CharSequence REVISION = HttpHeaders.createOptimized("Lockservice-Revision");
    private static final CharSequence EPOCH = HttpHeaders.createOptimized("Lockservice-Epoch");
    private static final CharSequence REPLICA = HttpHeaders.createOptimized("Lockservice-Replica");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF_VALUE = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence CACHE = HttpHeaders.createOptimized("Cache-Control");
    private static final CharSequence CACHE_VALUE = HttpHeaders.createOptimized("no-cache");
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Door door;
    private final boolean showsState;
    private boolean closeAfterwards;

    /** What a reply carries. */
    record Body(String type, Buffer bytes) {}

    ReplyWriter(HttpServerRequest request, Door door, String path) {
        this.request = request;
        this.response = request.response();
        this.door = door;
        this.showsState = path.startsWith("/v1/") || path.equals("/v1");
    }

    void header(String name, String value) {
        response.putHeader(name, value);
    }

    /** Closes the connection once the reply is out. */
    void closeAfterwards() {
        closeAfterwards = true;
    }

    boolean closesAfterwards() {
        return closeAfterwards;
    }

    void problem(@Nullable Answer answer, Problem problem) {
        int status = problem.code().status();
        if (status == SERVICE_UNAVAILABLE || status == TOO_MANY_REQUESTS) {
            response.putHeader(HttpHeaders.RETRY_AFTER, "1");
        }
        send(status, answer, new Body(PROBLEM, JsonText.object(json -> ProblemJson.fields(json, problem))));
    }

    void send(int status, @Nullable Answer answer, @Nullable Body body) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status);
        if (showsState) {
            state(answer);
        }
        response.putHeader(CACHE, CACHE_VALUE);
        if (closeAfterwards) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        var sent = body == null ? response.end() : end(body);
        if (closeAfterwards) {
            sent.onComplete(done -> request.connection().close());
        }
    }

    Outflow stream(Answer answer, String type) {
        state(answer);
        response.putHeader(CACHE, CACHE_VALUE);
        response.putHeader(NO_SNIFF, NO_SNIFF_VALUE);
        response.putHeader(HttpHeaders.CONTENT_TYPE, type);
        response.setChunked(true);
        return new Outflow(response);
    }

    Future<Void> sendFile(CheckpointPort.Stored stored, String type) {
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        state(stored.revision(), stored.epoch(), door.replica());
        response.putHeader(CACHE, CACHE_VALUE);
        response.putHeader(NO_SNIFF, NO_SNIFF_VALUE);
        response.putHeader(HttpHeaders.CONTENT_TYPE, type);
        return response.sendFile(stored.file().toString());
    }

    private Future<Void> end(Body body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, body.type());
        response.putHeader(NO_SNIFF, NO_SNIFF_VALUE);
        // Said here and not left to Vert.x, which says nothing in the reply to a HEAD.
        response.putHeader(
                HttpHeaders.CONTENT_LENGTH, Integer.toString(body.bytes().length()));
        return response.end(body.bytes());
    }

    private void state(@Nullable Answer answer) {
        if (answer != null) {
            state(answer.revision(), answer.epoch(), answer.replica());
        } else {
            var status = door.port().status();
            state(status.revision(), status.epoch(), door.replica());
        }
    }

    private void state(long revision, long epoch, int replica) {
        response.putHeader(REVISION, Long.toString(revision));
        response.putHeader(EPOCH, Long.toString(epoch));
        response.putHeader(REPLICA, Integer.toString(replica));
    }
}
