package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * "The Chubby lock service for loosely-coupled distributed systems" (Burrows, OSDI 2006), sections 2.2 to 2.4, one test a
 * statement, in the paper's order. What is different on purpose says so.
 */
final class PaperTest extends ContractTest {
    private static final String DENIED = "403 permission-denied";
    private static final String PERMANENT = "{\"create\":\"permanent\"}";
    private static final String SHARED = "{\"mode\":\"shared\"}";
    private static final JsonObject EPHEMERAL = new JsonObject().put("ephemeral", true);

    private static void isGone(String component) {
        assertEquals("404 no-such-node", get(node(component)).outcome());
    }

    // 2.2 System structure

    @Test
    void anyReplicaSaysWhoTheMasterIs() {
        // 2.2: clients find the master by asking the replicas; one that is not says who is.
        until("all name the same", () -> {
            Set<Integer> leaders = new HashSet<>();
            for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
                Answer asked = ContractCell.await(cell.begin(replica, "GET", "/v1/cell", new byte[0]));
                leaders.add(asked.json().getInteger("leader"));
            }
            return leaders.size() == 1;
        });
    }

    @Test
    void whateverReplicaIsAskedTheMasterAnswers() {
        // 2.2: writes go to a majority, reads are the master's alone. Clients of Chubby send both to the master; here
        // any
        // replica brings them there (docs/adr/0004-every-call-has-an-origin.md).
        String file = unique("anywhere");
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            byte[] content = Integer.toString(replica).getBytes(StandardCharsets.UTF_8);
            assertEquals(
                    2,
                    ContractCell.await(cell.begin(replica, "PUT", file(file), content))
                                    .status()
                            / 100);
            int next = replica % ContractCell.REPLICAS + 1;
            Answer read = ContractCell.await(cell.begin(next, "GET", file(file), new byte[0]));
            assertEquals(Integer.toString(replica), read.text());
        }
    }

    // 2.3 Files, directories, and handles

    @Test
    void namesBeginWithLsAndTheCell() {
        // 2.3: /ls/<cell>/...; the cell `local` is the one at hand.
        String file = unique("name");
        write(file, "content");
        assertEquals(
                "content", get("/v1/files/ls/" + ContractCell.NAME + "/" + file).text());
        assertEquals(printed(file), stat(file).getString("name"));
        assertEquals("421 wrong-cell", get("/v1/files/ls/elsewhere/" + file).outcome());
    }

    @Test
    void accessDependsOnTheNodeAndNotOnThePathToIt() {
        // 2.3: no path-dependent permissions: a file's own are what counts.
        String directory = unique("path");
        write(directory + "/file", "content");
        setAcls(directory, new JsonObject().put("read", acl("alice")));
        assertEquals(DENIED, get(node(directory)).outcome());
        assertEquals("content", get(file(directory + "/file")).text());
    }

    @Test
    void readingLeavesNoTrace() {
        // 2.3: no last-access times, so that metadata can be cached.
        String file = unique("read");
        JsonObject stat = write(file, "content");
        assertEquals("content", get(file(file)).text());
        handle(file, open(), "read");
        assertEquals(stat, stat(file));
    }

    @Test
    void permanentNodesStayUntilTheyAreDeleted() {
        // 2.3: a node is permanent or ephemeral; either can be deleted explicitly.
        String file = unique("permanent");
        String ephemeral = unique("ephemeral");
        String session = open();
        handle(file, session, new JsonObject().put("create", new JsonObject()));
        handle(ephemeral, open(), new JsonObject().put("create", EPHEMERAL));
        send("DELETE", session(session), "");
        assertEquals(204, send("DELETE", node(file), "").status(), "it is still there");
        assertEquals(204, send("DELETE", node(ephemeral), "").status());
    }

    @Test
    void anEphemeralFileShowsThatItsClientIsAlive() {
        // 2.3: ephemeral files go once no client has them open; the one that made it has until its session ends
        // (docs/adr/0009-handles-are-replicated.md).
        String file = unique("alive");
        String client = open();
        String other = open();
        handle(file, client, new JsonObject().put("create", EPHEMERAL));
        String handle = handle(file, other, "read");
        send("DELETE", session(client), "");
        assertEquals(200, get(node(file)).status(), "somebody has it open");
        close(handle);
        isGone(file);
    }

    @Test
    void anEphemeralDirectoryGoesWhenItIsEmptyToo() {
        // 2.3: ephemeral directories go once no client has them open and they are empty.
        String directory = unique("alive");
        String client = open();
        JsonObject create = EPHEMERAL.copy().put("kind", "directory");
        handle(directory, client, new JsonObject().put("create", create));
        write(directory + "/child", "");
        send("DELETE", session(client), "");
        assertEquals(200, get(node(directory)).status(), "it is not empty");
        send("DELETE", node(directory + "/child"), "");
        isGone(directory);
    }

    @Test
    void aNewNodeTakesOverTheAclsOfItsDirectory() {
        // 2.3: three names of ACLs, for reading, writing and changing the names, inherited at creation.
        String directory = unique("inherits");
        send("PUT", node(directory), "");
        String all = acl("anonymous");
        JsonObject names = new JsonObject().put("read", all).put("write", all).put("change", all);
        setAcls(directory, names);
        write(directory + "/file", "");
        setAcls(directory, new JsonObject());
        JsonObject inherited = get("/v1/acls/ls/local/" + directory + "/file").json();
        assertEquals(names.put("aclGeneration", 0), inherited);
    }

    @Test
    void anAclIsAFileThatListsPrincipals() {
        // 2.3: if F's write ACL is foo and the file acl/foo has an entry bar, bar may write F.
        String file = unique("listed");
        write(file, "");
        String acl = acl("alice");
        setAcls(file, new JsonObject().put("write", acl));
        assertEquals(DENIED, send("PUT", file(file), "x").outcome());
        write("acl/" + acl, "alice\nanonymous");
        assertEquals(200, send("PUT", file(file), "x").status());
    }

    @Test
    void otherServicesMayUseTheAclsToo() {
        // 2.3: ACLs are files: others read them and are told when they change.
        String acl = acl("alice");
        String service = open();
        watch("acl/" + acl, service, "content-changed");
        write("acl/" + acl, "alice\nbob");
        assertEquals(List.of("content-changed"), typesTold(service));
        assertEquals("alice\nbob", get(file("acl/" + acl)).text());
    }

    @Test
    void theInstanceNumberIsLargerThanAnyEarlierNodesOfThatName() {
        // 2.3: instance number
        String file = unique("instance");
        long first = write(file, "").getLong("instance");
        send("DELETE", node(file), "");
        assertTrue(write(file, "").getLong("instance") > first);
    }

    @Test
    void theContentGenerationGrowsWithEveryWrite() {
        // 2.3: content generation number, files only
        String file = unique("content");
        long first = write(file, "").getLong("contentGeneration");
        assertEquals(first + 1, write(file, "").getLong("contentGeneration"));
    }

    @Test
    void theLockGenerationGrowsWhenTheLockPassesFromFreeToHeld() {
        // 2.3: lock generation number
        String file = unique("lock");
        long free = write(file, "").getLong("lockGeneration");
        String session = open();
        granted(file, session, SHARED);
        granted(file, open(), SHARED);
        assertEquals(free + 1, stat(file).getLong("lockGeneration"), "the second did not find it free");
    }

    @Test
    void theAclGenerationGrowsWhenTheNamesAreWritten() {
        // 2.3: ACL generation number
        String file = unique("acls");
        long first = write(file, "").getLong("aclGeneration");
        setAcls(file, new JsonObject());
        assertEquals(first + 1, stat(file).getLong("aclGeneration"));
    }

    @Test
    void aChecksumTellsWhetherFilesDiffer() {
        // 2.3: a 64-bit checksum of the content
        String checksum = write(unique("sum"), "content").getString("checksum");
        assertTrue(checksum.matches("[0-9a-f]{16}"), checksum);
        assertEquals(checksum, write(unique("sum"), "content").getString("checksum"));
        assertNotEquals(checksum, write(unique("sum"), "Content").getString("checksum"));
    }

    @Test
    void aHandleCannotBeGuessed() {
        // 2.3: check digits; so that full access checks are needed at Open only. Here the cell knows its handles
        // (docs/adr/0009-handles-are-replicated.md).
        String file = unique("guessed");
        write(file, "");
        String session = open();
        String handle = handle(file, session, "read");
        setAcls(file, new JsonObject().put("read", acl("alice")));
        assertEquals(200, through(handle, "GET files", file).status());
        assertEquals("404 not-found", through(handle + "x", "GET files", file).outcome());
    }

    // 2.4 Locks and sequencers

    @Test
    void everyFileAndDirectoryIsAReaderWriterLock() {
        // 2.4: one holder in exclusive mode, or any number in shared mode.
        String file = unique("lock");
        String directory = unique("lock");
        write(file, "");
        send("PUT", node(directory), "");
        for (String node : List.of(file, directory)) {
            String writer = open();
            granted(node, writer, "");
            assertEquals("409 lock-held", acquire(node, open(), SHARED).outcome());
            release(node, writer);
            granted(node, open(), SHARED);
            granted(node, open(), SHARED);
            assertEquals("409 lock-held", acquire(node, open(), "").outcome());
        }
    }

    @Test
    void locksAreAdvisory() {
        // 2.4: a lock conflicts with the same lock only: to hold it is neither needed for access nor prevents others'.
        String file = unique("advisory");
        granted(file, open(), PERMANENT);
        write(file, "written all the same");
        assertEquals("written all the same", get(file(file)).text());
    }

    @Test
    void acquiringInEitherModeNeedsPermissionToWrite() {
        // 2.4: so that no unprivileged reader keeps a writer from making progress.
        String file = unique("unprivileged");
        write(file, "");
        setAcls(file, new JsonObject().put("read", acl("anonymous")).put("write", acl("alice")));
        assertEquals(DENIED, acquire(file, open(), SHARED).outcome());
        assertEquals(DENIED, acquire(file, open(), "").outcome());
    }

    @Test
    void aSequencerDescribesTheLockAsItWasAcquired() {
        // 2.4: name, mode, lock generation; it also carries the token (docs/adr/0005-sequencers-carry-the-token.md).
        String lock = unique("sequencer");
        JsonObject grant = granted(lock, open(), SHARED);
        JsonObject described =
                new JsonObject().put("valid", true).put("name", printed(lock)).put("mode", "shared");
        described.put("token", grant.getLong("token")).put("lockGeneration", grant.getLong("lockGeneration"));
        assertEquals(described, check(grant));
    }

    @Test
    void aServerRejectsRequestsWhoseSequencerIsNoLongerValid() {
        // 2.4: the recipient tests whether the sequencer is still valid.
        String lock = unique("rejected");
        String session = open();
        JsonObject grant = granted(lock, session, PERMANENT);
        assertEquals(true, check(grant).getBoolean("valid"));
        release(lock, session);
        assertEquals(false, check(grant).getBoolean("valid"));
    }

    @Test
    void aServerMayCompareWithTheMostRecentSequencerItHasSeen() {
        // 2.4: without asking the cell; here by one number (docs/adr/0005-sequencers-carry-the-token.md).
        String lock = unique("recent");
        String session = open();
        long seen = granted(lock, session, "").getLong("token");
        release(lock, session);
        assertTrue(granted(lock, open(), "").getLong("token") > seen);
    }

    @Test
    void aLockThatIsReleasedIsFreeAtOnce() {
        // 2.4: lock-delay is not for locks that are released in the normal way.
        String lock = unique("free");
        String session = open();
        granted(lock, session, "{\"create\":\"permanent\",\"lockDelayMs\":60000}");
        release(lock, session);
        granted(lock, open(), "");
    }

    @Test
    void aLockWhoseHolderFailedIsKeptForItsLockDelay() {
        // 2.4: nobody claims it for the lock-delay, which each client chooses, up to a minute. How it is counted:
        // docs/adr/0008-lock-delays-are-counted-by-the-leader.md.
        String lock = unique("failed");
        String session = open("", 1_000);
        assertEquals(
                "400 bad-request lockDelayMs",
                acquire(lock, session, "{\"lockDelayMs\":60001}").outcome());
        granted(lock, session, "{\"lockDelayMs\":60000}");
        untilEnded(session);
        assertEquals("409 lock-delayed", acquire(lock, open(), "").outcome());
    }
}
