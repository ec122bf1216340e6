package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 4 of the contract: what opening a node takes, who may, and what it does to the node. */
final class HandleOpenContractTest extends ContractTest {
    private static final String DENIED = "403 permission-denied";

    private static JsonObject creating(JsonObject create) {
        return new JsonObject().put("create", create);
    }

    /** From now on these rights are somebody else's. */
    private static void deny(String component, String... rights) {
        String acl = acl("alice");
        JsonObject names = new JsonObject();
        for (String right : rights) {
            names.put(right, acl);
        }
        setAcls(component, names);
    }

    @Test
    void openingANodeGivesAHandle() {
        // `POST /v1/handles` {"name",...} with a session, gives `201` {"handle","created","stat"}
        String file = unique("opened");
        write(file, "content");
        Answer opened = opening(file, open(), new JsonObject());

        assertEquals(201, opened.status(), opened.text());
        assertEquals(Set.of("handle", "created", "stat"), opened.json().fieldNames());
        assertEquals(false, opened.json().getBoolean("created"));
        assertEquals(stat(file), opened.json().getJsonObject("stat"));
        String handle = opened.json().getString("handle");
        assertEquals("/v1/handles/" + handle, opened.header("Location"));
        assertEquals("content", get(file(file) + "?handle=" + handle).text());
    }

