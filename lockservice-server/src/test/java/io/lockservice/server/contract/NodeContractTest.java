package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 4 of the contract: stats, directories and their children, deleting. */
final class NodeContractTest extends ContractTest {
    @Test
    void aStatComesWithItsContentWhereThatIsAskedFor() {
        // "`?content=true` adds `content` (UTF-8) or `contentBase64`"
        String text = unique("text");
        write(text, "h\u00e9llo");
        assertFalse(get(node(text)).json().containsKey("content"));
        JsonObject withContent = get(node(text) + "?content=true").json();
        assertEquals("h\u00e9llo", withContent.remove("content"));
        assertEquals(stat(text), withContent);

        String binary = unique("binary");
        byte[] bytes = {(byte) 0xFF, 0};
        assertEquals(
                201, ContractCell.await(cell.begin("PUT", file(binary), bytes)).status());
        JsonObject withBytes = get(node(binary) + "?content=true").json();
        assertEquals(Base64.getEncoder().encodeToString(bytes), withBytes.remove("contentBase64"));
        assertEquals(stat(binary), withBytes);
    }

    @Test
    void childrenComeInTheOrderOfTheirNamesPageByPage() {
        // {"stat","children":[stat...],"next"} in name order, of UTF-8 bytes: a surrogate pair comes behind U+FF5E
        String directory = unique("children");
        List<String> encoded = List.of("%EF%BD%9E", "%F0%9F%98%80", "b", "a.b", "B", "a");
        for (String each : encoded) {
            assertEquals(
                    201,
                    send("PUT", file(directory + "/" + each) + "?parents=true", "")
                            .status());
        }
        send("PUT", file(directory + "/a.d/below") + "?parents=true", "");

        List<String> names = new ArrayList<>();
        String next = "";
        do {
            Answer page = get(node(directory) + "?children=true&limit=3" + (next.isEmpty() ? "" : "&after=" + next));
            assertEquals(200, page.status(), page.text());
            assertEquals(stat(directory), page.json().getJsonObject("stat"));
            names.addAll(page.texts("children", "name"));
            next = page.json().getString("next", "");
        } while (!next.isEmpty());

        String below = printed(directory) + "/";
        assertEquals(
                List.of(
                        below + "B",
                        below + "a",
                        below + "a.b",
                        below + "a.d",
                        below + "b",
                        below + "\uff5e",
                        below + "\ud83d\ude00"),
                names);
        assertEquals(
                stat(directory + "/b"),
                get(node(directory) + "?children=true").list("children").get(4));
    }

    @Test
    void theRootOfTheCellIsADirectory() {
        String file = unique("in-the-root");
        write(file, "");
        Answer children = get("/v1/nodes/ls/local?children=true");
        assertEquals(
                "/ls/" + ContractCell.NAME,
                children.json().getJsonObject("stat").getString("name"));
        assertTrue(children.texts("children", "name").contains(printed(file)));
    }

    @Test
    void onlyDirectoriesHaveChildren() {
        // 409 `not-a-directory`, 404 `no-such-node`
        String file = unique("file");
        write(file, "");
        assertEquals("409 not-a-directory", get(node(file) + "?children=true").outcome());
        assertEquals("404 no-such-node", get(node(file) + "/below").outcome());
        assertEquals("404 no-such-node", get(node(unique("nowhere"))).outcome());
        assertEquals(
                "404 no-such-node",
                get(node(unique("nowhere")) + "?children=true").outcome());
    }

    @ParameterizedTest
    @CsvSource({
        "content=yes,400 bad-request content",
        "children=1,400 bad-request children",
        "children=true&limit=0,400 bad-request limit",
        "children=true&limit=1001,400 bad-request limit",
        "children=true&after=*,400 bad-request after",
        "limit=5,400 bad-request limit",
        "depth=2,400 bad-request depth",
    })
    void whatIsWrongInTheQueryIsNamed(String query, String outcome) {
        String directory = unique("query");
        send("PUT", node(directory), "");
        assertEquals(outcome, get(node(directory) + "?" + query).outcome());
    }

    @Test
    void aDirectoryIsMade() {
        // {"kind":"directory","ephemeral":false,"parents":false}: `201` and its stat; where it exists `409
        // node-exists`,
        // with `parents` `200`
        String directory = unique("made");
        Answer made = send("PUT", node(directory), "{\"kind\":\"directory\",\"ephemeral\":false,\"parents\":false}");
        assertEquals(201, made.status(), made.text());
        assertEquals("directory", made.json().getString("kind"));
        assertEquals(stat(directory), made.json());
        assertEquals("409 node-exists", send("PUT", node(directory), "").outcome());
        Answer again = send("PUT", node(directory), "{\"parents\":true}");
        assertEquals(200, again.status());
        assertEquals(made.json(), again.json());

        assertEquals(
                "404 no-such-node", send("PUT", node(directory + "/a/b"), "").outcome());
        assertEquals(
                201, send("PUT", node(directory + "/a/b"), "{\"parents\":true}").status());
        assertEquals("directory", stat(directory + "/a").getString("kind"));
    }

