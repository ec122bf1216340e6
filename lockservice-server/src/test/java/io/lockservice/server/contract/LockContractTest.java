package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3 of the contract: acquiring, releasing and looking at locks, and tokens and sequencers. */
final class LockContractTest extends ContractTest {
    private static final String PERMANENT = "{\"create\":\"permanent\"}";
    private static final String SHARED = "{\"mode\":\"shared\"}";

    private static Answer force(String lock) {
        return send("DELETE", lock(lock) + "?force=true", "");
    }

    private static JsonObject invalid(String reason) {
        return new JsonObject().put("valid", false).put("reason", reason);
    }

    @Test
    void everythingIsOptionalWhenALockIsAcquired() {
        // `200` {"name","mode","session","sequencer","token","lockGeneration","instance","leaseRemainingMs"}
        String lock = unique("grant");
        String session = open();
        JsonObject grant = granted(lock, session, "");

        assertEquals(
                Set.of(
                        "name",
                        "mode",
                        "session",
                        "sequencer",
                        "token",
                        "lockGeneration",
                        "instance",
                        "leaseRemainingMs"),
                grant.fieldNames());
        assertEquals(printed(lock), grant.getString("name"));
        assertEquals("exclusive", grant.getString("mode"));
        assertEquals(session, grant.getString("session"));
        assertEquals(stat(lock).getLong("instance"), grant.getLong("instance"));
        assertEquals(stat(lock).getLong("lockGeneration"), grant.getLong("lockGeneration"));
        long leaseMs = grant.getLong("leaseRemainingMs");
        assertTrue(leaseMs > 0 && leaseMs <= LONG_LEASE_MS, grant.encode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"mode\":\"write\"}|400 bad-request mode",
                "{\"mode\":1}|400 bad-request mode",
                "{\"waitMs\":60001}|400 bad-request waitMs",
                "{\"waitMs\":-1}|400 bad-request waitMs",
                "{\"waitMs\":\"5\"}|400 bad-request waitMs",
                "{\"keepPlace\":\"true\"}|400 bad-request keepPlace",
                "{\"lockDelayMs\":60001}|400 bad-request lockDelayMs",
                "{\"lockDelayMs\":-1}|400 bad-request lockDelayMs",
                "{\"create\":\"always\"}|400 bad-request create",
                "{\"reclaim\":\"mine\"}|400 bad-request reclaim",
                "{\"note\":5}|400 bad-request note",
                "{\"delay\":5}|400 bad-request delay",
                "{\"waitMs\":1,\"waitMs\":1}|400 bad-request waitMs",
            })
    void whatIsWrongInTheRequestForALockIsNamed(String body, String outcome) {
        assertEquals(outcome, acquire(unique("wrong"), open(), body).outcome());
    }

    @Test
    void aLockIsAcquiredAndReleasedBySessions() {
        // 428 `session-required`, 410 `session-expired`
        String lock = unique("whose");
        assertEquals("428 session-required", send("PUT", lock(lock), "").outcome());
        assertEquals("428 session-required", send("DELETE", lock(lock), "").outcome());
        assertEquals("410 session-expired", acquire(lock, "s-nobody", "").outcome());
        assertEquals("410 session-expired", release(lock, "s-nobody").outcome());
        assertEquals("404 no-such-node", get(lock(lock)).outcome(), "nothing was made");
    }

    @Test
    void releasingSaysWhatWasGivenUp() {
        // `200` {"released":true}; also withdraws a waiting place ({"withdrawn":true}); else `409 not-held`
        String lock = unique("release");
        String holder = open();
        String waiter = open();
        assertEquals("409 not-held", release(lock, holder).outcome(), "not even a node is there");
        granted(lock, holder, PERMANENT);
        assertEquals(202, acquire(lock, waiter, "{\"keepPlace\":true}").status());

        assertEquals("{\"withdrawn\":true}", release(lock, waiter).text());
        assertEquals("409 not-held", release(lock, waiter).outcome());
        assertEquals("{\"released\":true}", release(lock, holder).text());
        assertEquals("409 not-held", release(lock, holder).outcome());
    }

