package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sections 2 and 3 of the contract: what the expiry of a session does to the locks that it held. */
final class LockDelayContractTest extends ContractTest {
    private static final String KEPT_LONG = "{\"lockDelayMs\":60000}";
    private static final long LEASE_MS = 2_000;
    private static final long DELAY_MS = 400;
    private static final String OLD = "old";

    private static JsonObject grant;
    private static JsonObject other;
    private static String delayed;
    private static String delayedToo;
    private static String undelayed;
    private static String alive;
    private static String queue;
    private static String secondOfTheQueue;
    private static long openedNanos;
    private static CompletableFuture<Granted> firstOfTheQueue;

    private record Granted(Answer answer, long atNanos) {}

    /** One expiry serves all tests that only look at a lock that is kept: waiting for each its own takes seconds. */
    @BeforeAll
    static void aSessionExpires() {
        String first = open();
        secondOfTheQueue = open();
        openedNanos = System.nanoTime();
        String session = open(OLD, LEASE_MS);
        delayed = unique("delayed");
        delayedToo = unique("delayed-too");
        grant = granted(delayed, session, KEPT_LONG);
        other = granted(delayedToo, session, KEPT_LONG);
        undelayed = unique("undelayed");
        granted(undelayed, session, "{\"create\":\"permanent\"}");
        alive = unique("alive");
        assertEquals(
                201,
                send("PUT", file(alive) + "?ephemeral=true", "", as(session)).status());
        queue = unique("queue");
        granted(queue, session, "{\"lockDelayMs\":" + DELAY_MS + "}");
        firstOfTheQueue = begin("PUT", lock(queue), "{\"waitMs\":20000}", as(first))
                .thenApply(answer -> new Granted(answer, System.nanoTime()));
        until("one waits", () -> get(lock(queue)).list("waiters").size() == 1);
        assertEquals(
                202, acquire(queue, secondOfTheQueue, "{\"keepPlace\":true}").status());
        untilEnded(session);
    }

    private static String reclaim(JsonObject proof) {
        return new JsonObject().put("reclaim", proof.getString("sequencer")).encode();
    }

    @Test
    void anExpiredSessionsLocksAreKeptFromEverybodyForTheirLockDelay() {
        // "When a session expires ..., each lock it held is kept from everybody for its lock-delay"; 409 `lock-delayed`
        // (`remainingMs`)
        Answer refused = acquire(delayed, open("somebody", LONG_LEASE_MS), "");

        assertEquals("409 lock-delayed", refused.outcome());
        long remainingMs = refused.json().getLong("remainingMs");
        assertTrue(remainingMs > 0 && remainingMs <= 60_000, refused.text());
        JsonObject lock = get(lock(delayed)).json();
        assertTrue(lock.getLong("delayRemainingMs") > 0, lock.encode());
        assertEquals("free", lock.getString("mode"));
        assertEquals(0, lock.getJsonArray("holders").size());
    }

    @Test
    void theSequencerOfAnExpiredSessionSaysSo() {
        // {"valid":false,"reason":"session-ended"}
        Answer checked = send(
                "POST",
                "/v1/sequencers/check",
                new JsonObject().put("sequencer", grant.getString("sequencer")).encode());
        assertEquals("{\"valid\":false,\"reason\":\"session-ended\"}", checked.text());
    }

    @Test
    void aReclaimThatDoesNotFitGetsWhatAnybodyWouldGet() {
        // "A `reclaim` that does not fit gets what anybody would get"
        String somebody = open("somebody", LONG_LEASE_MS);
        assertEquals(
                "409 lock-delayed", acquire(delayed, somebody, reclaim(grant)).outcome(), "another client");
        assertEquals(
                "409 lock-delayed",
                acquire(delayed, open(OLD, LONG_LEASE_MS), "").outcome(),
                "without a proof");
        assertEquals(
                "409 lock-delayed",
                acquire(delayed, open(OLD, LONG_LEASE_MS), reclaim(other)).outcome(),
                "the proof for another lock");
        String held = unique("held");
        granted(held, open(), "");
        assertEquals(
                "409 lock-held",
                acquire(held, open(OLD, LONG_LEASE_MS), reclaim(grant)).outcome());
        assertEquals(200, acquire(unique("free"), somebody, reclaim(grant)).status());
    }

    @Test
    void theSameClientThatProvesTheOldSequencerMayTakeTheLockBackEarlier() {
        // "the same `client` that proves the old `sequencer` may take it back earlier"
        Answer back = acquire(delayedToo, open(OLD, LONG_LEASE_MS), reclaim(other));

        assertEquals(200, back.status(), back.text());
        assertTrue(back.json().getLong("token") > other.getLong("token"), back.text());
    }

    @Test
    void waitersKeepTheirQueueThroughALockDelayAndAreGrantedAfterIt() {
        // "waiters keep their queue through a lock-delay"
        Granted first = ContractCell.await(firstOfTheQueue);

        assertEquals(200, first.answer().status(), first.answer().text());
        long passedMs = (first.atNanos() - openedNanos) / 1_000_000;
        // The clocks' rates may differ by a percent.
        assertTrue(passedMs >= (LEASE_MS + DELAY_MS) * 99 / 100, "after " + passedMs + " ms");
        assertEquals(List.of(secondOfTheQueue), get(lock(queue)).texts("waiters", "session"));
    }

    @Test
    void aLockWithoutALockDelayIsFreeOnceItsSessionHasExpired() {
        // `lockDelayMs` is 0 where it is not given.
        assertEquals(200, acquire(undelayed, open(), "").status());
    }

    @Test
    void anExpiredSessionsEphemeralNodesAreGone() {
        // Section 4: "An ephemeral file lives while a session has it open"
        assertEquals("404 no-such-node", get(file(alive)).outcome());
    }

    @Test
    void whoComesDuringALockDelayMayWaitForItsEnd() {
        // "waiters keep their queue through a lock-delay"
        String session = open();
        Answer queued = acquire(delayed, session, "{\"keepPlace\":true}");
        assertEquals("202 {\"queued\":true,\"position\":1}", queued.status() + " " + queued.text());
        assertEquals(
                "409 lock-delayed", acquire(delayed, session, "{\"waitMs\":10}").outcome());
        assertEquals(List.of(), get(lock(delayed)).list("waiters"), "its place is given up");
    }

    @Test
    void whoeverIsRefusedForALockDelayIsToldOf() {
        // Section 5: "`lock-requested` comes for every refused or waiting conflicting request."
        String session = open();
        long before = get("/v1/cell").revision();
        assertEquals("409 lock-delayed", acquire(delayed, session, "").outcome());
        Answer told = get("/v1/events?name=/ls/local/" + delayed + "&waitMs=20000&since=" + before);
        assertEquals(List.of("lock-requested"), told.texts("events", "type"));
        assertEquals(List.of(session), told.texts("events", "session"));
    }

    @Test
    void aTransactionDoesNotGetALockThatIsKeptEither() {
        String body = "{\"then\":[{\"op\":\"acquire\",\"name\":\"/ls/local/" + delayed + "\"}]}";
        Answer refused = send("POST", "/v1/txn", body, as(open()));
        assertEquals("409 lock-delayed", refused.outcome());
        assertEquals(0, refused.json().getInteger("index"));
    }
}
