package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.HttpSettings.Limits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send too much, too slowly, too many at once, or nonsense; and clients that go away. */
final class HostileClientTest {
    private static final String LOCK = "/v1/locks/ls/local/a";
    private static final String FILE = "/v1/files/ls/local/a";
    private static final int MAX_BODY = 1000;
    private static final int MAX_CONTENT = 500_000;
    private static final int MAX_CONNECTIONS = 20;

    private static DoorFixture door;

    @BeforeAll
    static void open() {
        door = new DoorFixture(new Limits(MAX_BODY, MAX_CONTENT, MAX_CONNECTIONS, 400, 1_500));
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @BeforeEach
    void forget() {
        door.replica.forget();
        door.replica.answer(call -> call.request() instanceof Request.WriteFile write
                ? new Reply.Written(
                        ResourceTest.file(write.name().path(), write.content().length()), true)
                : new Reply.LockState("/ls/paris/a", LockMode.SHARED, 1, List.of(), List.of()));
    }

    @Test
    void largestBodyIsTakenAndOneByteMoreIsNot() {
        assertEquals(201, door.send("PUT", FILE, new byte[MAX_CONTENT]).status());
        assertEquals(
                MAX_CONTENT,
                ((Request.WriteFile) door.replica.next().call().request())
                        .content()
                        .length());

        Wire.Response response = door.send("PUT", FILE, new byte[MAX_CONTENT + 1]);

        assertEquals(413, response.status());
        assertEquals(MAX_CONTENT, response.json().getInteger("limit"));
        assertEquals(1, door.replica.calls());
    }

    @Test
    void chunkedBodyIsBoundedToo() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send("POST /v1/sessions HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "1f4\r\n" + " ".repeat(500) + "\r\n";
            wire.send(chunk + chunk + chunk + "0\r\n\r\n");

            Wire.Response response = wire.read();

            assertEquals(413, response.status());
            assertEquals(MAX_BODY, response.json().getInteger("limit"));
            assertEquals(200, wire.send(get(LOCK)).read().status(), "what is left is read away");
        }
    }

    @Test
    void chunksAreJoinedInOrder() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send("PUT " + FILE + " HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n");
            wire.send("3\r\nabc\r\n").send("2\r\nde\r\n").send("1\r\nf\r\n0\r\n\r\n");