    @Test
    void aForcedReleaseTakesTheLockFromAllItsHolders() {
        // `200` {"released":[holders]}: old sequencers are invalid from then on; "the old sequencers are `released`"
        String lock = unique("forced");
        JsonObject first =
                granted(lock, open("first", LONG_LEASE_MS), "{\"mode\":\"shared\",\"create\":\"permanent\"}");
        String session = open("second", LONG_LEASE_MS);
        JsonObject second = granted(lock, session, SHARED);

        Answer forced = force(lock);

        assertEquals(200, forced.status());
        assertEquals(List.of("first", "second"), forced.texts("released", "client"));
        assertEquals("free", get(lock(lock)).json().getString("mode"));
        assertEquals(invalid("released"), check(first));
        assertEquals(invalid("released"), check(second));
        assertEquals("409 not-held", release(lock, session).outcome());
    }

    @Test
    void aForcedReleaseServesWhoeverWaits() {
        String lock = unique("forced-on");
        JsonObject old = granted(lock, open(), "");
        String waiter = open();
        assertEquals(202, acquire(lock, waiter, "{\"keepPlace\":true}").status());

        assertEquals(1, force(lock).list("released").size());

        assertEquals(List.of(waiter), get(lock(lock)).texts("holders", "session"));
        assertEquals(false, check(old).getBoolean("valid"));
    }

    @Test
    void theSequencerOfALockTakenByForceSaysSoAlsoWhenItsFileIsGone() {
        // "the old sequencers are `released`": what an ephemeral lock file leaves behind with its last holder, too
        String lock = unique("forced-away");
        JsonObject grant = granted(lock, open(), "");
        assertEquals(1, force(lock).list("released").size());
        assertEquals("404 no-such-node", get(node(lock)).outcome());
        assertEquals(invalid("released"), check(grant));
    }

    @Test
    void aForcedReleaseOfAFreeLockReleasesNobody() {
        // "A forced release of a free lock is {"released":[]}"
        String file = unique("free");
        write(file, "");
        assertEquals(
                "200 {\"released\":[]}",
                force(file).status() + " " + force(file).text());
        assertEquals("404 no-such-node", force(unique("nowhere")).outcome());
        assertEquals(
                "400 bad-request force",
                send("DELETE", lock(file) + "?force=yes", "").outcome());
    }

    @Test
    void aLockShowsWhoHoldsItAndWhoWaits() {
        // {"name","mode","lockGeneration","holders":[{"session","client","mode","token","heldMs","note"}],
        // "waiters":[{"session","client","mode","waitedMs"}],"delayRemainingMs"}
        String lock = unique("shown");
        String holder = open("the holder", LONG_LEASE_MS);
        String waiter = open("the waiter", LONG_LEASE_MS);
        JsonObject grant = granted(lock, holder, "{\"note\":\"backup\"}");
        assertEquals(
                202,
                acquire(lock, waiter, "{\"mode\":\"shared\",\"keepPlace\":true}")
                        .status());

        JsonObject shown = get(lock(lock)).json();

        assertEquals(
                Set.of("name", "mode", "lockGeneration", "holders", "waiters", "delayRemainingMs"), shown.fieldNames());
        assertEquals(printed(lock), shown.getString("name"));
        assertEquals("exclusive", shown.getString("mode"));
        assertEquals(grant.getLong("lockGeneration"), shown.getLong("lockGeneration"));
        assertEquals(0, shown.getLong("delayRemainingMs"));
        JsonObject held = shown.getJsonArray("holders").getJsonObject(0);
        assertTrue(held.getLong("heldMs") >= 0, held.encode());
        held.remove("heldMs");
        assertEquals(
                new JsonObject()
                        .put("session", holder)
                        .put("client", "the holder")
                        .put("mode", "exclusive")
                        .put("token", grant.getLong("token"))
                        .put("note", "backup"),
                held);
        JsonObject waits = shown.getJsonArray("waiters").getJsonObject(0);
        assertTrue(waits.getLong("waitedMs") >= 0, waits.encode());
        waits.remove("waitedMs");
        assertEquals(
                new JsonObject()
                        .put("session", waiter)
                        .put("client", "the waiter")
                        .put("mode", "shared"),
                waits);
    }

    @Test
    void aLockThatNobodyHoldsIsFreeAndOneOfNoNodeIsNot() {
        // "mode":"free"; "GET of a missing node is `404 no-such-node`"
        String file = unique("free");
        write(file, "");
        JsonObject free = get(lock(file)).json();
        assertEquals("free", free.getString("mode"));
        assertEquals(new JsonArray(), free.getJsonArray("holders"));
        assertEquals(new JsonArray(), free.getJsonArray("waiters"));
        assertEquals("404 no-such-node", get(lock(unique("nowhere"))).outcome());
    }

