package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2 of the contract: sessions, as one finds them by asking. What their end does to locks is with the locks. */
final class SessionContractTest extends ContractTest {
    private static final long SHORT_LEASE_MS = 1_500;

    /** The contract's "lease + 1 s" is the cell's; an answer may take longer to arrive on a busy machine. */
    private static final long LATEST_END_MS = SHORT_LEASE_MS + 1_000 + 2_000;

    /** The lease has just been renewed: what is left is all but the time that answering took. */
    private static void assertFull(long leaseMs, JsonObject session) {
        long remainingMs = session.getLong("remainingMs");
        assertTrue(remainingMs > leaseMs - 250 && remainingMs <= leaseMs, session.encode());
    }

    private static long elapsedMs(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1_000_000;
    }

    @Test
    void everythingIsOptionalWhenASessionIsOpened() {
        // "all optional"; `201` {"session","client","leaseMs","remainingMs","epoch","cell","leader"}, `Location`;
        // default 12,000.
        Answer opened = send("POST", "/v1/sessions", "");
        JsonObject session = opened.json();

        assertEquals(201, opened.status());
        assertEquals(
                Set.of("session", "client", "leaseMs", "remainingMs", "epoch", "cell", "leader"), session.fieldNames());
        assertEquals("/v1/sessions/" + session.getString("session"), opened.header("Location"));
        assertEquals(12_000, session.getLong("leaseMs"));
        assertFull(12_000, session);
        assertEquals("", session.getString("client"));
        assertEquals(ContractCell.NAME, session.getString("cell"));
        assertEquals(200, get(opened.header("Location")).status());
    }

    @Test
    void theReplyNamesTheLeaderAndWhereItAnswers() {
        // "leader":{"replica","url"} and "epoch" are the cell's.
        JsonObject session = send("POST", "/v1/sessions", "{}").json();
        JsonObject current = get("/v1/cell").json();

        JsonObject leader = session.getJsonObject("leader");
        assertEquals(current.getInteger("leader"), leader.getInteger("replica"));
        assertEquals(cell.urls().get(current.getInteger("leader") - 1), leader.getString("url"));
        assertEquals(current.getLong("epoch"), session.getLong("epoch"));
    }

