package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.FreePorts;
import io.lockservice.server.ReplicaServer;
import io.lockservice.server.config.CellConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door in front of a real replica, a cell of one: what the contract promises, as a client meets it. */
final class ConversationTest {
    private static ReplicaServer server;
    private static int port;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        CellConfig config = CellConfig.of(
                "paris",
                List.of(new CellConfig.Member(1, "127.0.0.1", FreePorts.take(1).get(0), 0)));
        server = ReplicaServer.start(config, 1, data, failure -> {})
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        port = URI.create(server.url()).getPort();
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static Wire.Response send(String method, String target, String body, String... headers) {
        try (Wire wire = new Wire(port)) {
            byte[] request = Wire.request(method, target, body.getBytes(StandardCharsets.UTF_8), headers);
            return wire.send(request).read(!method.equals("HEAD"));
        } catch (IOException e) {
            throw new AssertionError(method + " " + target, e);
        }
    }

    private static String openSession(String client) {
        Wire.Response response =
                send("POST", "/v1/sessions", "{\"client\":\"" + client + "\"}", "Lockservice-Timeout-Ms: 30000");
        assertEquals(201, response.status(), response.text());
        return "Lockservice-Session: " + response.json().getString("session");
    }

    private static long revision(Wire.Response response) {
        return Long.parseLong(String.valueOf(response.header("Lockservice-Revision")));
    }

    @Test
    void lockGoesFromHolderToWaiter() {
        String lock = "/v1/locks/ls/local/handover";
        String first = openSession("first");
        String second = openSession("second");

        JsonObject grant = send("PUT", lock, "", first).json();
        assertEquals("/ls/paris/handover", grant.getString("name"));
        assertEquals(
                grant.getString("sequencer"),
                send("PUT", lock, "", first).json().getString("sequencer"));
        Wire.Response held = send("PUT", lock, "", second);
        assertEquals("409 lock-held", held.status() + " " + held.json().getString("code"));
        assertEquals(
                "first", held.json().getJsonArray("holders").getJsonObject(0).getString("client"));
        Wire.Response queued = send("PUT", lock, "{\"waitMs\":1,\"keepPlace\":true}", second);
        assertEquals("202 {\"queued\":true,\"position\":1}", queued.status() + " " + queued.text());
        assertEquals("{\"released\":true}", send("DELETE", lock, "", first).text());
        JsonObject next =
                send("PUT", lock, "{\"waitMs\":1,\"keepPlace\":true}", second).json();
        assertTrue(next.getLong("token") > grant.getLong("token"), next.encode());

        String old = "{\"sequencer\":\"" + grant.getString("sequencer") + "\"}";
        assertFalse(send("POST", "/v1/sequencers/check", old).json().getBoolean("valid"));
        Wire.Response fenced =
                send("PUT", "/v1/files/ls/local/fenced", "x", "Lockservice-Sequencer: " + grant.getString("sequencer"));
        assertEquals(
                "412 sequencer-invalid", fenced.status() + " " + fenced.json().getString("code"));
        assertEquals(
                201,
                send("PUT", "/v1/files/ls/local/fenced", "x", "Lockservice-Sequencer: " + next.getString("sequencer"))
                        .status());
    }

    @Test
    void endOfASessionEndsWhatItHeld() {
        String owner = openSession("owner");
        String path = "/v1/sessions/" + owner.substring("Lockservice-Session: ".length());
        send("PUT", "/v1/locks/ls/local/mine", "", owner);
        assertEquals(
                201,
                send("PUT", "/v1/files/ls/local/alive?ephemeral=true", "here", owner)
                        .status());
        JsonObject session = send("GET", path, "").json();
        assertEquals(
                "/ls/paris/mine", session.getJsonArray("locks").getJsonObject(0).getString("name"));
        assertEquals(new JsonArray().add("/ls/paris/alive"), session.getJsonArray("ephemerals"));

        assertEquals(204, send("DELETE", path, "").status());

        assertEquals(404, send("GET", "/v1/files/ls/local/alive", "").status());
        assertEquals(404, send("GET", "/v1/locks/ls/local/mine", "").status());
        assertEquals(410, send("POST", path + "/keepalive", "").status());
        assertEquals(410, send("PUT", "/v1/locks/ls/local/mine", "", owner).status());
    }

