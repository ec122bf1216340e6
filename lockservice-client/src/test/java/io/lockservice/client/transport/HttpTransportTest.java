package io.lockservice.client.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over real connections. */
@Timeout(60)
class HttpTransportTest {
    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<HttpServerRequest> hanging = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final HttpServer server =
            await(vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1"));
    private final HttpTransport transport =
            new HttpTransport(vertx, 1_000, Map.of(Lane.CALL, 1, Lane.WAIT, 1, Lane.KEEP_ALIVE, 1));

    private void serve(HttpServerRequest request) {
        if (request.path().equals("/hang")) {
            hanging.add(request);
            return;
        }
        request.body().onSuccess(body -> {
            heard.add(request.method() + " " + request.uri() + " " + request.getHeader("Idempotency-Key") + " " + body);
            request.response()
                    .setStatusCode(409)
                    .putHeader("Lockservice-Epoch", "7")
                    .end("{\"code\":\"x\"}");
        });
    }

    @AfterEach
    void close() {
        await(transport.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Throwable failure(Future<Response> future) {
        ExecutionException failed = assertThrows(
                ExecutionException.class,
                () -> future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS));
        assertTrue(failed.getCause() != null);
        return failed.getCause();
    }

    private Call call(Lane lane, String path, @Nullable Buffer body, long timeoutMs) {
        Address address = new Address("127.0.0.1", server.actualPort(), false);
        return new Call(address, lane, HttpMethod.PUT, path, Map.of("Idempotency-Key", "k"), body, timeoutMs);
    }

    @Test
    void carriesMethodPathHeadersAndBodyAndGivesRefusalsAsAnswers() throws Exception {
        Response response = await(transport.send(call(Lane.CALL, "/v1/x?y=1", Buffer.buffer("{}"), 5_000)));
        assertEquals("PUT /v1/x?y=1 k {}", heard.take());
        assertEquals(409, response.status());
        assertFalse(response.succeeded());
        assertEquals(7, response.number("lockservice-epoch", -1));
        assertEquals(-1, response.number("Retry-After", -1));
        assertEquals("x", response.json().path("code").asText());
    }

    @Test
    void nobodyListeningIsCertainlyNotSent() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Call lost =
                new Call(new Address("127.0.0.1", port, false), Lane.CALL, HttpMethod.GET, "/", Map.of(), null, 5_000);
        assertInstanceOf(NotSentException.class, failure(transport.send(lost)));
    }

    @Test
    void anAnswerThatDoesNotComeIsATimeoutThatMayHaveArrived() throws Exception {
        Throwable late = failure(transport.send(call(Lane.CALL, "/hang", null, 200)));
        assertFalse(late instanceof NotSentException);
        assertEquals("/hang", hanging.take().path());
    }

    @Test
    void aConnectionThatBreaksMayHaveCarriedTheCall() throws Exception {
        Future<Response> broken = transport.send(call(Lane.CALL, "/hang", null, 20_000));
        await(hanging.take().connection().close());
        assertFalse(failure(broken) instanceof NotSentException);
    }

    @Test
    void aKeepAliveIsNeverBehindWhatHangs() throws Exception {
        Future<Response> call = transport.send(call(Lane.CALL, "/hang", null, 20_000));
        Future<Response> wait = transport.send(call(Lane.WAIT, "/hang", null, 20_000));
        hanging.take();
        hanging.take();
        await(transport.send(call(Lane.KEEP_ALIVE, "/keepalive", null, 5_000)));
        assertFalse(call.isComplete());
        assertFalse(wait.isComplete());
    }
}
