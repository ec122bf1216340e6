package io.lockservice.client.transport.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole clients over real WebSockets, with replicas that the test plays. */
@Timeout(60)
class ChannelTransportTest {
    private static final String HELLO =
            "{\"hello\":{\"cell\":\"local\",\"replica\":1,\"windowBytes\":262144,\"maxRequests\":1024}}";
    private static final Operation WRITE =
            Operation.put("/v1/locks/ls/local/x").json(new JsonObject().put("waitMs", 0));

    private final Vertx vertx = Vertx.vertx();
    private final List<LockServiceClient> clients = new ArrayList<>();

    /** What one replica heard: requests over channels and by HTTP. */
    private final class Replica {
        final BlockingQueue<JsonObject> heard = new LinkedBlockingQueue<>();
        final BlockingQueue<ServerWebSocket> channels = new LinkedBlockingQueue<>();
        final List<String> upgrades = new CopyOnWriteArrayList<>();
        final List<String> byHttp = new CopyOnWriteArrayList<>();
        final HttpServer server;
        volatile int refusesWith;

        Replica() {
            server = ChannelTransportTest.await(
                    vertx.createHttpServer(new HttpServerOptions().addWebSocketSubProtocol("lockservice.v1"))
                            .webSocketHandshakeHandler(this::upgrade)
                            .webSocketHandler(this::opened)
                            .requestHandler(this::http)
                            .listen(0, "127.0.0.1"));
        }

        String url() {
            return "http://127.0.0.1:" + server.actualPort();
        }

        private void upgrade(ServerWebSocketHandshake handshake) {
            upgrades.add(handshake.uri() + " " + handshake.headers().get("Authorization") + " "
                    + handshake.headers().get("Origin"));
            if (refusesWith > 0) {
                handshake.reject(refusesWith);
            } else {
                handshake.accept();
            }
        }

        private void opened(ServerWebSocket socket) {
            socket.textMessageHandler(text -> heard.add(new JsonObject(text)));
            socket.writeTextMessage(HELLO);
            channels.add(socket);
        }

        private void http(HttpServerRequest request) {
            byHttp.add(request.method() + " " + request.uri());
            request.response().end("{\"by\":\"http\"}");
        }

        JsonObject next() throws InterruptedException {
            JsonObject next = heard.poll(30, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing was sent");
            }
            return next;
        }

        ServerWebSocket channel() throws InterruptedException {
            ServerWebSocket next = channels.poll(30, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no channel was opened");
            }
            return next;
        }
    }

    /** A network between the client and a replica that can lose everything without a word. */
    private final class Relay {
        final NetServer server;
        volatile boolean drops;

        Relay(Replica to) {
            server = ChannelTransportTest.await(vertx.createNetServer()
                    .connectHandler(client -> {
                        client.pause();
                        vertx.createNetClient()
                                .connect(to.server.actualPort(), "127.0.0.1")
                                .onSuccess(replica -> {
                                    pass(client, replica);
                                    pass(replica, client);
                                    client.resume();
                                });
                    })
                    .listen(0, "127.0.0.1"));
        }

        private void pass(NetSocket from, NetSocket to) {
            from.handler(bytes -> {
                if (!drops) {
                    to.write(bytes);
                }
            });
        }

        String url() {
            return "http://127.0.0.1:" + server.actualPort();
        }
    }

    @AfterEach
    void close() {
        clients.forEach(LockServiceClient::close);
        await(vertx.close());
    }

    private LockServiceClient client(ClientOptions options) {
        LockServiceClient client = LockServiceClient.connect(options);
        clients.add(client);
        return client;
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Throwable failure(Future<?> future) {
        ExecutionException failed = assertThrows(
                ExecutionException.class,
                () -> future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS));
        Throwable cause = failed.getCause();
        assertTrue(cause != null);
        return cause;
    }

    private static void answer(ServerWebSocket channel, JsonObject request, String body) {
        channel.writeTextMessage("{\"id\":" + request.getLong("id")
                + ",\"status\":200,\"headers\":{\"Lockservice-Epoch\":\"3\"},\"body\":" + body + "}");
    }

    @Test
    void manyCallsShareOneChannel() throws Exception {
        Replica replica = new Replica();
        LockServiceClient client = client(ClientOptions.of(replica.url()).bearerToken("secret"));
        Future<Response> one = client.execute(WRITE);
        Future<Response> two = client.execute(Operation.get("/v1/cell"));
        ServerWebSocket channel = replica.channel();
        JsonObject first = replica.next();
        JsonObject second = replica.next();
        answer(channel, second, "{\"n\":2}");
        assertEquals(2, await(two).json().path("n").asInt());
        assertFalse(one.isComplete());
        answer(channel, first, "{\"n\":1, \"t\":\"\u20ac\"}");
        assertEquals("{\"n\":1, \"t\":\"\u20ac\"}", await(one).body().toString());
        assertEquals("3", await(one).header("lockservice-epoch"));
        assertEquals(List.of("/v1/channel Bearer secret null"), replica.upgrades);
        assertEquals(0, first.getJsonObject("body").getInteger("waitMs"));
        assertNull(first.getJsonObject("headers").getString("Authorization"));
    }