            assertEquals(201, wire.read().status());
            Request.WriteFile write =
                    (Request.WriteFile) door.replica.next().call().request();
            assertEquals("abcdef", new String(write.content().bytes(), java.nio.charset.StandardCharsets.US_ASCII));
        }
    }

    @Test
    void refusalIsReadByAClientThatGoesOnSending() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + FILE))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[6 << 20]))
                .build();

        assertEquals(
                413, client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
    }

    @Test
    void endlessBodyIsCutOff() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send("PUT " + FILE + " HTTP/1.1\r\nHost: c\r\nContent-Length: 9999999999\r\n\r\n");
            assertEquals(413, wire.read().status());

            byte[] part = new byte[1 << 20];
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 64; i++) {
                    wire.send(part);
                }
            });
        }
    }

    @Test
    void bodyIsNotAskedForWhereItWouldBeRefused() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send("PUT " + FILE + " HTTP/1.1\r\nHost: c\r\nContent-Length: 900000\r\nExpect: 100-continue\r\n\r\n");

            assertEquals(413, wire.read().status());
            assertTrue(wire.isClosedByServer());
        }
    }

    @Test
    void bodyIsAskedForWhereItIsWelcome() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send("PUT " + FILE + " HTTP/1.1\r\nHost: c\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertEquals(100, wire.read().status());

            assertEquals(201, wire.send("abc").read().status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT " + FILE, "POST /v1/sessions", "GET " + LOCK, "PUT /v1/nowhere", "PUT " + LOCK})
    void bodyThatDoesNotComeIsCutOff(String start) throws Exception {
        try (Wire wire = door.connect()) {
            wire.send(start + " HTTP/1.1\r\nHost: c\r\nContent-Length: 100\r\n\r\nabc");

            assertTrue(wire.read().status() >= 400);
            assertTrue(wire.isClosedByServer());
            assertEquals(0, door.replica.calls());
        }
    }

    @Test
    void slowBodySaysWhatWasWrong() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send("PUT " + FILE + " HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");

            Wire.Response response = wire.read();
            assertEquals(400, response.status());
            assertEquals("body", response.json().getString("field"));
        }
    }

    @Test
    void connectionWithoutARequestIsClosed() throws Exception {
        try (Wire silent = door.connect();
                Wire slow = door.connect()) {
            slow.send("GET " + LOCK + " HTTP/1.1\r\nHost:");

            assertTrue(silent.isClosedByServer());
            assertTrue(slow.isClosedByServer());
        }
    }

    @Test
    void connectionIsClosedWhenNoNextRequestComes() throws Exception {
        try (Wire wire = door.connect()) {
            assertEquals(200, wire.send(get(LOCK)).read().status());

            assertTrue(wire.isClosedByServer());
        }
    }

    @Test
    void tooManyConnectionsAreClosedAndRoomIsMadeAgain() throws Exception {
        String ask = get("/health/live");
        try (DoorFixture small = new DoorFixture(new Limits(MAX_BODY, MAX_CONTENT, 2, 30_000, 30_000));
                Wire first = small.connect();
                Wire second = small.connect()) {
            assertEquals(200, first.send(ask).read().status());
            assertEquals(200, second.send(ask).read().status());
            try (Wire tooMany = small.connect()) {
                assertTrue(tooMany.isClosedByServer());
            }
            assertEquals(200, first.send(ask).read().status(), "the others are not touched");

            first.send(ask.replace("Host", "Connection: close\r\nHost")).read();
            assertTrue(first.isClosedByServer());
            assertTrue(isServedSoon(small, ask), "there is room again");
        }
    }

    /** A client can see its connection closed before the door has noticed that there is room again. */
    private static boolean isServedSoon(DoorFixture door, String ask) throws IOException {
        for (int tries = 0; tries < 1_000; tries++) {
            try (Wire next = door.connect()) {
                if (next.send(ask).read().status() == 200) {
                    return true;
                }
            } catch (IOException closedAtOnce) {
                Thread.onSpinWait();
            }
        }
        return false;
    }

    @Test
    void waitingRequestIsNotIdle() throws Exception {
        door.replica.keepSilent();
        try (Wire wire = door.connect();
                Wire idle = door.connect()) {
            wire.send(get(LOCK));
            ScriptedReplica.Asked asked = door.replica.next();
            idle.send(get("/health/live")).read();
            // Longer than the door lets a connection without a request be: it has closed this one meanwhile.
            assertTrue(idle.isClosedByServer());

            asked.answer()
                    .accept(ScriptedReplica.answer(new Reply.LockState("/ls/paris/a", null, 1, List.of(), List.of())));
            assertEquals(200, wire.read().status());
        }
    }

    @Test
    void answerToAClientThatLeftIsDropped() throws Exception {
        door.replica.keepSilent();
        ScriptedReplica.Asked asked;
        try (Wire wire = door.connect()) {
            wire.send(get(LOCK));
            asked = door.replica.next();
        }
        Reply free = new Reply.LockState("/ls/paris/a", null, 1, List.of(), List.of());
        asked.answer().accept(ScriptedReplica.answer(free));

        door.replica.answer(call -> free);
        assertEquals(200, door.get(LOCK).status());
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (Wire wire = door.connect()) {
            byte[] write = Wire.request("PUT", FILE, new byte[] {1});
            wire.send(get("/v1/nowhere")).send(write).send(get(LOCK)).send(get("/problems/none"));

            assertEquals(404, wire.read().status());
            assertEquals(201, wire.read().status());
            assertEquals(200, wire.read().status());
            assertEquals("not-found", wire.read().json().getString("code"));
        }
    }

    @Test
    void tooLongAUriIsAProblem() {
        Wire.Response response = door.get("/v1/files/ls/local/" + "a".repeat(20_000));

        assertEquals(414, response.status());
        assertEquals("uri-too-long", response.json().getString("code"));
    }

    @Test
    void tooLargeHeadersAreAProblem() {
        Wire.Response response = door.get(LOCK, "X: " + "a".repeat(20_000));

        assertEquals(431, response.status());
        assertEquals("headers-too-large", response.json().getString("code"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : c\r\n\r\n",
                "PUT /v1/sessions HTTP/1.1\r\nHost: c\r\nContent-Length: x\r\n\r\n",
                "PUT /v1/sessions HTTP/1.1\r\nHost: c\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
            })
    void nonsenseIsABadRequest(String nonsense) throws Exception {
        try (Wire wire = door.connect()) {
            Wire.Response response = wire.send(nonsense).read();

            assertEquals(400, response.status());
            assertEquals("bad-request", response.json().getString("code"));
            assertTrue(wire.isClosedByServer());
        }
    }

    @Test
    void brokenChunkEndsTheConnectionWithoutACall() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send("PUT " + FILE + " HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n");

            assertTrue(answersBadRequestOrCloses(wire));
            assertEquals(0, door.replica.calls());
        }
    }

    private static boolean answersBadRequestOrCloses(Wire wire) {
        try {
            return wire.read().status() == 400;
        } catch (IOException closed) {
            return true;
        }
    }

    /** Where proxy and server disagree about where a request ends, the rest of one is taken for another's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: ",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: identity\r\nContent-Length: 5",
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Content-Length: 0\r\ntransfer-encoding: Chunked"
            })
    void ambiguousEndOfARequestIsRefused(String headers) throws Exception {
        for (String start : List.of("GET " + LOCK, "PUT " + FILE, "GET /health/live")) {
            try (Wire wire = door.connect()) {
                String smuggled = "PUT " + FILE + " HTTP/1.1\r\nHost: c\r\n\r\n";
                Wire.Response response = wire.send(
                                start + " HTTP/1.1\r\nHost: c\r\n" + headers + "\r\n\r\n0\r\n\r\n" + smuggled)
                        .read();

                assertEquals(400, response.status(), start);
                assertEquals("bad-request", response.json().getString("code"), start);
                assertEquals("header:Transfer-Encoding", response.json().getString("field"), start);
                assertTrue(wire.isClosedByServer(), start);
                assertEquals(0, door.replica.calls(), start);
            }
        }
    }

    @Test
    void chunkedIsTakenInAnyCase() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send("PUT " + FILE + " HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");

            assertEquals(201, wire.read().status());
            assertEquals(1, door.replica.calls());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: a\r\nHost: b", "Host: a\r\nHost: a", "Host: a\r\nhost: "})
    void oneHostIsEnough(String hosts) throws Exception {
        try (Wire wire = door.connect()) {
            Wire.Response response = wire.send("GET " + LOCK + " HTTP/1.1\r\n" + hosts + "\r\n\r\n")
                    .read();

            assertEquals(400, response.status());
            assertEquals("bad-request", response.json().getString("code"));
            assertEquals("header:Host", response.json().getString("field"));
            assertEquals(0, door.replica.calls());
        }
    }

    @Test
    void hostIsRequiredFromHttp11On() throws Exception {
        try (Wire wire = door.connect()) {
            Wire.Response response =
                    wire.send("GET " + LOCK + " HTTP/1.1\r\n\r\n").read();
            assertEquals("header:Host", response.json().getString("field"));
        }
        try (Wire wire = door.connect()) {
            assertEquals(
                    200, wire.send("GET " + LOCK + " HTTP/1.0\r\n\r\n").read().status());
            assertTrue(wire.isClosedByServer());
        }
    }

    @Test
    void longestNameFitsTheRequestLine() {
        StringBuilder target = new StringBuilder("/v1/locks/ls/local");
        StringBuilder path = new StringBuilder("/ls/paris");
        while (path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length + 201 <= Name.MAX_BYTES) {
            target.append('/').append("%C3%A9".repeat(100));
            path.append('/').append("\u00e9".repeat(100));
        }

        assertEquals(200, door.get(target.toString()).status());
        assertEquals(
                new Request.GetLock(new Name(path.toString())),
                door.replica.next().call().request());
    }

    @Test
    void ordinaryClientKeepsItsConnection() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + LOCK))
                .build();
        for (int i = 0; i < MAX_CONNECTIONS * 2; i++) {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, response.statusCode());
            assertNotNull(response.headers().firstValue("lockservice-revision").orElse(null));
        }
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: c\r\n\r\n";
    }
}
