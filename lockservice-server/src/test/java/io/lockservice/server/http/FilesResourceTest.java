package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Condition;
import io.lockservice.api.Condition.Version;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and nodes. */
final class FilesResourceTest extends ResourceTest {
    private static final String FILE = "/v1/files/ls/local/app/config";
    private static final String NODE = "/v1/nodes/ls/local/app";
    private static final Name NAME = new Name("/ls/paris/app/config");
    private static final byte[] BYTES = {0, (byte) 0xFF, 13, 10, 'x'};

    private void fileIs(byte[] bytes) {
        replica.answer(call -> new Reply.Node(file(NAME.path(), bytes.length), new Content(bytes)));
    }

    @Test
    void contentIsAsItWasWritten() {
        fileIs(BYTES);

        Wire.Response response = door.get(FILE);

        assertEquals(new Request.ReadFile(NAME), replica.next().call().request());
        assertEquals(200, response.status());
        assertArrayEquals(BYTES, response.body().getBytes());
        assertEquals("application/octet-stream", response.header("Content-Type"));
        assertEquals("nosniff", response.header("X-Content-Type-Options"));
        assertEquals("\"3.7\"", response.header("ETag"));
        assertEquals("42", response.header("Lockservice-Revision"));
    }

    @Test
    void headHasTheHeadersAlone() {
        fileIs(BYTES);

        Wire.Response response = door.send("HEAD", FILE, "");

        assertEquals(200, response.status());
        assertEquals("5", response.header("Content-Length"));
        assertEquals("\"3.7\"", response.header("ETag"));
    }

