package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lockservice.api.LockMode;
import io.lockservice.api.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the door must refuse by itself: every row is answered without the replica being asked. */
final class StrictnessTest {
    private static final String LOCK = "/v1/locks/ls/local/app/lock";
    private static final String FILE = "/v1/files/ls/local/app/config";
    private static final String NODE = "/v1/nodes/ls/local/app";
    private static final String SESSION = "Lockservice-Session: s1";
    private static final String NO_FIELD = "";

    private static DoorFixture door;

    @BeforeAll
    static void open() {
        door = new DoorFixture();
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @BeforeEach
    void forget() {
        door.replica.forget();
    }

    static Stream<Arguments> names() {
        return Stream.of(
                        "/ls/local/a/../b",
                        "/ls/local/./b",
                        "/ls/local/a/",
                        "/ls/local//a",
                        "/ls/local/a%2Fb",
                        "/ls/local/a%2fb",
                        "/ls/local/%2E%2E/b",
                        "/ls/local/%2e",
                        "/ls/local/%zz",
                        "/ls/local/%4",
                        "/ls/local/%FF",
                        "/ls/local/%C0%AF",
                        "/ls/local/%ED%A0%80",
                        "/ls/local/a%00b",
                        "/ls/local/a%0Ab",
                        "/ls/local/a%C2%85b",
                        "/ls/local/\u00e9",
                        "/ls/local/" + "x".repeat(256),
                        "/ls/local/" + "%C3%A9".repeat(128),
                        "/ls/local" + "/a".repeat(31),
                        "/ls/local" + ("/" + "b".repeat(200)).repeat(6),
                        "/",
                        "//ls/local/a",
                        "/ls",
                        "/LS/local/a",
                        "/local/a")
                .flatMap(name -> Stream.of("/v1/locks", "/v1/files", "/v1/nodes")
                        .map(resource -> arguments("GET", resource + name, "", 400, "bad-name", NO_FIELD, "")));
    }

    static Stream<Arguments> paths() {
        return Stream.of(
                arguments("GET", "/v1/locks/ls/rome/a", "", 421, "wrong-cell", NO_FIELD, ""),
                arguments("GET", "/v1/locks/ls/%6Come/a", "", 421, "wrong-cell", NO_FIELD, ""),
                arguments("GET", "/v1/locks?prefix=/ls/rome", "", 421, "wrong-cell", NO_FIELD, ""),
                arguments("GET", "/v1/locks?prefix=/ls/local/a/", "", 400, "bad-name", NO_FIELD, ""),
                arguments("GET", "/", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v2/locks", "", 404, "not-found", NO_FIELD, ""),
                arguments("POST", "/v1/groups", "{}", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/nothing", "", 404, "not-found", NO_FIELD, ""),
                arguments("POST", "/v1/cell/leader", "{\"replica\":0}", 400, "bad-request", "replica", ""),
                arguments("POST", "/v1/cell/replicas", "{}", 400, "bad-request", "id", ""),
                arguments("DELETE", "/v1/cell/replicas/x", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/cell/nonsense", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/openapi.yaml", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/lockses", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/../v1/cell", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/sequencers", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/sessions/", "", 404, "not-found", NO_FIELD, ""),
                arguments("POST", "/v1/sessions//keepalive", "{}", 404, "not-found", NO_FIELD, ""),
                arguments("POST", "/v1/sessions/s1/keepalive/x", "{}", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/files", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/nodes", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/health", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/problems/none", "", 404, "not-found", NO_FIELD, ""),
                arguments("GET", "/v1/sessions/a%20b", "", 410, "session-expired", NO_FIELD, ""),
                arguments("DELETE", "/v1/sessions/" + "s".repeat(65), "", 410, "session-expired", NO_FIELD, ""),
                arguments("PUT", LOCK, "{}", 428, "session-required", NO_FIELD, ""),
                arguments("DELETE", LOCK, "", 428, "session-required", NO_FIELD, ""),
                arguments("PUT", FILE + "?ephemeral=true", "x", 428, "session-required", NO_FIELD, ""),
                arguments("PUT", NODE, "{\"ephemeral\":true}", 428, "session-required", NO_FIELD, ""));
    }

    static Stream<Arguments> methods() {
        return Stream.of(
                arguments("PATCH", LOCK, "", 405, "method-not-allowed", NO_FIELD, SESSION),
                arguments("POST", LOCK, "", 405, "method-not-allowed", NO_FIELD, SESSION),
                arguments("PUT", "/v1/locks", "", 405, "method-not-allowed", NO_FIELD, SESSION),
                arguments("POST", FILE, "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("DELETE", FILE, "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("POST", NODE, "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("PUT", "/v1/sessions", "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("GET", "/v1/sessions/s1/keepalive", "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("GET", "/v1/sequencers/check", "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("POST", "/v1/cell", "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("POST", "/health/live", "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("DELETE", "/problems/lock-held", "", 405, "method-not-allowed", NO_FIELD, ""),
                arguments("TRACE", LOCK, "", 405, "method-not-allowed", NO_FIELD, ""));
    }

    static Stream<Arguments> queries() {
        return Stream.of(
                query("GET", LOCK + "?handle=h1", "handle"),
                query("GET", LOCK + "?x", "x"),
                query("GET", LOCK + "?consistency=maybe", "consistency"),
                query("GET", LOCK + "?maxStaleMs=5", "maxStaleMs"),
                query("GET", LOCK + "?consistency=linearizable&maxStaleMs=5", "maxStaleMs"),
                query("GET", LOCK + "?consistency=stale&maxStaleMs=-1", "maxStaleMs"),
                query("GET", LOCK + "?consistency=stale&consistency=stale", "consistency"),
                query("GET", LOCK + "?consistency=%ZZ", "consistency"),
                query("PUT", LOCK + "?consistency=stale", "consistency"),
                query("PUT", LOCK + "?waitMs=5", "waitMs"),
                query("DELETE", LOCK + "?force=yes", "force"),
                query("DELETE", LOCK + "?force", "force"),
                query("DELETE", LOCK + "?force=", "force"),
                query("GET", "/v1/locks?limit=0", "limit"),
                query("GET", "/v1/locks?limit=1001", "limit"),
                query("GET", "/v1/locks?limit=1.0", "limit"),
                query("GET", "/v1/locks?limit=+1", "limit"),
                query("GET", "/v1/locks?limit=", "limit"),
                query("GET", "/v1/locks?limit=99999999999999999999", "limit"),
                query("GET", "/v1/locks?after=%25", "after"),
                query("GET", "/v1/locks?after=_w", "after"),
                query("GET", "/v1/locks?after=YWJj", "after"),
                query("GET", NODE + "?limit=3", "limit"),
                query("GET", NODE + "?children=true&content=true", "content"),
                query("GET", NODE + "?children=1", "children"),
                query("GET", NODE + "?children=true&after=YS9i", "after"),
                query("PUT", FILE + "?parents=TRUE", "parents"),
                query("DELETE", NODE + "?recursive=2", "recursive"),
                query("DELETE", "/v1/sessions/s1?afterMs=-5", "afterMs"),
                query("DELETE", "/v1/sessions/s1?afterMs=86400001", "afterMs"),
                query("POST", "/v1/sessions?client=a", "client"),
                query("GET", "/v1/cell?verbose=true", "verbose"),
                query("GET", "/health/live?x=1", "x"));
    }

    private static Arguments query(String method, String target, String field) {
        return arguments(method, target, "", 400, "bad-request", field, SESSION);
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                acquire("{", "body"),
                acquire("", "none"),
                acquire("[]", "body"),
                acquire("null", "body"),
                acquire("\"x\"", "body"),
                acquire("{} {}", "body"),
                acquire("{}x", "body"),
                acquire("{'mode':'shared'}", "body"),
                acquire("{\"mode\":\"shared\",}", "body"),
                acquire("{\"waitMs\":05}", "body"),
                acquire("{\"waitMs\":NaN}", "body"),
                acquire("{/**/}", "body"),
                acquire("\ufeff{}", "body"),
                acquire("{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}", "body"),
                acquire("{\"mode\":\"shared\",\"mode\":\"shared\"}", "mode"),
                acquire("{\"mode\":null,\"mode\":\"shared\"}", "mode"),
                acquire("{\"mode\":\"SHARED\"}", "mode"),
                acquire("{\"mode\":1}", "mode"),
                acquire("{\"waitMs\":\"5\"}", "waitMs"),
                acquire("{\"waitMs\":1.0}", "waitMs"),
                acquire("{\"waitMs\":1e3}", "waitMs"),
                acquire("{\"waitMs\":-1}", "waitMs"),
                acquire("{\"waitMs\":60001}", "waitMs"),
                acquire("{\"waitMs\":123456789012345678901234567890}", "waitMs"),
                acquire("{\"waitMs\":true}", "waitMs"),
                acquire("{\"waitMs\":[1]}", "waitMs"),
                acquire("{\"keepPlace\":\"true\"}", "keepPlace"),
                acquire("{\"keepPlace\":1}", "keepPlace"),
                acquire("{\"create\":\"always\"}", "create"),
                acquire("{\"note\":5}", "note"),
                acquire("{\"note\":\"" + "n".repeat(257) + "\"}", "note"),
                acquire("{\"note\":\"\\ud800\"}", "note"),
                acquire("{\"lockDelayMs\":60001}", "lockDelayMs"),
                acquire("{\"lockDelayMs\":0.0}", "lockDelayMs"),
                acquire("{\"lockDelayMs\":\"0\"}", "lockDelayMs"),
                acquire("{\"reclaim\":\"x-1-1:/ls/paris/a\"}", "reclaim"),
                acquire("{\"reclaim\":7}", "reclaim"),
                acquire("{\"handle\":\"h\"}", "handle"),
                acquire("{\"extra\":null}", "extra"),
                open("{\"leaseMs\":999}", "leaseMs"),
                open("{\"leaseMs\":86400001}", "leaseMs"),
                open("{\"client\":\"" + "c".repeat(129) + "\"}", "client"),
                open("{\"metadata\":[]}", "metadata"),
                open("{\"metadata\":{\"a\":1}}", "metadata.a"),
                open("{\"metadata\":{\"a\":null}}", "metadata.a"),
                open("{\"metadata\":{\"a\":\"1\",\"a\":\"2\"}}", "metadata.a"),
                open("{\"metadata\":{\"" + "k".repeat(65) + "\":\"\"}}", "metadata." + "k".repeat(65)),
                open("{\"metadata\":{\"a\":\"" + "v".repeat(257) + "\"}}", "metadata.a"),
                arguments("POST", "/v1/sessions", manyEntries(), 400, "bad-request", "metadata", ""),
                arguments("POST", "/v1/sessions/s1/keepalive", "{\"waitMs\":60001}", 400, "bad-request", "waitMs", ""),
                arguments("POST", "/v1/sessions/s1/keepalive", "{\"ack\":-1}", 400, "bad-request", "ack", ""),
                arguments("POST", "/v1/sessions/s1/keepalive", "{\"ack\":\"1\"}", 400, "bad-request", "ack", ""),
                arguments("POST", "/v1/sequencers/check", "{}", 400, "bad-request", "sequencer", ""),
                arguments("POST", "/v1/sequencers/check", "", 400, "bad-request", "sequencer", ""),
                check("nonsense", 400, "bad-request"),
                check("x-1-1-1:/ls/local/a", 400, "bad-request"),
                check("x-1-1-1:/ls/paris/../a", 400, "bad-request"),
                check("x-1-1-1:/ls/paris/%zz", 400, "bad-request"),
                arguments(
                        "POST",
                        "/v1/sequencers/check",
                        "{\"sequencer\":\"x-1-1-1:/ls/rome/a\"}",
                        421,
                        "wrong-cell",
                        NO_FIELD,
                        ""),
                arguments("PUT", NODE, "{\"kind\":\"file\"}", 400, "bad-request", "kind", ""),
                arguments("PUT", NODE, "{\"parents\":0}", 400, "bad-request", "parents", ""),
                arguments("GET", LOCK, "{}", 400, "bad-request", "body", ""),
                arguments("DELETE", LOCK, "{}", 400, "bad-request", "body", SESSION),
                arguments("DELETE", NODE, "x", 400, "bad-request", "body", ""),
                arguments("GET", "/health/ready", "x", 400, "bad-request", "body", ""));
    }

    private static Arguments acquire(String body, String field) {
        // Without a body the lock is simply asked for; a header must then spoil it.
        return body.isEmpty()
                ? arguments("PUT", LOCK, "", 400, "bad-request", "header:If-Match", SESSION + "\r\nIf-Match: *")
                : arguments("PUT", LOCK, body, 400, "bad-request", field, SESSION);
    }

    private static Arguments open(String body, String field) {
        return arguments("POST", "/v1/sessions", body, 400, "bad-request", field, "");
    }

    private static Arguments check(String sequencer, int status, String code) {
        String body = "{\"sequencer\":\"" + sequencer + "\"}";
        return arguments("POST", "/v1/sequencers/check", body, status, code, "sequencer", "");
    }

    private static String manyEntries() {
        StringBuilder entries = new StringBuilder();
        for (int i = 0; i < 33; i++) {
            entries.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":\"v\"");
        }
        return "{\"metadata\":{" + entries + "}}";
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                header("Lockservice-Session: ", "Lockservice-Session"),
                header("Lockservice-Session: a b", "Lockservice-Session"),
                header("Lockservice-Session: " + "s".repeat(65), "Lockservice-Session"),
                header("Lockservice-Session: a\r\nLockservice-Session: a", "Lockservice-Session"),
                header("Lockservice-Timeout-Ms: 0", "Lockservice-Timeout-Ms"),
                header("Lockservice-Timeout-Ms: 60001", "Lockservice-Timeout-Ms"),
                header("Lockservice-Timeout-Ms: 5s", "Lockservice-Timeout-Ms"),
                header("Lockservice-Timeout-Ms: 5\r\nlockservice-timeout-ms: 5", "Lockservice-Timeout-Ms"),
                header("Lockservice-Sequencer: abc", "Lockservice-Sequencer"),
                header("Lockservice-Sequencer: x-1-2-3:/ls/paris/%zz", "Lockservice-Sequencer"),
                header("Idempotency-Key: ", "Idempotency-Key"),
                header("Idempotency-Key: a b", "Idempotency-Key"),
                header("Idempotency-Key: \u00e9", "Idempotency-Key"),
                header("Idempotency-Key: " + "k".repeat(65), "Idempotency-Key"),
                header("If-Match: 3.7", "If-Match"),
                header("If-Match: \"3.7", "If-Match"),
                header("If-Match: ", "If-Match"),
                header("If-Match: \"3.7\" \"3.8\"", "If-Match"),
                header("If-None-Match: \"3.7\"", "If-None-Match"),
                header("If-Match: *\r\nIf-None-Match: *", "If-None-Match"),
                header("Content-Range: bytes 0-1/2", "Content-Range"),
                arguments("DELETE", NODE, "", 400, "bad-request", "header:If-None-Match", "If-None-Match: *"),
                arguments("GET", FILE, "", 400, "bad-request", "header:If-None-Match", "If-None-Match: 3.7"),
                arguments("PUT", NODE, "", 400, "bad-request", "header:If-None-Match", "If-None-Match: *"),
                arguments("PUT", FILE, "x", 421, "wrong-cell", "", "Lockservice-Sequencer: x-1-2-3:/ls/rome/a"),
                arguments("PUT", FILE, "x", 415, "unsupported-media-type", "", "Content-Encoding: gzip"));
    }

    private static Arguments header(String header, String name) {
        return arguments("PUT", FILE, "x", 400, "bad-request", "header:" + name, header);
    }

    static Stream<Arguments> mediaTypes() {
        Stream<Arguments> types = Stream.of(
                        "text/plain",
                        "application/x-www-form-urlencoded",
                        "multipart/form-data; boundary=x",
                        "application/json; charset=iso-8859-1",
                        "application/json; charset=utf-16",
                        "application/jsonp",
                        "")
                .flatMap(type -> Stream.of(
                        arguments(
                                "POST", "/v1/sessions", "", 415, "unsupported-media-type", "", "Content-Type: " + type),
                        arguments("PUT", NODE, "{}", 415, "unsupported-media-type", "", "Content-Type: " + type)));
        Stream<Arguments> accepts = Stream.of(
                arguments("GET", LOCK, "", 406, "not-acceptable", "", "Accept: text/html"),
                arguments("GET", LOCK, "", 406, "not-acceptable", "", "Accept: application/json;q=0, */*;q=0.5"),
                arguments("PUT", NODE, "", 406, "not-acceptable", "", "Accept: text/*, image/png"),
                arguments("GET", FILE, "", 406, "not-acceptable", "", "Accept: application/json"),
                arguments("GET", FILE, "", 406, "not-acceptable", "", "Accept: */*;q=0"));
        return Stream.concat(types, accepts);
    }

    @ParameterizedTest(name = "{0} {1} {2} {6}")
    @MethodSource({"names", "paths", "methods", "queries", "bodies", "headers", "mediaTypes"})
    void isRefused(String method, String target, String body, int status, String code, String field, String header) {
        String[] headers = header.isEmpty() ? new String[0] : new String[] {header};

        Wire.Response response = door.send(method, target, body, headers);

        assertEquals(
                status + " " + code, response.status() + " " + response.json().getString("code"));
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertEquals(field, response.json().getString("field", ""));
        assertEquals("/problems/" + code, response.json().getString("type"));
        assertEquals(status, response.json().getInteger("status"));
        assertEquals(false, response.json().getString("detail").isBlank());
        assertEquals(0, door.replica.calls());
        // Under /v1 also what the door says by itself shows the state of its replica.
        assertEquals(target.startsWith("/v1") ? "41" : null, response.header("Lockservice-Revision"));
        assertEquals(target.startsWith("/v1") ? "6" : null, response.header("Lockservice-Epoch"));
        assertEquals(target.startsWith("/v1") ? "1" : null, response.header("Lockservice-Replica"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Idempotency-Key: ",
                "Idempotency-Key: a b",
                "Idempotency-Key: kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
                "Idempotency-Key: a\r\nIdempotency-Key: b"
            })
    void idempotencyKeyOfAReadIsIgnored(String key) {
        door.replica.answer(call -> new Reply.LockState("/ls/paris/a", LockMode.SHARED, 1, List.of(), List.of()));
        for (String method : List.of("GET", "HEAD")) {
            assertEquals(200, door.send(method, LOCK, "", key).status(), method);
        }
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedUtf8IsRefused(byte[] body) {
        Wire.Response response = door.send("POST", "/v1/sessions", body);

        assertEquals(400, response.status());
        assertEquals("body", response.json().getString("field"));
        assertEquals(0, door.replica.calls());
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments((Object) quoted(0xC0, 0xAF)),
                arguments((Object) quoted(0xED, 0xA0, 0x80)),
                arguments((Object) quoted(0xFF)),
                arguments((Object) "{}".getBytes(StandardCharsets.UTF_16LE)),
                arguments((Object) "{}".getBytes(StandardCharsets.UTF_16)));
    }

    private static byte[] quoted(int... bytes) {
        StringBuilder latin = new StringBuilder("{\"client\":\"");
        for (int each : bytes) {
            latin.append((char) each);
        }
        return latin.append("\"}").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
