package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.Grant;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocksResourceTest extends ResourceTest {
    private static final String LOCK = "/v1/locks/ls/local/app/lock";
    private static final Name NAME = new Name("/ls/paris/app/lock");
    private static final Sequencer SEQUENCER = new Sequencer(NAME.path(), LockMode.EXCLUSIVE, 9, 8, 77);
    private static final Reply GRANTED =
            new Reply.Granted(new Grant(NAME.path(), LockMode.EXCLUSIVE, "s1", SEQUENCER, 77, 8, 9), 11_000);
    private static final Reply.Holder HOLDER = new Reply.Holder("s1", "me", LockMode.EXCLUSIVE, 77, 1234, "why");

    @Test
    void grantSaysEverything() {
        replica.answer(call -> GRANTED);

        Wire.Response response = door.send("PUT", LOCK, "", SESSION);

        ScriptedReplica.Asked asked = replica.next();
        assertEquals(
                new Request.Acquire(NAME, LockMode.EXCLUSIVE, 0, false, LockCreation.EPHEMERAL, ""),
                asked.call().request());
        assertEquals("s1", asked.call().session());
        assertEquals(5000, asked.timeoutMs());
        assertEquals(200, response.status());
        assertEquals(
                "{\"name\":\"/ls/paris/app/lock\",\"mode\":\"exclusive\",\"session\":\"s1\","
                        + "\"sequencer\":\"x-9-8-77:/ls/paris/app/lock\",\"token\":77,\"lockGeneration\":8,"
                        + "\"instance\":9,\"leaseRemainingMs\":11000}",
                response.text());
    }

    @Test
    void everyOptionIsHandedOn() {
        replica.answer(call -> GRANTED);

        Wire.Response response = door.send(
                "PUT",
                LOCK,
                "{\"mode\":\"shared\",\"waitMs\":60000,\"keepPlace\":true,\"create\":\"never\",\"note\":\"n\","
                        + "\"lockDelayMs\":0,\"reclaim\":null}",
                SESSION,
                "Lockservice-Timeout-Ms: 60000");

        ScriptedReplica.Asked asked = replica.next();
        assertEquals(
                new Request.Acquire(NAME, LockMode.SHARED, 60_000, true, LockCreation.NEVER, "n"),
                asked.call().request());
        assertEquals(60_000, asked.timeoutMs());
        assertEquals(200, response.status());
    }

    @Test
    void keptPlaceIsAccepted() {
        replica.answer(call -> new Reply.Queued(3));

        Wire.Response response = door.send("PUT", LOCK, "{\"keepPlace\":true,\"lockDelayMs\":null}", SESSION);

        assertEquals(202, response.status());
        assertEquals("{\"queued\":true,\"position\":3}", response.text());
    }

    @Test
    void heldLockSaysByWhom() {
        Problem held = new Problem(ProblemCode.LOCK_HELD, "held", new Problem.Held(List.of(HOLDER), 2));
        replica.answer(call -> new Reply.Failed(held));

        Wire.Response response = door.send("PUT", LOCK, "", SESSION);

        assertEquals(409, response.status());
        assertEquals("42", response.header("Lockservice-Revision"));
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertEquals(
                "{\"type\":\"/problems/lock-held\",\"title\":\"The lock is held\",\"status\":409,"
                        + "\"code\":\"lock-held\",\"detail\":\"held\",\"holders\":[{\"session\":\"s1\","
                        + "\"client\":\"me\",\"mode\":\"exclusive\",\"token\":77,\"heldMs\":1234,\"note\":\"why\"}],"
                        + "\"waiters\":2}",
                response.text());
    }

    @ParameterizedTest
    @CsvSource({"no-leader,503", "overloaded,503", "too-stale,503"})
    void unavailabilitySaysWhenToComeBack(String code, int status) {
        ProblemCode problem = ProblemCode.ofLabel(code).orElseThrow();
        replica.answer(call -> new Reply.Failed(new Problem(problem, "later")));

        Wire.Response response = door.send("PUT", LOCK, "", SESSION);

        assertEquals(status, response.status());
        assertEquals("1", response.header("Retry-After"));
    }

    @Test
    void releasing() {
        replica.answer(call -> new Reply.Released(false));
        assertEquals(
                "{\"released\":true}", door.send("DELETE", LOCK, "", SESSION).text());
        assertEquals(new Request.Release(NAME), replica.next().call().request());

        replica.answer(call -> new Reply.Released(true));
        assertEquals(
                "{\"withdrawn\":true}",
                door.send("DELETE", LOCK + "?force=false", "", SESSION).text());
        assertEquals(new Request.Release(NAME), replica.next().call().request());
    }

    @Test
    void forcingNeedsNoSession() {
        replica.answer(call -> new Reply.ForceReleased(List.of(HOLDER)));

        JsonObject json = door.send("DELETE", LOCK + "?force=true", "").json();

        assertEquals(new Request.ForceRelease(NAME), replica.next().call().request());
        assertEquals("s1", json.getJsonArray("released").getJsonObject(0).getString("session"));
    }

    @Test
    void lockShowsHoldersAndWaiters() {
        Reply.Waiter waiter = new Reply.Waiter("s2", "", LockMode.SHARED, -1);
        replica.answer(
                call -> new Reply.LockState(NAME.path(), LockMode.EXCLUSIVE, 8, List.of(HOLDER), List.of(waiter)));

        Wire.Response response = door.get(LOCK);

        assertEquals(
                "{\"name\":\"/ls/paris/app/lock\",\"mode\":\"exclusive\",\"lockGeneration\":8,\"holders\":"
                        + "[{\"session\":\"s1\",\"client\":\"me\",\"mode\":\"exclusive\",\"token\":77,\"heldMs\":1234,"
                        + "\"note\":\"why\"}],\"waiters\":[{\"session\":\"s2\",\"client\":\"\",\"mode\":\"shared\","
                        + "\"waitedMs\":null}],\"delayRemainingMs\":0}",
                response.text());
    }

    @Test
    void listOfLocksGoesOnAfterAName() {
        Reply.LockState free = new Reply.LockState("/ls/paris/a b", null, 1, List.of(), List.of());
        replica.answer(call -> new Reply.LockPage(List.of(free), "/ls/paris/a b"));

        JsonObject page = door.get("/v1/locks?prefix=%2Fls%2Flocal%2Fa+b&limit=1&consistency=linearizable")
                .json();

        assertEquals(
                new Request.ListLocks(new Name("/ls/paris/a b"), 1, null),
                replica.next().call().request());
        assertEquals("free", page.getJsonArray("locks").getJsonObject(0).getString("mode"));
        replica.answer(call -> new Reply.LockPage(List.of(), null));
        JsonObject last = door.get("/v1/locks?after=" + page.getString("next")).json();
        assertEquals(
                new Request.ListLocks(new Name("/ls/paris"), 1000, new Name("/ls/paris/a b")),
                replica.next().call().request());
        assertEquals(new JsonObject().put("locks", new JsonArray()), last);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ls/local/app/lock", "/ls/paris/app/lock", "/%6Cs/lo%63al/a%70p/lock"})
    void nameMayBeWrittenInAnyWay(String name) {
        replica.answer(call -> GRANTED);

        door.send("PUT", "/v1/locks" + name, "", SESSION);

        assertEquals(NAME, ((Request.Acquire) replica.next().call().request()).name());
    }

    @Test
    void everyCharacterOfANameArrives() {
        replica.answer(call -> GRANTED);

        door.send("PUT", "/v1/locks/ls/local/%20%25%3F%23;a=b&c+d:@!$'()*,/%C3%A9%F0%9F%94%92", "", SESSION);

        assertEquals(
                "/ls/paris/ %?#;a=b&c+d:@!$'()*,/\u00e9\uD83D\uDD12",
                ((Request.Acquire) replica.next().call().request()).name().path());
    }

    @Test
    void sequencersAreChecked() {
        String body = "{\"sequencer\":\"" + SEQUENCER + "\"}";
        replica.answer(call -> new Reply.SequencerState(SEQUENCER, null));
        assertEquals(
                "{\"valid\":true,\"name\":\"/ls/paris/app/lock\",\"mode\":\"exclusive\",\"token\":77,"
                        + "\"lockGeneration\":8}",
                door.send("POST", "/v1/sequencers/check", body).text());
        assertEquals(
                new Request.CheckSequencer(SEQUENCER), replica.next().call().request());

        replica.answer(call -> new Reply.SequencerState(SEQUENCER, InvalidSequencer.NODE_DELETED));
        assertEquals(
                "{\"valid\":false,\"reason\":\"node-deleted\"}",
                door.send("POST", "/v1/sequencers/check", body).text());
    }

    @Test
    void sequencerOfTheLongestNameIsUnderstood() {
        String name = "/ls/paris/" + ("\u00e9".repeat(120) + "/").repeat(4) + "x";
        Sequencer longest = new Sequencer(name, LockMode.SHARED, 1, 1, 1);
        replica.answer(call -> GRANTED);

        Wire.Response response = door.send("PUT", LOCK, "", SESSION, "Lockservice-Sequencer: " + longest);

        assertEquals(200, response.status());
        assertEquals(longest, replica.next().call().sequencer());
    }

    @Test
    void idempotencyKeyNamesTheWholeRequest() {
        replica.answer(call -> GRANTED);
        String key = "Idempotency-Key: k";
        long first = fingerprint("PUT", LOCK, "{\"waitMs\":0}", SESSION, key);

        assertEquals(first, fingerprint("PUT", LOCK, "{\"waitMs\":0}", SESSION, key));
        assertFalse(first == fingerprint("PUT", LOCK, "{\"waitMs\":1}", SESSION, key));
        assertFalse(first == fingerprint("PUT", LOCK + "2", "{\"waitMs\":0}", SESSION, key));
        assertFalse(first
                == fingerprint("PUT", LOCK, "{\"waitMs\":0}", SESSION, key, "Lockservice-Sequencer: " + SEQUENCER));
        replica.answer(call -> new Reply.Released(false));
        assertFalse(fingerprint("DELETE", LOCK, "", SESSION, key)
                == fingerprint("DELETE", LOCK + "?force=false", "", SESSION, key));
    }

    private long fingerprint(String method, String target, String body, String... headers) {
        door.send(method, target, body, headers);
        var idempotency = replica.next().call().idempotency();
        if (idempotency == null) {
            throw new AssertionError("no idempotency");
        }
        assertEquals("k", idempotency.key());
        return idempotency.fingerprint();
    }

    @Test
    void idempotencyKeyIsIgnoredOnGet() {
        replica.answer(call -> new Reply.LockState(NAME.path(), null, 0, List.of(), List.of()));

        door.get(LOCK, "Idempotency-Key: k");

        assertNull(replica.next().call().idempotency());
    }
}
