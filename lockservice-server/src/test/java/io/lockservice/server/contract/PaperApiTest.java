package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * "The Chubby lock service for loosely-coupled distributed systems" (Burrows, OSDI 2006), sections 2.5 and 2.6, one test a
 * statement, in the paper's order. What is different on purpose says so.
 */
final class PaperApiTest extends ContractTest {
    private static final String DENIED = "403 permission-denied";

    private static Answer fenced(String component, String content, JsonObject grant) {
        return send("PUT", file(component), content, "Lockservice-Sequencer: " + grant.getString("sequencer"));
    }

    // 2.5 Events. That the master failed over is with the fail-overs; that events are part of the replicated state:
    // docs/adr/0007-events-are-replicated-state.md.

    @Test
    void whoOpensAFileMayAskToBeToldOfItsContent() {
        // 2.5: file contents modified; asked for when the handle is made.
        String file = unique("modified");
        write(file, "");
        String session = open();
        watch(file, session, "content-changed");
        write(file, "");
        assertEquals(List.of("content-changed"), typesTold(session));
    }

    @Test
    void whoOpensADirectoryMayAskToBeToldOfItsChildren() {
        // 2.5: child node added, removed, or modified
        String directory = unique("children");
        send("PUT", node(directory), "");
        String session = open();
        watch(directory, session, "node-created", "content-changed", "node-deleted");
        write(directory + "/child", "1");
        write(directory + "/child", "2");
        send("DELETE", node(directory + "/child"), "");
        assertEquals(List.of("node-created", "content-changed", "node-deleted"), typesTold(session));
    }

    @Test
    void aSessionIsToldThatItsHandleOrItsLockHasBecomeInvalid() {
        // 2.5: a handle (and its lock) has become invalid
        String file = unique("invalid");
        write(file, "");
        String session = open();
        watch(file, session, "node-deleted");
        granted(file, session, "");
        send("DELETE", node(file), "");
        assertEquals(Set.of("node-deleted", "lock-lost"), Set.copyOf(typesTold(session)));
    }

    @Test
    void whoOpensALockMayAskToBeToldOfItsHolder() {
        // 2.5: lock acquired (when a primary has been elected), conflicting request from another client
        String file = unique("elected");
        write(file, "");
        String session = open();
        watch(file, session, "lock-acquired", "lock-requested");
        granted(file, open(), "");
        acquire(file, open(), "");
        assertEquals(List.of("lock-acquired", "lock-requested"), typesTold(session));
    }

    @Test
    void whoIsToldOfAChangeSeesItOrALaterOne() {
        // 2.5: events are delivered after the action has taken place.
        String file = unique("seen");
        write(file, "old");
        String session = open();
        watch(file, session, "content-changed");
        CompletableFuture<Answer> written = begin("PUT", file(file), "new");
        until("it is told", () -> !typesTold(session).isEmpty());
        assertEquals("new", get(file(file)).text());
        assertEquals(200, ContractCell.await(written).status());
    }

    // 2.6 API. Its calls take handles; here a handle is optional, and whoever has none is checked at every call
    // (docs/adr/0009-handles-are-replicated.md).

    @Test
    void openSaysHowTheHandleWillBeUsed() {
        // 2.6: Open() with a name and a mode: reading; writing and locking; changing the ACL. Access is checked then.
        String file = unique("mode");
        write(file, "");
        setAcls(file, new JsonObject().put("write", acl("alice")));
        JsonObject writing = new JsonObject().put("modes", new JsonArray().add("write"));
        assertEquals(DENIED, opening(file, open(), writing).outcome());
        assertEquals(
                DENIED, through(handle(file, open(), "read"), "PUT files", file).outcome());
    }

    @Test
    void openMayOrMustMakeTheNode() {
        // 2.6: whether a node should (or must) be created, with its initial content; and whether it was
        String file = unique("made");
        String content = Base64.getEncoder().encodeToString("first".getBytes(StandardCharsets.UTF_8));
        JsonObject create = new JsonObject().put("contentBase64", content);
        JsonObject may = new JsonObject().put("create", create);
        JsonObject must = new JsonObject().put("create", create.copy().put("must", true));
        String session = open();
        assertEquals(true, opening(file, session, must).json().getBoolean("created"));
        assertEquals("409 node-exists", opening(file, session, must).outcome());
        assertEquals(false, opening(file, session, may).json().getBoolean("created"));
        assertEquals("first", get(file(file)).text());
    }

    @Test
    void closeNeverFails() {
        // 2.6: Close(); the handle is of no more use. There is no Poison()
        // (docs/adr/0012-where-sessions-differ-from-the-paper.md).
        String file = unique("closed");
        write(file, "");
        String handle = handle(file, open(), "read");
        assertEquals(204, close(handle).status());
        assertEquals(204, close(handle).status());
        assertEquals("404 not-found", through(handle, "GET files", file).outcome());
    }

    @Test
    void contentAndMetadataAreReadTogetherAndWhole() {
        // 2.6: GetContentsAndStat(), atomically and entirely
        String file = unique("both");
        JsonObject stat = write(file, "content");
        String handle = handle(file, open(), "read");
        JsonObject both = get(node(file) + "?content=true&handle=" + handle).json();
        assertEquals(stat.copy().put("content", "content"), both);
    }