    @Test
    void compareAndSwapTakesOnlyTheTagThatIsThere() {
        String file = "/v1/files/ls/local/deep/er/cas";
        assertEquals(404, send("PUT", file, "1").status());
        Wire.Response created = send("PUT", file + "?parents=true", "1", "If-None-Match: *");
        assertEquals(201, created.status());
        assertEquals(412, send("PUT", file, "2", "If-None-Match: *").status());
        String tag = created.header("ETag");

        Wire.Response swapped = send("PUT", file, "2", "If-Match: " + tag);
        assertEquals(200, swapped.status());
        assertNotEquals(tag, swapped.header("ETag"));
        Wire.Response late = send("PUT", file, "3", "If-Match: " + tag);
        assertEquals(412, late.status());
        assertEquals(2, late.json().getJsonObject("stat").getInteger("contentGeneration"));
        Wire.Response read = send("GET", file, "");
        assertEquals("2", read.text());
        assertEquals(swapped.header("ETag"), read.header("ETag"));
        assertEquals(
                304,
                send("GET", file, "", "If-None-Match: " + read.header("ETag")).status());
    }

    @Test
    void repeatWithTheSameKeyDoesNotRunAgain() {
        String file = "/v1/files/ls/local/once";
        String key = "Idempotency-Key: the-key";

        Wire.Response first = send("PUT", file, "1", key);
        Wire.Response again = send("PUT", file, "1", key);

        assertEquals(201, first.status());
        assertEquals(first.status() + first.text(), again.status() + again.text());
        assertEquals(422, send("PUT", file, "2", key).status());
        assertEquals("1", send("GET", file, "").text());
    }

    @Test
    void directoriesAreListedPageByPage() {
        send("PUT", "/v1/nodes/ls/local/dir", "{\"kind\":\"directory\"}");
        for (String child : List.of("b", "%C3%A9", "a")) {
            send("PUT", "/v1/files/ls/local/dir/" + child, child);
        }
        String list = "/v1/nodes/ls/local/dir?children=true&limit=2";

        JsonObject page = send("GET", list, "").json();
        JsonObject last =
                send("GET", list + "&after=" + page.getString("next"), "").json();

        assertEquals(List.of("/ls/paris/dir/a", "/ls/paris/dir/b"), names(page));
        assertEquals(List.of("/ls/paris/dir/\u00e9"), names(last));
        assertFalse(last.containsKey("next"));
        assertEquals(409, send("DELETE", "/v1/nodes/ls/local/dir", "").status());
        assertEquals(
                204, send("DELETE", "/v1/nodes/ls/local/dir?recursive=true", "").status());
    }

    private static List<String> names(JsonObject page) {
        return page.getJsonArray("children").stream()
                .map(child -> ((JsonObject) child).getString("name"))
                .toList();
    }

    @Test
    void revisionGrowsWithWritesAndOnlyThen() {
        long written = revision(send("PUT", "/v1/files/ls/local/revision", "1"));
        long read = revision(send("GET", "/v1/files/ls/local/revision", ""));
        long refused = revision(send("PUT", "/v1/files/ls/local/revision", "1", "If-None-Match: *"));

        assertEquals(written, read);
        assertEquals(written, refused);
        assertEquals(written + 1, revision(send("PUT", "/v1/files/ls/local/revision", "1")));
    }

    @Test
    void cellSaysWhoLeads() {
        openSession("so that there is a leader");

        JsonObject cell = send("GET", "/v1/cell", "").json();

        assertEquals("paris", cell.getString("cell"));
        assertEquals(1, cell.getInteger("leader"));
        assertEquals(0, cell.getInteger("faultTolerance"));
        assertEquals("leader", cell.getJsonArray("replicas").getJsonObject(0).getString("role"));
        assertTrue(cell.getInteger("sessions") >= 1);
        assertEquals(200, send("GET", "/health/ready", "").status());
    }
}