    @Test
    void whatWasGivenIsShownAgain() {
        // {"client":"billing-7f4c","leaseMs":12000,"metadata":{"host":"..."}}
        String body = "{\"client\":\"billing-7f4c\",\"leaseMs\":70000,\"metadata\":{\"host\":\"h\u00f6st\"}}";
        JsonObject opened = send("POST", "/v1/sessions", body).json();
        assertEquals("billing-7f4c", opened.getString("client"));

        JsonObject shown = get(session(opened.getString("session"))).json();
        assertEquals("billing-7f4c", shown.getString("client"));
        assertEquals(70_000, shown.getLong("leaseMs"));
        assertEquals(new JsonObject().put("host", "h\u00f6st"), shown.getJsonObject("metadata"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 86_400_000})
    void leasesMayBeAsShortAndAsLongAsTheContractSays(long leaseMs) {
        // `leaseMs` 1,000 to 86,400,000
        Answer opened = send("POST", "/v1/sessions", "{\"leaseMs\":" + leaseMs + "}");
        assertEquals(201, opened.status(), opened.text());
        assertEquals(leaseMs, opened.json().getLong("leaseMs"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"leaseMs\":999}|400 bad-request leaseMs",
                "{\"leaseMs\":86400001}|400 bad-request leaseMs",
                "{\"leaseMs\":\"12000\"}|400 bad-request leaseMs",
                "{\"leaseMs\":12000.5}|400 bad-request leaseMs",
                "{\"client\":7}|400 bad-request client",
                "{\"metadata\":[]}|400 bad-request metadata",
                "{\"metadata\":{\"host\":1}}|400 bad-request metadata.host",
                "{\"lease\":12000}|400 bad-request lease",
                "{\"leaseMs\":2000,\"leaseMs\":2000}|400 bad-request leaseMs",
            })
    void whatIsWrongInTheRequestForASessionIsNamed(String body, String outcome) {
        assertEquals(outcome, send("POST", "/v1/sessions", body).outcome());
    }

    @Test
    void aKeepAliveWithoutABodyIsAnsweredAtOnce() {
        // `{"waitMs":0,"ack":17}`, optional; `200` {"leaseMs","remainingMs","epoch","events":[...]}
        String session = open("", 60_000);
        JsonObject kept = send("POST", session(session) + "/keepalive", "").json();

        assertEquals(Set.of("leaseMs", "remainingMs", "epoch", "events"), kept.fieldNames());
        assertEquals(60_000, kept.getLong("leaseMs"));
        assertFull(60_000, kept);
        assertEquals(get("/v1/cell").json().getLong("epoch"), kept.getLong("epoch"));
        assertEquals(new JsonArray(), kept.getJsonArray("events"));
    }

    @Test
    void aKeepAliveIsHeldForAsLongAsItSays() {
        // "at once when there are events, else after `waitMs`"
        String session = open();
        long sent = System.nanoTime();
        Answer kept = send("POST", session(session) + "/keepalive", "{\"waitMs\":300}");

        assertEquals(200, kept.status());
        assertTrue(elapsedMs(sent) >= 300, "after " + elapsedMs(sent) + " ms");
        assertFull(LONG_LEASE_MS, kept.json());
    }

    @Test
    void keepAlivesAreAnsweredWhileHalfOfTheLeaseIsLeftAndKeepTheSession() {
        // "A keep-alive renews on arrival and again with its reply; `waitMs` ... is cut so that the reply goes out
        // while half
        // of the lease is left."
        String session = open("", SHORT_LEASE_MS);
        long opened = System.nanoTime();
        int turns = 0;
        while (elapsedMs(opened) <= SHORT_LEASE_MS) {
            Answer kept = send("POST", session(session) + "/keepalive", "{\"waitMs\":60000}");
            assertEquals(200, kept.status(), kept.text());
            assertFull(SHORT_LEASE_MS, kept.json());
            turns++;
        }
        assertTrue(turns <= 4, "it is cut, but not to nothing: " + turns);
        assertEquals(200, get(session(session)).status(), "it has outlived its first lease");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"waitMs\":60001}|400 bad-request waitMs",
                "{\"waitMs\":-1}|400 bad-request waitMs",
                "{\"waitMs\":true}|400 bad-request waitMs",
                "{\"ack\":-1}|400 bad-request ack",
                "{\"ack\":9000000000000000000}|400 bad-request ack",
                "{\"wait\":1}|400 bad-request wait",
            })
    void whatIsWrongInAKeepAliveIsNamed(String body, String outcome) {
        // "`waitMs` is at most 60,000"; "An `ack` above the last `seq` sent is `bad-request`"
        assertEquals(outcome, send("POST", session(open()) + "/keepalive", body).outcome());
    }

    @Test
    void aSessionShowsWhatItHasAndWaitsFor() {
        // `200` the session, `locks` it holds (`name`,`mode`,`sequencer`,`token`), `waiting`, `ephemerals`, `handles`
        String session = open("shown", LONG_LEASE_MS);
        String held = unique("held");
        String awaited = unique("awaited");
        String alive = unique("alive");
        JsonObject grant = granted(held, session, "{\"mode\":\"shared\"}");
        granted(awaited, open(), "");
        assertEquals(202, acquire(awaited, session, "{\"keepPlace\":true}").status());
        assertEquals(
                201,
                send("PUT", file(alive) + "?ephemeral=true", "", as(session)).status());

        JsonObject shown = get(session(session)).json();

        assertEquals(session, shown.getString("session"));
        assertEquals("shown", shown.getString("client"));
        assertEquals(LONG_LEASE_MS, shown.getLong("leaseMs"));
        long remainingMs = shown.getLong("remainingMs");
        assertTrue(remainingMs > 0 && remainingMs <= LONG_LEASE_MS, "remaining " + remainingMs);
        assertEquals(
                new JsonArray()
                        .add(new JsonObject()
                                .put("name", printed(held))
                                .put("mode", "shared")
                                .put("sequencer", grant.getString("sequencer"))
                                .put("token", grant.getLong("token"))),
                shown.getJsonArray("locks"));
        assertEquals(new JsonArray().add(printed(awaited)), shown.getJsonArray("waiting"));
        assertEquals(new JsonArray().add(printed(alive)), shown.getJsonArray("ephemerals"));
        assertEquals(new JsonArray(), shown.getJsonArray("handles"));
    }

    @Test
    void sessionsAreListedPageByPage() {
        // `GET /v1/sessions?limit=&after=`: {"sessions":[...],"next"}; `next` is absent at the end
        List<String> opened = new ArrayList<>(List.of(open(), open(), open()));
        List<String> listed = new ArrayList<>();
        String target = "/v1/sessions?limit=2";
        String next = "";
        do {
            Answer page = get(target + (next.isEmpty() ? "" : "&after=" + next));
            assertEquals(200, page.status(), page.text());
            assertTrue(page.list("sessions").size() <= 2);
            listed.addAll(page.texts("sessions", "session"));
            next = page.json().getString("next", "");
        } while (!next.isEmpty());

        opened.removeAll(listed);
        assertEquals(List.of(), opened, "every session is on some page");
        assertEquals(Set.copyOf(listed).size(), listed.size(), "and on one only");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0,400 bad-request limit",
        "limit=1001,400 bad-request limit",
        "limit=all,400 bad-request limit",
        "after=*,400 bad-request after",
        "from=1,400 bad-request from",
    })
    void whatIsWrongInTheRequestForAPageIsNamed(String query, String outcome) {
        assertEquals(outcome, get("/v1/sessions?" + query).outcome());
    }

