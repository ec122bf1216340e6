package io.lockservice.client.transport.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.time.VertxLoop;
import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.lockservice.client.transport.Response;
import io.lockservice.client.transport.Transport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Channels to a real cell, and no HTTP beside them. */
class ChannelCellTest extends CellTest {
    private static final String FILE = "/v1/files/ls/local/big?parents=true";

    private final Vertx vertx = Vertx.vertx();

    @SuppressWarnings("NullAway.Init")
    private ChannelTransport transport;

    @BeforeEach
    void connect() {
        ChannelSettings settings = new ChannelSettings(5_000, 3_000, 1_024, null);
        transport = new ChannelTransport(
                vertx, new VertxLoop(vertx, System::nanoTime, System::currentTimeMillis), settings, new NoHttp());
    }

    @AfterEach
    void disconnect() {
        TestCell.await(transport.close());
        TestCell.await(vertx.close());
    }

    private static final class NoHttp implements Transport {
        @Override
        public Future<Response> send(Call call) {
            return Future.failedFuture(new AssertionError("by HTTP: " + call));
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    private Future<Response> send(
            Lane lane, HttpMethod method, String path, Map<String, String> headers, @Nullable Buffer body) {
        return transport.send(new Call(Address.parse(cell.urls()[0]), lane, method, path, headers, body, 30_000));
    }

    private Response done(HttpMethod method, String path, Map<String, String> headers, @Nullable Buffer body) {
        return TestCell.await(send(Lane.CALL, method, path, headers, body));
    }

    private String session() {
        Response opened = done(HttpMethod.POST, "/v1/sessions", Map.of(), null);
        assertEquals(201, opened.status(), opened.body()::toString);
        return opened.json().path("session").asText();
    }

    private static Buffer bytes(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return Buffer.buffer(content);
    }

    @Test
    void contentsLongerThanAMessageArriveAndComeBackAsTheyWere() {
        for (int length : new int[] {0, 1, 15 * 1024, 15 * 1024 + 1, 250_000}) {
            Buffer content = bytes(length);
            Response written = done(HttpMethod.PUT, FILE, Map.of("Content-Type", "application/octet-stream"), content);
            assertTrue(written.succeeded(), written.body()::toString);
            Response read = done(HttpMethod.GET, "/v1/files/ls/local/big", Map.of(), null);
            assertEquals(content, read.body());
            assertTrue(read.header("ETag") != null);
        }
        assertEquals(413, done(HttpMethod.PUT, FILE, Map.of(), bytes(3_000_000)).status());
        assertEquals(
                200,
                done(HttpMethod.GET, "/v1/files/ls/local/big", Map.of(), null).status());
    }

    @Test
    void aFileThatIsJsonIsStoredAsItIs() {
        Buffer content = Buffer.buffer("{ \"a\" : 1 }\n");
        assertTrue(done(HttpMethod.PUT, FILE, Map.of("Content-Type", "application/json"), content)
                .succeeded());
        assertEquals(
                content,
                done(HttpMethod.GET, "/v1/files/ls/local/big", Map.of(), null).body());
    }

    @Test
    void badJsonIsTheCellsToRefuse() {
        Buffer bad = Buffer.buffer("{},\"method\":\"DELETE\"");
        Response refused = done(HttpMethod.POST, "/v1/sessions", Map.of("Content-Type", "application/json"), bad);
        assertEquals(400, refused.status());
        assertEquals("application/problem+json", refused.header("Content-Type"));
        session();
    }

    @Test
    void moreThanAWindowOfEverythingAtOnce() {
        Buffer content = bytes(40_000);
        List<Future<Response>> writes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String path = "/v1/files/ls/local/f" + i;
            writes.add(send(Lane.CALL, HttpMethod.PUT, path, Map.of(), content));
        }
        writes.forEach(write -> assertTrue(TestCell.await(write).succeeded()));
        List<Future<Response>> reads = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            reads.add(send(Lane.CALL, HttpMethod.GET, "/v1/files/ls/local/f" + i, Map.of(), null));
        }
        reads.forEach(read -> assertEquals(content, TestCell.await(read).body()));
    }

    @Test
    void waitsCallsAndKeepAlivesShareIt() {
        String one = session();
        String two = session();
        Map<String, String> first = Map.of("Lockservice-Session", one);
        Map<String, String> second = Map.of("Lockservice-Session", two, "Content-Type", "application/json");
        String lock = "/v1/locks/ls/local/x";
        assertEquals(200, done(HttpMethod.PUT, lock, first, null).status());
        Buffer patience = new JsonObject().put("waitMs", 20_000).toBuffer();
        Future<Response> waiting = send(Lane.WAIT, HttpMethod.PUT, lock, second, patience);
        for (int i = 0; i < 50; i++) {
            Future<Response> alive =
                    send(Lane.KEEP_ALIVE, HttpMethod.POST, "/v1/sessions/" + one + "/keepalive", Map.of(), null);
            assertEquals(200, TestCell.await(alive).status());
        }
        assertFalse(waiting.isComplete());
        assertEquals(200, done(HttpMethod.DELETE, lock, first, null).status());
        assertEquals(200, TestCell.await(waiting).status());
    }

    @Test
    void manyThousandCallsLeaveNoWindowUsedUp() {
        String session = session();
        for (int round = 0; round < 20; round++) {
            List<Future<Response>> calls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                calls.add(send(Lane.CALL, HttpMethod.GET, "/v1/sessions/" + session, Map.of(), null));
            }
            calls.forEach(call -> assertEquals(200, TestCell.await(call).status()));
        }
    }
}