    @Test
    void aHandleNeedsASession() {
        // "with a session"; 428 `session-required`, 410 `session-expired`
        String file = unique("whose");
        write(file, "");
        String body = "{\"name\":\"/ls/local/" + file + "\"}";
        assertEquals("428 session-required", send("POST", "/v1/handles", body).outcome());
        assertEquals(
                "410 session-expired",
                send("POST", "/v1/handles", body, as("s-never-was")).outcome());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"modes\":[\"execute\"]|400 bad-request modes[0]",
                "\"modes\":[\"read\",7]|400 bad-request modes[1]",
                "\"modes\":[\"read\",\"read\"]|400 bad-request modes",
                "\"modes\":\"read\"|400 bad-request modes",
                "\"events\":[\"content-read\"]|400 bad-request events[0]",
                "\"events\":[\"lock-lost\"]|400 bad-request events[0]",
                "\"events\":{}|400 bad-request events",
                "\"create\":true|400 bad-request create",
                "\"create\":{\"must\":\"yes\"}|400 bad-request create.must",
                "\"create\":{\"kind\":\"link\"}|400 bad-request create.kind",
                "\"create\":{\"ephemeral\":1}|400 bad-request create.ephemeral",
                "\"create\":{\"contentBase64\":\"*\"}|400 bad-request create.contentBase64",
                "\"create\":{\"kind\":\"directory\",\"contentBase64\":\"aGk=\"}|400 bad-request create.contentBase64",
                "\"create\":{\"parents\":true}|400 bad-request create.parents",
                "\"lockDelayMs\":-1|400 bad-request lockDelayMs",
                "\"lockDelayMs\":60001|400 bad-request lockDelayMs",
                "\"lockDelayMs\":\"5\"|400 bad-request lockDelayMs",
                "\"mode\":\"read\"|400 bad-request mode",
            })
    void whatIsWrongInTheRequestForAHandleIsNamed(String field, String outcome) {
        String file = unique("wrong");
        write(file, "");
        String body = "{\"name\":\"/ls/local/" + file + "\"," + field + "}";
        assertEquals(outcome, send("POST", "/v1/handles", body, as(open())).outcome());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|400 bad-request name",
                "{\"name\":7}|400 bad-request name",
                "{\"name\":\"/ls/local/a/\"}|400 bad-name",
                "{\"name\":\"/ls/london/a\"}|421 wrong-cell",
            })
    void aHandleIsOfAName(String body, String outcome) {
        assertEquals(outcome, send("POST", "/v1/handles", body, as(open())).outcome());
    }

    @Test
    void aNodeThatIsNotThereIsMadeOnlyWhereThatWasAskedFor() {
        // "create":{...}; `201` {"handle","created","stat"}
        String file = unique("made");
        String session = open();
        assertEquals(
                "404 no-such-node", opening(file, session, new JsonObject()).outcome());
        Answer made = opening(file, session, creating(new JsonObject()));
        assertEquals(201, made.status(), made.text());
        assertEquals(true, made.json().getBoolean("created"));
        assertEquals("file", made.json().getJsonObject("stat").getString("kind"));
        assertEquals(false, made.json().getJsonObject("stat").getBoolean("ephemeral"));
        assertEquals(0, made.json().getJsonObject("stat").getLong("length"));
        Answer again = opening(file, session, creating(new JsonObject()));
        assertEquals(false, again.json().getBoolean("created"), "it is there");
    }

    @Test
    void whatMustBeMadeMayNotBeThere() {
        // "must":false
        String file = unique("must");
        String session = open();
        JsonObject must = creating(new JsonObject().put("must", true));
        assertEquals(true, opening(file, session, must).json().getBoolean("created"));
        assertEquals("409 node-exists", opening(file, session, must).outcome());
    }

    @Test
    void aNodeIsMadeOfTheKindThatIsAskedFor() {
        // "kind"
        String directory = unique("kind");
        String file = unique("kind");
        String session = open();
        write(file, "");
        JsonObject asDirectory = creating(new JsonObject().put("kind", "directory"));
        Answer made = opening(directory, session, asDirectory);
        assertEquals("directory", made.json().getJsonObject("stat").getString("kind"));
        assertEquals("409 not-a-directory", opening(file, session, asDirectory).outcome());
        assertEquals(
                "409 not-a-file",
                opening(directory, session, creating(new JsonObject().put("kind", "file")))
                        .outcome());
        assertEquals(201, opening(directory, session, new JsonObject()).status(), "what is there is opened as it is");
    }

    @Test
    void aFileIsMadeWithItsContentAndOneThatIsThereKeepsIts() {
        // "contentBase64"
        String file = unique("content");
        String session = open();
        for (String content : List.of("first", "second")) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            JsonObject create =
                    new JsonObject().put("contentBase64", Base64.getEncoder().encodeToString(bytes));
            assertEquals(201, opening(file, session, creating(create)).status());
            assertEquals("first", get(file(file)).text());
        }
        assertEquals(1, stat(file).getLong("contentGeneration"));
    }

    @Test
    void anEphemeralNodeIsTheSessionsThatMadeIt() {
        // "ephemeral"; "An ephemeral file lives while a session has it open"
        String file = unique("ephemeral");
        String session = open();
        handle(file, session, creating(new JsonObject().put("ephemeral", true)));
        assertEquals(true, stat(file).getBoolean("ephemeral"));
        assertEquals(session, stat(file).getString("owner"));
        send("DELETE", session(session), "");
        assertEquals("404 no-such-node", get(node(file)).outcome());
    }

    @Test
    void anEphemeralFileLivesAsLongAsAnySessionHasItOpen() {
        // "An ephemeral file lives while a session has it open (its creator has)"
        String file = unique("shared");
        String creator = open();
        send("PUT", file(file) + "?ephemeral=true", "", as(creator));
        String second = open();
        String closedByHand = handle(file, open(), "read");
        handle(file, second, "lock");

        send("DELETE", session(creator), "");
        assertEquals(200, get(node(file)).status(), "two have it open");
        assertEquals(204, close(closedByHand).status());
        assertEquals(200, get(node(file)).status(), "one has it open");
        send("DELETE", session(second), "");
        assertEquals("404 no-such-node", get(node(file)).outcome());
    }

    @Test
    void anEphemeralDirectoryLivesAlsoWhileItHasChildren() {
        // "an ephemeral directory also while it has children"
        String directory = unique("ephemeral");
        String creator = open();
        JsonObject create = new JsonObject().put("kind", "directory").put("ephemeral", true);
        handle(directory, creator, creating(create));
        write(directory + "/child", "");
        String other = handle(directory, open(), "read");

        send("DELETE", session(creator), "");
        send("DELETE", node(directory + "/child"), "");
        assertEquals(200, get(node(directory)).status(), "somebody has it open");
        write(directory + "/another", "");
        close(other);
        assertEquals(200, get(node(directory)).status(), "it has a child");
        send("DELETE", node(directory + "/another"), "");
        assertEquals("404 no-such-node", get(node(directory)).outcome());
    }

    @ParameterizedTest
    @CsvSource({"read,read", "write,write", "lock,write", "change-acl,change"})
    void permissionIsCheckedAtOpen(String mode, String right) {
        // "permission was checked at open"
        String file = unique("denied");
        write(file, "");
        deny(file, right);
        JsonObject asked = new JsonObject().put("modes", new JsonArray().add(mode));
        assertEquals(DENIED, opening(file, open(), asked).outcome());
    }

    @Test
    void permissionIsNotCheckedAgain() {
        // "permission was checked at open"
        String file = unique("kept");
        write(file, "content");
        String handle = handle(file, open(), "read", "write", "lock", "change-acl");
        deny(file, "read", "write", "change");

        assertEquals(DENIED, get(file(file)).outcome());
        for (String request :
                List.of("GET files", "GET nodes", "GET locks", "PUT files", "PUT locks", "DELETE locks")) {
            assertEquals(200, through(handle, request, file).status(), request);
        }
        assertEquals(200, through(handle, "PUT acls", file).status(), "and it opens the node to everybody again");
        assertEquals(200, get(file(file)).status());
    }

    @Test
    void makingANodeNeedsTheRightToWriteItsDirectory() {
        String directory = unique("closed");
        send("PUT", node(directory), "");
        deny(directory, "write");
        assertEquals(
                DENIED,
                opening(directory + "/new", open(), creating(new JsonObject())).outcome());
    }

    @Test
    void anEphemeralLockFileLivesAlsoWhileSomebodyHasItOpen() {
        // Section 3: "an ephemeral node (default) goes when nobody holds or waits for it"
        String lock = unique("lock");
        String holder = open();
        granted(lock, holder, "");
        String handle = handle(lock, open(), "read");
        send("DELETE", lock(lock), "", as(holder));
        assertEquals("free", through(handle, "GET locks", lock).json().getString("mode"));
        close(handle);
        assertEquals("404 no-such-node", get(node(lock)).outcome());
    }

    @Test
    void openingAgainWithTheSameKeyGivesTheSameHandle() {
        // Section 1: "A repeat with the same key ... returns the first outcome and does not run again"
        String file = unique("key");
        String session = open();
        String body = "{\"name\":\"/ls/local/" + file + "\",\"create\":{\"must\":true}}";
        String key = "Idempotency-Key: " + file;
        Answer first = send("POST", "/v1/handles", body, as(session), key);
        assertEquals(201, first.status(), first.text());
        assertEquals(
                first.text(),
                send("POST", "/v1/handles", body, as(session), key).text());
        assertEquals(1, get(session(session)).list("handles").size());
        assertEquals(
                "422 idempotency-mismatch",
                send("POST", "/v1/handles", body.replace("true", "false"), as(session), key)
                        .outcome());
    }

    @Test
    void handlesAreOpenedAndClosedAndNothingElse() {
        // `method-not-allowed` (with `Allow`); "An unknown ... query parameter ... is `400 bad-request`"
        String file = unique("only");
        write(file, "");
        String session = open();
        String one = "/v1/handles/" + handle(file, session, "read");
        assertEquals("405 method-not-allowed", get("/v1/handles").outcome());
        assertEquals("POST, OPTIONS", get("/v1/handles").header("Allow"));
        assertEquals("405 method-not-allowed", get(one).outcome());
        assertEquals("DELETE, OPTIONS", get(one).header("Allow"));
        assertEquals(
                "400 bad-request force", send("DELETE", one + "?force=true", "").outcome());
        assertEquals(
                "400 bad-request header:Lockservice-Session",
                send("DELETE", one, "", as(open())).outcome());
        assertEquals(204, send("DELETE", one, "", as(session)).status());
    }
}