    @Test
    void aClosedSessionsLocksAreFreeAtOnceAndItsEphemeralNodesGone() {
        // `204`: its locks are free at once (no lock-delay), its ephemeral nodes are gone
        String session = open();
        String lock = unique("closed");
        String alive = unique("alive");
        granted(lock, session, "{\"lockDelayMs\":60000,\"create\":\"permanent\"}");
        send("PUT", file(alive) + "?ephemeral=true", "", as(session));

        Answer closed = send("DELETE", session(session), "");

        assertEquals(204, closed.status());
        assertEquals("", closed.text());
        assertEquals(404, get(file(alive)).status());
        assertEquals(200, acquire(lock, open(), "").status());
        assertEquals("410 session-expired", get(session(session)).outcome());
    }

    @Test
    void aSessionThatIsClosedLaterEndsThenWhateverKeepAlivesCome() {
        // "with `afterMs` that happens then, and keep-alives no longer extend it"
        String session = open();
        String lock = unique("later");
        granted(lock, session, "{\"create\":\"permanent\"}");
        CompletableFuture<Answer> waiter = begin("PUT", lock(lock), "{\"waitMs\":20000}", as(open()));
        long asked = System.nanoTime();

        assertEquals(204, send("DELETE", session(session) + "?afterMs=800", "").status());

        Answer kept = send("POST", session(session) + "/keepalive", "");
        assertEquals(200, kept.status(), "it has not ended yet");
        assertTrue(kept.json().getLong("remainingMs") <= 800, kept.text());
        assertEquals(200, ContractCell.await(waiter).status(), "its locks are free then");
        assertTrue(elapsedMs(asked) >= 790, "after " + elapsedMs(asked) + " ms");
        assertEquals(
                "410 session-expired",
                send("POST", session(session) + "/keepalive", "").outcome());
    }