    @Test
    void locksInUseAreListedBelowAPrefixPageByPage() {
        // "held or waited-for locks below a prefix"; {"locks":[as above],"next"}; in the order of their UTF-8 bytes
        String directory = unique("listed");
        String session = open();
        for (String each : List.of("b", "a/z", "%C3%A9", "c")) {
            granted(directory + "/" + each, session, "");
        }
        granted(directory + "-beside", session, "");
        write(directory + "/free", "");
        String target = "/v1/locks?limit=3&prefix=/ls/local/" + directory;

        Answer page = get(target);
        Answer last = get(target + "&after=" + page.json().getString("next"));

        String below = printed(directory) + "/";
        assertEquals(List.of(below + "a/z", below + "b", below + "c"), page.texts("locks", "name"));
        assertEquals(List.of(below + "\u00e9"), last.texts("locks", "name"));
        assertEquals(false, last.json().containsKey("next"), "absent at the end");
        assertEquals(
                get(lock(directory + "/b")).json().fieldNames(),
                page.list("locks").get(1).fieldNames());
    }

    @Test
    void allLocksInUseAreListedWithoutAPrefix() {
        String lock = unique("somewhere");
        granted(lock, open(), "");
        assertTrue(get("/v1/locks").texts("locks", "name").contains(printed(lock)));
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0,400 bad-request limit",
        "limit=1001,400 bad-request limit",
        "after=*,400 bad-request after",
        "below=/ls/local,400 bad-request below",
        "prefix=local,400 bad-name",
        "prefix=/ls/local//a,400 bad-name",
        "prefix=/ls/london/a,421 wrong-cell",
    })
    void whatIsWrongInTheRequestForAPageIsNamed(String query, String outcome) {
        assertEquals(outcome, get("/v1/locks?" + query).outcome());
    }

    @Test
    void aSequencerIsValidWhileItsGrantIsHeld() {
        // {"valid":true,"name","mode","token","lockGeneration"}
        String lock = unique("valid");
        JsonObject grant = granted(lock, open(), SHARED);
        assertEquals(
                new JsonObject()
                        .put("valid", true)
                        .put("name", printed(lock))
                        .put("mode", "shared")
                        .put("token", grant.getLong("token"))
                        .put("lockGeneration", grant.getLong("lockGeneration")),
                check(grant));
    }

    @Test
    void aSequencerThatIsNoLongerValidSaysWhy() {
        // {"valid":false,"reason":"released"|"superseded"|"session-ended"|"node-deleted"}
        String lock = unique("why");
        String session = open();
        JsonObject first = granted(lock, session, PERMANENT);
        release(lock, session);
        assertEquals(invalid("released"), check(first));
        JsonObject second = granted(lock, session, "");
        assertEquals(invalid("superseded"), check(first));
        send("DELETE", session(session), "");
        assertEquals(invalid("session-ended"), check(second));
    }

    @Test
    void theSequencerOfADeletedNodeSaysSoAlsoWhenTheNameExistsAnew() {
        // "`node-deleted` also when the name exists anew"
        String lock = unique("deleted");
        String session = open();
        JsonObject grant = granted(lock, session, PERMANENT);
        assertEquals(204, send("DELETE", node(lock), "").status());
        assertEquals(invalid("node-deleted"), check(grant));
        JsonObject anew = granted(lock, session, "");
        assertEquals(invalid("node-deleted"), check(grant));
        assertTrue(anew.getLong("instance") > grant.getLong("instance"), anew.encode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mine", "x-1-2:/ls/paris/a", "x-1-2-3:a", "X-1-2-3:/ls/paris/a", "x-1-2--3:/ls/paris/a"})
    void whatIsNoSequencerAtAllIsABadRequest(String text) {
        // "not a sequencer at all: `400`, here and in the header"
        String body = new JsonObject().put("sequencer", text).encode();
        assertEquals(
                "400 bad-request sequencer",
                send("POST", "/v1/sequencers/check", body).outcome());
        assertEquals(
                "400 bad-request header:Lockservice-Sequencer",
                send("PUT", file(unique("fenced")), "", "Lockservice-Sequencer: " + text)
                        .outcome());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|400 bad-request sequencer",
                "{\"sequencer\":7}|400 bad-request sequencer",
                "{\"sequencers\":[]}|400 bad-request sequencer",
            })
    void aCheckNeedsASequencer(String body, String outcome) {
        assertEquals(outcome, send("POST", "/v1/sequencers/check", body).outcome());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLockIsOnAnyNode(boolean directory) {
        // "Locks are advisory, reader/writer, on any node."
        String name = unique("any");
        if (directory) {
            assertEquals(201, send("PUT", node(name), "").status());
        } else {
            write(name, "content");
        }
        String holder = open();
        granted(name, holder, "");
        assertEquals("409 lock-held", acquire(name, open(), "").outcome());
        if (!directory) {
            write(name, "advisory: whoever does not ask for the lock may write");
        }
        release(name, holder);
        assertEquals(1, stat(name).getLong("lockGeneration"), "the node stays");
    }

    @Test
    void anEphemeralLockFileGoesWhenNobodyHoldsOrWaitsForIt() {
        // "an ephemeral node (default) goes when nobody holds or waits for it"
        String lock = unique("ephemeral");
        String first = open();
        String second = open();
        granted(lock, first, "");
        assertEquals(true, stat(lock).getBoolean("ephemeral"));
        assertEquals(202, acquire(lock, second, "{\"keepPlace\":true}").status());
        release(lock, first);
        assertEquals(200, get(node(lock)).status(), "whoever waited holds it now");
        release(lock, second);
        assertEquals("404 no-such-node", get(node(lock)).outcome());
    }

    @Test
    void createSaysWhatHappensWhenTheNodeDoesNotExist() {
        // `create` "ephemeral"|"permanent"|"never". "Parents are made as needed."
        String directory = unique("create");
        String session = open();
        assertEquals(
                "404 no-such-node",
                acquire(directory + "/deep/never", session, "{\"create\":\"never\"}")
                        .outcome());
        assertEquals("404 no-such-node", get(node(directory)).outcome());
        granted(directory + "/deep/lock", session, PERMANENT);
        assertEquals(false, stat(directory + "/deep/lock").getBoolean("ephemeral"));
        assertEquals("directory", stat(directory + "/deep").getString("kind"));
        release(directory + "/deep/lock", session);
        assertEquals(200, get(node(directory + "/deep/lock")).status());
        granted(directory + "/deep/lock", session, "{\"create\":\"never\"}");
        assertEquals(
                "409 not-a-directory",
                acquire(directory + "/deep/lock/below", session, "").outcome());
    }

    @Test
    void readersShareAndWritersDoNot() {
        String lock = unique("shared");
        String first = open();
        JsonObject one = granted(lock, first, SHARED);
        JsonObject two = granted(lock, open(), SHARED);
        assertNotEquals(one.getLong("token"), two.getLong("token"));
        assertEquals(one.getLong("lockGeneration"), two.getLong("lockGeneration"), "it was not free in between");
        assertEquals("shared", get(lock(lock)).json().getString("mode"));
        assertEquals(2, get(lock(lock)).list("holders").size());
        assertEquals("409 lock-held", acquire(lock, open(), "").outcome());
    }

    @Test
    void askingAgainReturnsTheSameGrantAndInTheOtherModeIsRefusedAtOnce() {
        // "Asking again for what the session already holds in that mode returns the same grant; in the other mode it is
        // `409 lock-held` at once (release first)."
        String lock = unique("again");
        String session = open();
        JsonObject grant = granted(lock, session, "");
        JsonObject again = granted(lock, session, "{\"waitMs\":1000}");
        grant.remove("leaseRemainingMs");
        again.remove("leaseRemainingMs");
        assertEquals(grant, again);

        long asked = System.nanoTime();
        Answer other = acquire(lock, session, "{\"mode\":\"shared\",\"waitMs\":30000}");
        assertEquals("409 lock-held", other.outcome());
        assertTrue(System.nanoTime() - asked < 10_000_000_000L, "at once");
    }

    @Test
    void tokensOnlyGrowOverAllLocksAlsoWhenNodesAreMadeAnew() {
        // "`token` is one number, drawn from one counter of the cell: it is unique and only grows across all grants in
        // the
        // cell's life, also when nodes are deleted and made again"
        String session = open();
        String lock = unique("token");
        long last = 0;
        for (int turn = 0; turn < 4; turn++) {
            long token =
                    granted(turn % 2 == 0 ? lock : unique("other"), session, "").getLong("token");
            assertTrue(token > last, token + " after " + last);
            last = token;
            release(lock, session);
        }
        moveLeader();
        assertTrue(granted(lock, session, "").getLong("token") > last, "also after a change of leader");
    }
}