    @Test
    void metadataAreReadAlone() {
        // 2.6: GetStat()
        String file = unique("stat");
        JsonObject stat = write(file, "content");
        assertEquals(
                stat, through(handle(file, open(), "read"), "GET nodes", file).json());
    }

    @Test
    void aDirectoryIsReadWithTheMetadataOfItsChildren() {
        // 2.6: ReadDir(), names and metadata of all children
        String directory = unique("listed");
        JsonObject first = write(directory + "/a", "1");
        JsonObject second = write(directory + "/b", "2");
        String handle = handle(directory, open(), "read");
        Answer listed = get(node(directory) + "?children=true&handle=" + handle);
        assertEquals(List.of(first, second), listed.list("children"));
    }

    @Test
    void contentIsWrittenWholeAndOnlyIfNobodyElseHasWritten() {
        // 2.6: SetContents(), with a generation number for compare-and-swap
        String file = unique("swap");
        write(file, "a longer content");
        String target = file(file) + "?handle=" + handle(file, open(), "write");
        String read = "If-Match: " + get(file(file)).header("ETag");
        assertEquals(200, send("PUT", target, "short", read).status());
        assertEquals(
                "412 generation-mismatch", send("PUT", target, "late", read).outcome());
        assertEquals("short", get(file(file)).text());
    }

    @Test
    void theNamesOfAclsAreWrittenInTheSameWay() {
        // 2.6: SetACL()
        String file = unique("set-acl");
        write(file, "");
        String target = "/v1/acls/ls/local/" + file + "?handle=" + handle(file, open(), "change-acl");
        assertEquals(200, send("PUT", target, "{\"aclGeneration\":0}").status());
        assertEquals(
                "412 generation-mismatch",
                send("PUT", target, "{\"aclGeneration\":0}").outcome());
    }

    @Test
    void aNodeWithoutChildrenCanBeDeleted() {
        // 2.6: Delete(), if it has none
        String directory = unique("deleted");
        write(directory + "/child", "");
        assertEquals(
                "409 not-empty",
                through(handle(directory, open(), "write"), "DELETE nodes", directory)
                        .outcome());
        assertEquals(
                204,
                through(handle(directory + "/child", open(), "write"), "DELETE nodes", directory + "/child")
                        .status());
        assertEquals(
                204,
                through(handle(directory, open(), "write"), "DELETE nodes", directory)
                        .status());
    }

    @Test
    void locksAreAcquiredTriedAndReleasedThroughHandles() {
        // 2.6: Acquire() waits, TryAcquire() does not, Release()
        String file = unique("lock");
        write(file, "");
        String first = handle(file, open(), "lock");
        String second = handle(file, open(), "lock");
        assertEquals(200, through(first, "PUT locks", file).status());
        assertEquals("409 lock-held", through(second, "PUT locks", file).outcome());
        CompletableFuture<Answer> waits = begin("PUT", lock(file) + "?handle=" + second, "{\"waitMs\":60000}");
        until("it waits", () -> get(lock(file)).list("waiters").size() == 1);
        assertEquals(200, through(first, "DELETE locks", file).status());
        assertEquals(200, ContractCell.await(waits).status());
    }

    @Test
    void callsWithASequencerFailOnceItIsNotValid() {
        // 2.6: GetSequencer(), SetSequencer(), CheckSequencer(). A sequencer goes with each call, not with the handle.
        String file = unique("fenced");
        write(file, "");
        String session = open();
        JsonObject grant = granted(file, session, "");
        assertEquals(true, check(grant).getBoolean("valid"));
        assertEquals(200, fenced(file, "mine", grant).status());
        release(file, session);
        assertEquals("412 sequencer-invalid", fenced(file, "late", grant).outcome());
        assertEquals(false, check(grant).getBoolean("valid"));
    }

    @Test
    void aHandleIsOfAnInstanceAndNotOfAName() {
        // 2.6: calls fail if the node has been deleted since, also where it has been made anew.
        String file = unique("instance");
        write(file, "");
        String handle = handle(file, open(), "read");
        send("DELETE", node(file), "");
        write(file, "");
        assertEquals("404 no-such-node", through(handle, "GET files", file).outcome());
    }

    @Test
    void aPrimaryIsElected() {
        // 2.6: all try the lock; who has it writes its identity into the file and gives its sequencer to the servers
        // that it uses; clients and replicas read the file when they are told that it has changed.
        String file = unique("primary");
        write(file, "");
        String replica = open();
        String client = open();
        watch(file, client, "content-changed");
        String primary = open();
        JsonObject grant = granted(file, primary, "");
        assertEquals("409 lock-held", acquire(file, replica, "").outcome());
        assertEquals(200, fenced(file, "host-7:8080", grant).status());
        assertEquals(List.of("content-changed"), typesTold(client));
        assertEquals("host-7:8080", get(file(file)).text());
        assertEquals(true, check(grant).getBoolean("valid"), "asks a server that it uses");
        send("DELETE", session(primary), "");
        assertEquals(false, check(grant).getBoolean("valid"));
        assertEquals(true, check(granted(file, replica, "")).getBoolean("valid"));
    }
}