    @Test
    void framesOfOneMessageArePutTogether() throws Exception {
        Replica replica = new Replica();
        LockServiceClient client = client(ClientOptions.of(replica.url()));
        Future<Response> call = client.execute(Operation.get("/v1/cell"));
        ServerWebSocket channel = replica.channel();
        String text = "{\"id\":" + replica.next().getLong("id") + ",\"status\":200,\"body\":{}}";
        channel.writeFrame(WebSocketFrame.textFrame(text.substring(0, 9), false));
        channel.writePing(Buffer.buffer("x"));
        channel.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer(text.substring(9, 12)), false));
        channel.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer(text.substring(12)), true));
        assertEquals("{}", await(call).body().toString());
    }

    @Test
    void aBrokenChannelSendsItsCallsToTheNextReplicaUnderTheSameKey() throws Exception {
        Replica a = new Replica();
        Replica b = new Replica();
        LockServiceClient client = client(ClientOptions.of(a.url(), b.url()));
        List<Future<Response>> writes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            writes.add(client.execute(WRITE));
        }
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            keys.add(a.next().getJsonObject("headers").getString("Idempotency-Key"));
        }
        a.channel().close((short) 1001);
        ServerWebSocket other = b.channel();
        for (int i = 0; i < 100; i++) {
            JsonObject again = b.next();
            assertEquals(keys.get(i), again.getJsonObject("headers").getString("Idempotency-Key"));
            answer(other, again, "{}");
        }
        writes.forEach(ChannelTransportTest::await);
    }

    @Test
    void whatWaitsAtAReplicaThatNothingComesFromAnyMoreGoesElsewhereSoon() throws Exception {
        Replica a = new Replica();
        Replica b = new Replica();
        Relay relay = new Relay(a);
        LockServiceClient client = client(
                ClientOptions.of(relay.url(), b.url()).attemptTimeoutMs(300).operationTimeoutMs(20_000));
        Future<Response> wait = client.execute(WRITE.waiting(60_000));
        String key = a.next().getJsonObject("headers").getString("Idempotency-Key");
        relay.drops = true;
        JsonObject again = b.next();
        assertEquals(key, again.getJsonObject("headers").getString("Idempotency-Key"));
        answer(b.channel(), again, "{}");
        assertTrue(await(wait).succeeded());
    }

    @Test
    void anOldReplicaIsSpokenToByHttp() {
        Replica replica = new Replica();
        replica.refusesWith = 404;
        LockServiceClient client = client(ClientOptions.of(replica.url()));
        assertEquals("http", await(client.execute(WRITE)).json().path("by").asText());
        assertEquals(
                "http",
                await(client.execute(Operation.get("/v1/cell")))
                        .json()
                        .path("by")
                        .asText());
        assertEquals(1, replica.upgrades.size());
        assertEquals(List.of("PUT /v1/locks/ls/local/x", "GET /v1/cell"), replica.byHttp);
    }

    @Test
    void aServerThatKnowsNothingOfWebSocketsIsSpokenToByHttp() {
        HttpServer plain = await(vertx.createHttpServer()
                .requestHandler(request -> request.response().end("{\"by\":\"http\"}"))
                .listen(0, "127.0.0.1"));
        LockServiceClient client = client(ClientOptions.of("http://127.0.0.1:" + plain.actualPort()));
        assertEquals("http", await(client.execute(WRITE)).json().path("by").asText());
    }

    @Test
    void anotherProtocolIsNoChannel() {
        HttpServer other = await(vertx.createHttpServer()
                .webSocketHandler(socket -> socket.writeTextMessage("hi"))
                .requestHandler(request -> request.response().end("{\"by\":\"http\"}"))
                .listen(0, "127.0.0.1"));
        LockServiceClient client = client(ClientOptions.of("http://127.0.0.1:" + other.actualPort()));
        assertEquals("http", await(client.execute(WRITE)).json().path("by").asText());
    }

    @Test
    void bytesFromTheReplicaAreNoMessage() throws Exception {
        Replica replica = new Replica();
        LockServiceClient client = client(ClientOptions.of(replica.url()));
        Future<Response> call = client.execute(WRITE);
        ServerWebSocket channel = replica.channel();
        replica.next();
        channel.writeBinaryMessage(Buffer.buffer("{}"));
        assertEquals("http", await(call).json().path("by").asText(), "repeated, by HTTP");
    }

    @Test
    void closingFailsWhatIsUnderWayAndClosesTheChannel() throws Exception {
        Replica replica = new Replica();
        LockServiceClient client =
                client(ClientOptions.of(replica.url()).operationTimeoutMs(500).vertx(vertx));
        Future<Response> call = client.execute(WRITE);
        ServerWebSocket channel = replica.channel();
        replica.next();
        Future<Void> gone = Future.future(promise -> channel.closeHandler(ignored -> promise.complete()));
        client.close();
        await(gone);
        assertInstanceOf(RuntimeException.class, failure(call));
    }

    @Test
    void withoutChannelsNoneIsOpened() {
        Replica replica = new Replica();
        LockServiceClient client = client(ClientOptions.of(replica.url()).channel(false));
        assertEquals("http", await(client.execute(WRITE)).json().path("by").asText());
        assertEquals(List.of(), replica.upgrades);
    }

    @Test
    void aClientOnAnotherVertxFromAnyThread() throws Exception {
        Replica replica = new Replica();
        LockServiceClient client = client(ClientOptions.of(replica.url()).vertx(vertx));
        Future<Response> call = Future.future(promise -> vertx.executeBlocking(() -> client.execute(WRITE))
                .compose(sent -> sent)
                .onComplete(promise));
        ServerWebSocket channel = replica.channel();
        answer(channel, replica.next(), "{}");
        assertTrue(await(call).succeeded());
    }
}