    @Test
    void whatASessionHeldThatIsClosedLaterIsFreeWithoutALockDelay() {
        // "its locks are free at once (no lock-delay) ...; with `afterMs` that happens then"; "When a session expires
        // (not
        // when it is closed)"
        String session = open();
        String lock = unique("later");
        granted(lock, session, "{\"lockDelayMs\":60000,\"create\":\"permanent\"}");
        long before = get("/v1/cell").revision();
        assertEquals(204, send("DELETE", session(session) + "?afterMs=1", "").status());
        untilEnded(session);

        assertEquals(0, get(lock(lock)).json().getLong("delayRemainingMs"));
        String next = open();
        assertEquals(200, acquire(lock, next, "").status());
        String since = "/v1/events?name=/ls/local&recursive=true&waitMs=20000&since=" + before;
        // Events are told by each replica from its own state, which may be a moment behind.
        List<JsonObject> events = new ArrayList<>();
        until("the next holder is told of", () -> {
            events.addAll(get(since).list("events"));
            return events.stream().anyMatch(event -> next.equals(event.getString("session")));
        });
        for (JsonObject event : events) {
            boolean expired = event.getString("type").equals("session-expired");
            assertFalse(expired && session.equals(event.getString("session")), event.encode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "soon", ""})
    void aSessionIsClosedAfterATimeThatIsANumber(String afterMs) {
        assertEquals(
                "400 bad-request afterMs",
                send("DELETE", session(open()) + "?afterMs=" + afterMs, "").outcome());
    }

    @Test
    void aSessionThatNeverWasHasExpired() {
        // 410 `session-expired` (also for a session never known)
        String never = session("s-never-was");
        assertEquals("410 session-expired", get(never).outcome());
        assertEquals("410 session-expired", send("DELETE", never, "").outcome());
        assertEquals(
                "410 session-expired", send("POST", never + "/keepalive", "").outcome());
        assertEquals(
                "410 session-expired", acquire(unique("x"), "s-never-was", "").outcome());
    }

    @Test
    void aSessionEndsWhenItsLeaseHasRunOutAndNotBefore() {
        // "never ended before its lease has run out since the last keep-alive the cell accepted, and is ended no later
        // than
        // lease + 1 s after it"
        String session = open("", SHORT_LEASE_MS);
        String lock = unique("lease");
        granted(lock, session, "");
        CompletableFuture<Answer> successor = begin("PUT", lock(lock), "{\"waitMs\":20000}", as(open()));
        until("a waiter waits", () -> get(lock(lock)).list("waiters").size() == 1);
        long sent = System.nanoTime();
        assertEquals(200, send("POST", session(session) + "/keepalive", "").status());

        Answer granted = ContractCell.await(successor);
        long passedMs = elapsedMs(sent);

        assertEquals(200, granted.status(), granted.text());
        // The clocks' rates may differ by a percent.
        assertTrue(passedMs >= SHORT_LEASE_MS * 99 / 100, "after " + passedMs + " ms");
        assertTrue(passedMs <= LATEST_END_MS, "after " + passedMs + " ms");
        assertEquals(
                "410 session-expired",
                send("POST", session(session) + "/keepalive", "").outcome());
    }

    @Test
    void aNewLeaderGivesEverySessionAFullLeaseAndSaysSoInItsEpoch() {
        // "A new leader gives every session a full lease, and says so in its epoch."
        long leaseMs = 60_000;
        String session = open("", leaseMs);
        Answer kept = send("POST", session(session) + "/keepalive", "");
        until("a part of the lease has passed", () -> remainingMs(session) <= leaseMs - 800);
        long before = remainingMs(session);
        long seen = System.nanoTime();

        moveLeader();

        long leftOfTheOld = before - elapsedMs(seen);
        long afterwards = remainingMs(session);
        assertTrue(afterwards > leftOfTheOld + 400, afterwards + " where " + leftOfTheOld + " would be left");
        Answer keptAnew = send("POST", session(session) + "/keepalive", "");
        assertEquals(200, keptAnew.status());
        assertTrue(keptAnew.json().getLong("epoch") > kept.json().getLong("epoch"), keptAnew.text());
    }

    private static long remainingMs(String session) {
        return get(session(session)).json().getLong("remainingMs");
    }

    @Test
    void sessionsOutliveALeaderWithWhatTheyHave() {
        // Section 2 together with 1: a client need not know who leads.
        String session = open();
        String lock = unique("outlives");
        JsonObject grant = granted(lock, session, "");

        moveLeader();

        assertEquals(grant.getLong("token"), granted(lock, session, "").getLong("token"));
        assertFalse(get(session(session)).json().getJsonArray("locks").isEmpty());
    }
}