    @Test
    void headLeavesTheConnectionUsable() throws Exception {
        fileIs(BYTES);
        try (Wire wire = door.connect()) {
            wire.send(Wire.request("HEAD", FILE, new byte[0]));
            wire.send(Wire.request("GET", FILE, new byte[0]));

            assertEquals(200, wire.read(false).status());
            assertArrayEquals(BYTES, wire.read().body().getBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"3.7\"", "W/\"3.7\"", "*", "\"1.1\", \"3.7\"", "\"1.1\",, W/\"3.7\" ,", "\"x\",\"3.7\""})
    void knownContentIsNotSentAgain(String tags) {
        fileIs(BYTES);

        Wire.Response response = door.get(FILE, "If-None-Match: " + tags);

        assertEquals(304, response.status());
        assertEquals("\"3.7\"", response.header("ETag"));
        assertEquals(0, response.body().length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"3.8\"", "W/\"4.7\"", "\"3.7x\"", "\"37\"", "\"\""})
    void changedContentIsSent(String tags) {
        fileIs(BYTES);

        assertEquals(200, door.get(FILE, "If-None-Match: " + tags).status());
    }

    @Test
    void readMayInsistOnAVersion() {
        fileIs(BYTES);

        assertEquals(200, door.get(FILE, "If-Match: \"3.7\"").status());
        assertEquals(200, door.get(FILE, "If-Match: *").status());
        Wire.Response other = door.get(FILE, "If-Match: W/\"3.7\"");
        assertEquals(412, other.status());
        assertEquals(7, other.json().getJsonObject("stat").getInteger("contentGeneration"));
    }

    static Stream<Arguments> conditions() {
        return Stream.of(
                Arguments.of("X: y", Condition.NONE),
                Arguments.of("If-Match: *", new Condition(null, false, true)),
                Arguments.of("If-None-Match: *", new Condition(null, true, false)),
                Arguments.of("If-Match: \"3.7\"", new Condition(List.of(new Version(3, 7)), false, false)),
                Arguments.of(
                        "If-Match: \"3.7\" , \"4.1\"",
                        new Condition(List.of(new Version(3, 7), new Version(4, 1)), false, false)),
                Arguments.of(
                        "If-Match: \"3.7\"\r\nIf-Match: \"4.1\"",
                        new Condition(List.of(new Version(3, 7), new Version(4, 1)), false, false)),
                Arguments.of("If-Match: W/\"3.7\"", new Condition(List.of(), false, false)),
                Arguments.of("If-Match: \"else\"", new Condition(List.of(), false, false)));
    }

    @ParameterizedTest
    @MethodSource("conditions")
    void conditionsAreHandedOn(String header, Condition condition) {
        replica.answer(call -> new Reply.Written(file(NAME.path(), 1), true));

        door.send("PUT", FILE, "x", header);

        assertEquals(condition, ((Request.WriteFile) replica.next().call().request()).condition());
    }

    @Test
    void writingTellsNewFromReplaced() {
        replica.answer(call -> new Reply.Written(file(NAME.path(), 5), true));

        Wire.Response created =
                door.send("PUT", FILE + "?parents=true&ephemeral=true", BYTES, SESSION, "Content-Type: text/plain");

        assertEquals(
                new Request.WriteFile(NAME, new Content(BYTES), Condition.NONE, true, true),
                replica.next().call().request());
        assertEquals(201, created.status());
        assertEquals("\"3.7\"", created.header("ETag"));
        assertEquals(
                "{\"name\":\"/ls/paris/app/config\",\"kind\":\"file\",\"ephemeral\":false,\"owner\":null,"
                        + "\"instance\":3,\"contentGeneration\":7,\"lockGeneration\":1,\"aclGeneration\":2,"
                        + "\"childGeneration\":0,\"checksum\":\"0000000000000abc\",\"length\":5,\"childCount\":0,"
                        + "\"createdRevision\":30,\"modifiedRevision\":40}",
                created.text());
        replica.answer(call -> new Reply.Written(file(NAME.path(), 0), false));
        assertEquals(200, door.send("PUT", FILE, "").status());
        assertEquals(
                new Request.WriteFile(NAME, Content.EMPTY, Condition.NONE, false, false),
                replica.next().call().request());
    }

    @Test
    void mismatchShowsWhatIsThere() {
        Problem none = new Problem(ProblemCode.GENERATION_MISMATCH, "none", new Problem.Current(null));
        replica.answer(call -> new Reply.Failed(none));

        JsonObject json = door.send("PUT", FILE, "x", "If-Match: \"1.1\"").json();

        assertTrue(json.containsKey("stat"));
        assertNull(json.getValue("stat"));
    }

    @Test
    void statOfAnyNode() {
        replica.answer(call -> new Reply.Node(directory("/ls/paris/app"), null));

        JsonObject json = door.get(NODE).json();

        assertEquals(
                new Request.GetStat(new Name("/ls/paris/app"), false),
                replica.next().call().request());
        assertEquals("directory", json.getString("kind"));
        assertEquals("s1", json.getString("owner"));
        assertEquals("ffffffffffffffff", json.getString("checksum"));
        assertFalse(json.containsKey("content"));
    }

    @Test
    void contentInJsonIsTextWhereItIsUtf8() {
        fileIs("h\u00e9\u0000".getBytes(StandardCharsets.UTF_8));
        assertEquals("h\u00e9\u0000", door.get(NODE + "?content=true").json().getString("content"));
        assertEquals(
                new Request.GetStat(new Name("/ls/paris/app"), true),
                replica.next().call().request());

        fileIs(BYTES);
        JsonObject json = door.get(NODE + "?content=true").json();
        assertFalse(json.containsKey("content"));
        assertEquals("AP8NCng=", json.getString("contentBase64"));
    }

    @Test
    void childrenGoOnAfterAComponent() {
        replica.answer(call ->
                new Reply.Children(directory("/ls/paris/app"), List.of(file("/ls/paris/app/\u00e9", 1)), "\u00e9"));

        JsonObject page = door.get(NODE + "?children=true&limit=1").json();

        assertEquals(
                new Request.ListChildren(new Name("/ls/paris/app"), 1, ""),
                replica.next().call().request());
        assertEquals("/ls/paris/app", page.getJsonObject("stat").getString("name"));
        assertEquals("file", page.getJsonArray("children").getJsonObject(0).getString("kind"));
        replica.answer(call -> new Reply.Children(directory("/ls/paris/app"), List.of(), null));
        JsonObject last = door.get(NODE + "?children=true&after=" + page.getString("next"))
                .json();
        assertEquals(
                new Request.ListChildren(new Name("/ls/paris/app"), 1000, "\u00e9"),
                replica.next().call().request());
        assertFalse(last.containsKey("next"));
    }

    @Test
    void directoriesAreMade() {
        replica.answer(call -> new Reply.Written(directory("/ls/paris/app"), true));
        assertEquals(
                201,
                door.send("PUT", NODE, "{\"kind\":\"directory\",\"ephemeral\":true,\"parents\":true}", SESSION)
                        .status());
        assertEquals(
                new Request.MakeDirectory(new Name("/ls/paris/app"), true, true),
                replica.next().call().request());

        replica.answer(call -> new Reply.Written(directory("/ls/paris/app"), false));
        assertEquals(200, door.send("PUT", NODE, "").status());
        assertEquals(
                new Request.MakeDirectory(new Name("/ls/paris/app"), false, false),
                replica.next().call().request());
    }

    @Test
    void nodesAreDeleted() {
        Wire.Response response = door.send("DELETE", NODE + "?recursive=true", "", "If-Match: \"3.7\"");

        assertEquals(204, response.status());
        assertEquals(
                new Request.DeleteNode(
                        new Name("/ls/paris/app"), true, new Condition(List.of(new Version(3, 7)), false, false)),
                replica.next().call().request());
    }
}