    @Test
    void aDirectoryIsNotMadeWhereAFileIs() {
        String file = unique("file");
        write(file, "");
        assertEquals("409 node-exists", send("PUT", node(file), "").outcome());
        assertEquals(
                "409 node-exists", send("PUT", node(file), "{\"parents\":true}").outcome());
        assertEquals(
                "409 not-a-directory",
                send("PUT", node(file + "/a"), "{\"parents\":true}").outcome());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"kind\":\"file\"}|400 bad-request kind",
                "{\"kind\":true}|400 bad-request kind",
                "{\"parents\":1}|400 bad-request parents",
                "{\"ephemeral\":\"yes\"}|400 bad-request ephemeral",
                "{\"content\":\"\"}|400 bad-request content",
                "{\"ephemeral\":true}|428 session-required",
            })
    void whatIsWrongInTheRequestForADirectoryIsNamed(String body, String outcome) {
        String directory = unique("wrong");
        assertEquals(outcome, send("PUT", node(directory), body).outcome());
        assertEquals(404, get(node(directory)).status());
    }

    @Test
    void anEphemeralDirectoryLivesAlsoWhileItHasChildren() {
        // "an ephemeral directory also while it has children"
        String directory = unique("ephemeral");
        String session = open();
        String empty = unique("empty");
        Answer made = send("PUT", node(directory), "{\"ephemeral\":true}", as(session));
        assertEquals(true, made.json().getBoolean("ephemeral"));
        assertEquals(session, made.json().getString("owner"));
        send("PUT", node(empty), "{\"ephemeral\":true}", as(session));
        write(directory + "/child", "");

        assertEquals(204, send("DELETE", session(session), "").status());

        assertEquals(404, get(node(empty)).status());
        assertEquals(200, get(node(directory)).status());
        assertEquals(204, send("DELETE", node(directory + "/child"), "").status());
        assertEquals(404, get(node(directory)).status());
    }

    @Test
    void anEphemeralDirectoryStaysWithoutChildrenWhileItsCreatorLives() {
        String directory = unique("waiting");
        String session = open();
        send("PUT", node(directory), "{\"ephemeral\":true}", as(session));
        write(directory + "/child", "");
        send("DELETE", node(directory + "/child"), "");
        assertEquals(200, get(node(directory)).status());
    }

    @Test
    void aNodeIsDeleted() {
        // "`204`; a non-empty directory is `409 not-empty`"; `recursive` is false where it is not given
        String directory = unique("deleted");
        write(directory + "/a/b", "");
        assertEquals("409 not-empty", send("DELETE", node(directory), "").outcome());
        assertEquals(
                "409 not-empty",
                send("DELETE", node(directory) + "?recursive=false", "").outcome());
        Answer deleted = send("DELETE", node(directory + "/a/b"), "");
        assertEquals("204 ", deleted.status() + " " + deleted.text());
        assertEquals(204, send("DELETE", node(directory + "/a"), "").status(), "an empty directory");
        assertEquals(
                "404 no-such-node", send("DELETE", node(directory + "/a"), "").outcome());
        assertEquals(
                "400 bad-request recursive",
                send("DELETE", node(directory) + "?recursive=all", "").outcome());
    }

    @Test
    void aWholeTreeIsDeletedInOneChange() {
        // `?recursive=`; section 1: "One applied change, however many nodes it touches, is one revision."
        String directory = unique("tree");
        write(directory + "/a/b", "");
        long before = write(directory + "/c", "").getLong("modifiedRevision");
        Answer deleted = send("DELETE", node(directory) + "?recursive=true", "");
        assertEquals(204, deleted.status());
        assertEquals(before + 1, deleted.revision());
        assertEquals(404, get(node(directory)).status());
        assertEquals(404, get(node(directory + "/a/b")).status());
    }

    @Test
    void aDeletionMayInsistOnAVersion() {
        // "`If-Match` honoured"
        String file = unique("condition");
        Answer first = send("PUT", file(file), "1");
        Answer second = send("PUT", file(file), "2");
        Answer late = send("DELETE", node(file), "", "If-Match: " + first.header("ETag"));
        assertEquals("412 generation-mismatch", late.outcome());
        assertEquals(second.json(), late.json().getJsonObject("stat"));
        assertEquals(
                "400 bad-request header:If-Match",
                send("DELETE", node(file), "", "If-Match: 1").outcome());
        assertEquals(
                204,
                send("DELETE", node(file), "", "If-Match: " + second.header("ETag"))
                        .status());
    }

    @Test
    void theNumbersOfADirectoryOnlyGrow() {
        // "The numbers only grow": `childGeneration` with every child that comes or goes, `childCount` says how many
        // are there
        String directory = unique("numbers");
        send("PUT", node(directory), "");
        JsonObject before = stat(directory);
        write(directory + "/a", "");
        JsonObject with = stat(directory);
        send("DELETE", node(directory + "/a"), "");
        JsonObject without = stat(directory);
        assertEquals(List.of(0, 1, 0), List.of(count(before), count(with), count(without)));
        assertTrue(with.getLong("childGeneration") > before.getLong("childGeneration"), with.encode());
        assertTrue(without.getLong("childGeneration") > with.getLong("childGeneration"), without.encode());
        assertEquals(before.getLong("instance"), without.getLong("instance"));

        send("DELETE", node(directory), "");
        send("PUT", node(directory), "");
        assertTrue(stat(directory).getLong("instance") > before.getLong("instance"));
    }

    private static int count(JsonObject stat) {
        return stat.getInteger("childCount");
    }
}
