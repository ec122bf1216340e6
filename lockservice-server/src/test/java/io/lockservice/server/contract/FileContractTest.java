package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 4 of the contract: contents of files, compare-and-swap, ephemeral files. */
final class FileContractTest extends ContractTest {
    private static final int MOST_BYTES = 256 * 1024;

    private static String tag(JsonObject stat) {
        return '"' + Long.toString(stat.getLong("instance")) + '.' + stat.getLong("contentGeneration") + '"';
    }

    @Test
    void theContentIsRawAndItsTagNamesInstanceAndContentGeneration() {
        // "the raw content, `ETag: "<instance>.<contentGeneration>"`"
        String file = unique("raw");
        byte[] bytes = {0, (byte) 0xFF, '\r', '\n', (byte) 0xC3};
        Answer written = ContractCell.await(cell.begin("PUT", file(file), bytes));
        assertEquals(201, written.status(), written.text());
        assertEquals(tag(written.json()), written.header("ETag"));

        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            Answer read = ContractCell.await(cell.begin(replica, "GET", file(file), new byte[0]));
            assertEquals(200, read.status());
            assertArrayEquals(bytes, read.body().getBytes());
            assertEquals(tag(written.json()), read.header("ETag"));
        }
        Answer head = send("HEAD", file(file), "");
        assertEquals(200, head.status());
        assertEquals(tag(written.json()), head.header("ETag"));
        assertEquals("5", head.header("Content-Length"));
        assertEquals(0, head.body().length());
    }

    @Test
    void whoHasTheContentAlreadyIsToldSo() {
        // "`If-None-Match` gives `304`"
        String file = unique("cached");
        String tag = tag(write(file, "1"));
        for (String condition : new String[] {tag, "W/" + tag, "\"other\", " + tag, "*"}) {
            Answer cached = get(file(file), "If-None-Match: " + condition);
            assertEquals(304, cached.status(), condition);
            assertEquals(tag, cached.header("ETag"));
            assertEquals("", cached.text());
            assertEquals(
                    304,
                    send("HEAD", file(file), "", "If-None-Match: " + condition).status());
        }
        write(file, "2");
        assertEquals("2", get(file(file), "If-None-Match: " + tag).text());
    }

    @Test
    void aWriteReplacesTheWholeContentAndSaysWhetherTheFileIsNew() {
        // "`201` created, `200` replaced, body = stat"
        String file = unique("whole");
        Answer created = send("PUT", file(file), "a longer content");
        Answer replaced = send("PUT", file(file), "short");
        assertEquals("201 200", created.status() + " " + replaced.status());
        assertEquals("short", get(file(file)).text());
        assertEquals(stat(file), replaced.json());
        Answer emptied = send("PUT", file(file), "");
        assertEquals(0, emptied.json().getLong("length"));
        assertEquals("", get(file(file)).text());
    }

    @Test
    void aContentHasAtMostSoManyBytes() {
        // "at most 256 KiB by default"; 413 `content-too-large` (`limit`)
        String file = unique("large");
        assertEquals(
                201,
                ContractCell.await(cell.begin("PUT", file(file), new byte[MOST_BYTES]))
                        .status());
        Answer refused = ContractCell.await(cell.begin("PUT", file(file), new byte[MOST_BYTES + 1]));
        assertEquals("413 content-too-large", refused.outcome());
        assertEquals(MOST_BYTES, refused.json().getInteger("limit"));
        assertEquals(MOST_BYTES, get(file(file)).body().length());
    }

    @Test
    void aWriteThatInsistsOnAVersionIsCompareAndSwap() {
        // "`If-Match`/`If-None-Match: *` are compare-and-swap"; 412 `generation-mismatch` (`stat`, `null` where there
        // is no
        // node)
        String file = unique("swap");
        Answer missing = send("PUT", file(file), "1", "If-Match: *");
        assertEquals("412 generation-mismatch", missing.outcome());
        assertTrue(missing.json().containsKey("stat"));
        assertEquals(null, missing.json().getValue("stat"));
        Answer first = send("PUT", file(file), "1", "If-None-Match: *");
        assertEquals(201, first.status());
        assertEquals(
                "412 generation-mismatch",
                send("PUT", file(file), "2", "If-None-Match: *").outcome());
        Answer second = send("PUT", file(file), "2", "If-Match: " + first.header("ETag"));
        assertEquals(200, second.status());
        Answer late = send("PUT", file(file), "3", "If-Match: " + first.header("ETag"));
        assertEquals("412 generation-mismatch", late.outcome());
        assertEquals(second.json(), late.json().getJsonObject("stat"));
        assertEquals(
                "412 generation-mismatch",
                send("PUT", file(file), "3", "If-Match: W/" + second.header("ETag"))
                        .outcome(),
                "If-Match compares strongly");
        assertEquals(200, send("PUT", file(file), "3", "If-Match: *").status());
        assertEquals("3", get(file(file)).text());
    }

    @Test
    void theTagOfADeletedFileFitsNoLaterOneOfThatName() {
        // "`instance` is larger than that of any earlier node of the same name"
        String file = unique("anew");
        JsonObject old = write(file, "same");
        send("DELETE", node(file), "");
        JsonObject anew = write(file, "same");
        assertTrue(anew.getLong("instance") > old.getLong("instance"), anew.encode());
        assertEquals(1, anew.getLong("contentGeneration"));
        assertEquals(
                "412 generation-mismatch",
                send("PUT", file(file), "", "If-Match: " + tag(old)).outcome());
        assertEquals("same", get(file(file), "If-None-Match: " + tag(old)).text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "If-Match: 1.1|400 bad-request header:If-Match",
                "If-None-Match: 1.1|400 bad-request header:If-None-Match",
                "If-None-Match: \"1.1\"|400 bad-request header:If-None-Match",
            })
    void aConditionOfAWriteThatCannotBeReadIsABadRequest(String header, String outcome) {
        assertEquals(outcome, send("PUT", file(unique("condition")), "", header).outcome());
    }

    @ParameterizedTest
    @CsvSource({
        "parents=yes,400 bad-request parents",
        "ephemeral=1,400 bad-request ephemeral",
        "recursive=true,400 bad-request recursive",
    })
    void whatIsWrongInTheQueryOfAWriteIsNamed(String query, String outcome) {
        assertEquals(
                outcome, send("PUT", file(unique("query")) + "?" + query, "").outcome());
    }

    @Test
    void directoriesAreMadeOnlyWhereThatIsAskedFor() {
        // "`parents` and `ephemeral` default to false."
        String directory = unique("parents");
        assertEquals(
                "404 no-such-node", send("PUT", file(directory + "/a/b"), "").outcome());
        assertEquals(
                "404 no-such-node",
                send("PUT", file(directory + "/a/b") + "?parents=false", "").outcome());
        assertEquals("404 no-such-node", get(node(directory)).outcome());
        assertEquals(
                201, send("PUT", file(directory + "/a/b") + "?parents=true", "").status());
        assertEquals("directory", stat(directory + "/a").getString("kind"));
        assertEquals(false, stat(directory + "/a/b").getBoolean("ephemeral"));
        assertEquals(
                "409 not-a-directory",
                send("PUT", file(directory + "/a/b/c") + "?parents=true", "").outcome());
    }

    @Test
    void onlyFilesHaveContent() {
        // 409 `not-a-file`, 404 `no-such-node`
        String directory = unique("directory");
        send("PUT", node(directory), "");
        assertEquals("409 not-a-file", get(file(directory)).outcome());
        assertEquals("409 not-a-file", send("PUT", file(directory), "").outcome());
        assertEquals("404 no-such-node", get(file(unique("nowhere"))).outcome());
        assertEquals(404, send("HEAD", file(unique("nowhere")), "").status());
    }

    @Test
    void anEphemeralFileLivesWhileItsCreatorDoes() {
        // "An ephemeral file lives while a session has it open (its creator has)"
        String file = unique("ephemeral");
        String target = file(file) + "?ephemeral=true";
        assertEquals("428 session-required", send("PUT", target, "").outcome());
        assertEquals(
                "410 session-expired", send("PUT", target, "", as("s-never")).outcome());
        String creator = open();
        String writer = open();
        JsonObject created = send("PUT", target, "1", as(creator)).json();
        assertEquals(true, created.getBoolean("ephemeral"));
        assertEquals(creator, created.getString("owner"));
        JsonObject written = send("PUT", target, "2", as(writer)).json();
        assertEquals(creator, written.getString("owner"), "who writes has not opened it");

        send("DELETE", session(writer), "");
        assertEquals("2", get(file(file)).text());
        send("DELETE", session(creator), "");
        assertEquals("404 no-such-node", get(file(file)).outcome());
    }

    @Test
    void aFileThatIsThereStaysAsLastingAsItIs() {
        String file = unique("lasting");
        write(file, "1");
        String session = open();
        JsonObject written =
                send("PUT", file(file) + "?ephemeral=true", "2", as(session)).json();
        assertEquals(false, written.getBoolean("ephemeral"));
        send("DELETE", session(session), "");
        assertEquals("2", get(file(file)).text());
    }

    @Test
    void aStatHasTheseFields() {
        // stat: {"name","kind",...,"createdRevision","modifiedRevision"}
        String file = unique("stat");
        Answer created = send("PUT", file(file), "content");
        JsonObject stat = created.json();
        assertEquals(
                Set.of(
                        "name",
                        "kind",
                        "ephemeral",
                        "owner",
                        "instance",
                        "contentGeneration",
                        "lockGeneration",
                        "aclGeneration",
                        "childGeneration",
                        "checksum",
                        "length",
                        "childCount",
                        "createdRevision",
                        "modifiedRevision"),
                stat.fieldNames());
        assertEquals(printed(file), stat.getString("name"));
        assertEquals("file", stat.getString("kind"));
        assertEquals(null, stat.getString("owner"));
        assertEquals(7, stat.getLong("length"));
        assertEquals(0, stat.getLong("childCount"));
        assertEquals(created.revision(), stat.getLong("createdRevision"));
        assertEquals(created.revision(), stat.getLong("modifiedRevision"));
        Answer written = send("PUT", file(file), "content");
        assertEquals(created.revision(), written.json().getLong("createdRevision"));
        assertEquals(written.revision(), written.json().getLong("modifiedRevision"));
    }

    @Test
    void everyAcceptedWriteAddsOneAndOthersNone() {
        // "every accepted write, also of the same content, adds one to `contentGeneration`, which starts at 1"
        String file = unique("generations");
        assertEquals(1, write(file, "same").getLong("contentGeneration"));
        assertEquals(2, write(file, "same").getLong("contentGeneration"));
        send("PUT", file(file), "refused", "If-None-Match: *");
        granted(file, open(), "");
        JsonObject stat = stat(file);
        assertEquals(2, stat.getLong("contentGeneration"));
        assertEquals(1, stat.getLong("lockGeneration"));
        assertEquals(3, write(file, "other").getLong("contentGeneration"));
    }

    @Test
    void theChecksumCoversTheContentAlone() {
        // "`checksum` covers the content alone"; "Checksums are 16 hex digits"
        String one = unique("one");
        String checksum = write(one, "content").getString("checksum");
        assertTrue(checksum.matches("[0-9a-f]{16}"), checksum);
        String other = unique("other");
        assertEquals(checksum, write(other, "content").getString("checksum"));
        write(one, "another");
        assertEquals(false, checksum.equals(stat(one).getString("checksum")));
        assertEquals(checksum, write(one, "content").getString("checksum"));
        granted(one, open(), "");
        send("PUT", "/v1/acls/ls/local/" + one, "{}");
        assertEquals(checksum, stat(one).getString("checksum"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/files/ls/local/a//b", "/v1/files/ls/local/a/", "/v1/files/ls/local/a/../b"})
    void aNameIsTakenAsItWasSent(String target) {
        // Section 1: "dot segments, empty components and a trailing slash are `bad-name`"
        assertEquals("400 bad-name", get(target).outcome());
        assertEquals("421 wrong-cell", get("/v1/files/ls/london/a").outcome());
    }
}
