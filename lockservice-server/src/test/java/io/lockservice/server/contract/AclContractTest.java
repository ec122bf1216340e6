package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 4 of the contract: which ACLs a node names, and whom they let do what. Every caller here is {@code anonymous}. */
final class AclContractTest extends ContractTest {
    private static final String DENIED = "403 permission-denied";

    private static String acls(String component) {
        return "/v1/acls/ls/local/" + component;
    }

    private static JsonObject names(
            @Nullable String read, @Nullable String write, @Nullable String change, long generation) {
        return new JsonObject()
                .put("read", read)
                .put("write", write)
                .put("change", change)
                .put("aclGeneration", generation);
    }

    private static void set(String component, String right, String acl) {
        setAcls(component, new JsonObject().put(right, acl));
    }

    @Test
    void aNodeNamesThreeAclsAndNullAllowsEverybody() {
        // {"read","write","change","aclGeneration"}, `200`; "`null` allows everybody"
        String file = unique("open");
        write(file, "");
        assertEquals(names(null, null, null, 0), get(acls(file)).json());
        assertEquals(200, get(file(file)).status());
        assertEquals(0, stat(file).getLong("aclGeneration"));
    }

    @Test
    void allThreeAreSetTogether() {
        // `PUT /v1/acls/{name}`; `null` for an optional field is the same as leaving it out
        String file = unique("set");
        write(file, "");
        String acl = acl("anonymous");
        Answer set = send("PUT", acls(file), names(acl, acl, acl, 0).encode());
        assertEquals(200, set.status(), set.text());
        assertEquals(names(acl, acl, acl, 1), set.json());
        assertEquals(set.json(), get(acls(file)).json());
        assertEquals(1, stat(file).getLong("aclGeneration"));
        Answer opened = send("PUT", acls(file), "{\"read\":null,\"write\":\"" + acl + "\"}");
        assertEquals(names(null, acl, null, 2), opened.json());
    }

    @Test
    void whoeverIsListedOneALineIsAllowed() {
        // "A name `x` is the file `/ls/<cell>/acl/x`, one principal a line"
        String file = unique("listed");
        write(file, "content");
        set(file, "read", acl("alice", "anonymous", "bob"));
        assertEquals("content", get(file(file)).text());
        set(file, "read", acl("alice", "anonymous-not", "bob"));
        assertEquals(DENIED, get(file(file)).outcome());
        set(file, "read", acl("alice anonymous"));
        assertEquals(DENIED, get(file(file)).outcome(), "a line is one principal");
    }

    @Test
    void aChangeOfTheAclsFileCountsAtOnce() {
        String file = unique("changed");
        write(file, "");
        String acl = unique("acl-later");
        set(file, "read", acl);
        assertEquals(DENIED, get(file(file)).outcome(), "a file that is not there lists nobody");
        write("acl/" + acl, "anonymous\n");
        assertEquals(200, get(file(file)).status());
        write("acl/" + acl, "");
        assertEquals(DENIED, get(file(file)).outcome());
    }

    @Test
    void whoMayNotReadSeesNothingOfTheNode() {
        String directory = unique("secret");
        write(directory + "/child", "");
        set(directory, "read", acl("alice"));
        for (String target :
                List.of(node(directory), node(directory) + "?children=true", lock(directory), acls(directory))) {
            assertEquals(DENIED, get(target).outcome(), target);
        }
        // Events are told by each replica from its own state, which may be a moment behind.
        until(
                "its events are not told either",
                () -> get("/v1/events?name=/ls/local/" + directory + "&waitMs=0")
                        .outcome()
                        .equals(DENIED));
        assertEquals(
                201, send("PUT", file(directory + "/another"), "").status(), "writing is another right than reading");
    }

    @Test
    void whoMayNotWriteChangesNothing() {
        String directory = unique("fixed");
        write(directory + "/child", "1");
        String acl = acl("alice");
        set(directory + "/child", "write", acl);
        set(directory, "write", acl);
        String session = open();
        assertEquals(DENIED, send("PUT", file(directory + "/child"), "2").outcome());
        assertEquals(DENIED, send("DELETE", node(directory + "/child"), "").outcome());
        assertEquals(DENIED, send("PUT", file(directory + "/new"), "").outcome());
        assertEquals(DENIED, send("PUT", node(directory + "/new"), "").outcome());
        assertEquals(DENIED, acquire(directory + "/child", session, "").outcome());
        assertEquals(DENIED, acquire(directory + "/new", session, "").outcome());
        assertEquals(
                DENIED, send("DELETE", node(directory) + "?recursive=true", "").outcome());
        assertEquals("1", get(file(directory + "/child")).text());
    }

    @Test
    void whoMayNotChangeTheAclsLeavesThemAsTheyAre() {
        String file = unique("settled");
        write(file, "");
        set(file, "change", acl("alice"));
        assertEquals(DENIED, send("PUT", acls(file), "{}").outcome());
        assertEquals(1, stat(file).getLong("aclGeneration"));
        assertEquals(200, send("PUT", file(file), "").status(), "writing is another right than changing ACLs");
        assertEquals(
                DENIED, send("DELETE", lock(file) + "?force=true", "").outcome(), "section 3: an operator's right");
    }

    @Test
    void aNewNodeCopiesItsParentsThreeNames() {
        // "A new node copies its parent's three names"
        String directory = unique("parent");
        send("PUT", node(directory), "");
        String read = acl("anonymous");
        String write = acl("anonymous", "alice");
        String change = acl("bob", "anonymous");
        send("PUT", acls(directory), names(read, write, change, 0).encode());
        write(directory + "/file", "");
        send("PUT", node(directory + "/directory"), "");
        granted(directory + "/deep/lock", open(), "");
        set(directory, "write", acl("anonymous"));
        for (String child : List.of("/file", "/directory", "/deep", "/deep/lock")) {
            JsonObject copied = get(acls(directory + child)).json();
            copied.remove("aclGeneration");
            JsonObject expected = names(read, write, change, 0);
            expected.remove("aclGeneration");
            assertEquals(expected, copied, child);
        }
    }

    @Test
    void theAclsOfNoNodeAreNotThere() {
        assertEquals("404 no-such-node", get(acls(unique("nowhere"))).outcome());
        assertEquals(
                "404 no-such-node", send("PUT", acls(unique("nowhere")), "{}").outcome());
        assertEquals("404 not-found", get("/v1/acls").outcome());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"read\":7}|400 bad-request read",
                "{\"write\":\"a/b\"}|400 bad-request write",
                "{\"change\":\"..\"}|400 bad-request change",
                "{\"change\":\"\"}|400 bad-request change",
                "{\"delete\":\"a\"}|400 bad-request delete",
                "{\"read\":\"a\",\"read\":\"a\"}|400 bad-request read",
            })
    void whatIsWrongInTheRequestIsNamed(String body, String outcome) {
        String file = unique("wrong");
        write(file, "");
        assertEquals(outcome, send("PUT", acls(file), body).outcome());
        assertEquals(0, stat(file).getLong("aclGeneration"));
    }

    @Test
    void aRefusalSaysInOneSentenceWhatIsWrongAndWhatToDo() {
        String file = unique("said");
        write(file, "");
        String acl = acl("alice");
        set(file, "read", acl);
        String detail = get(file(file)).json().getString("detail");
        assertTrue(detail.contains(acl) && detail.contains("anonymous"), detail);
    }
}
