package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 4 of the contract: what handles are good for. What their events bring is with the session events. */
final class HandleContractTest extends ContractTest {
    private static final String DENIED = "403 permission-denied";
    private static final String[] ALL_MODES = {"read", "write", "lock", "change-acl"};

    /** What can be asked about a node through a handle that has this mode alone. */
    private static List<String> enough(String mode) {
        return switch (mode) {
            case "read" -> List.of("GET files", "HEAD files", "GET nodes", "GET acls", "GET locks");
            case "write" -> List.of("PUT files", "DELETE nodes");
            case "lock" -> List.of("GET locks", "PUT locks", "DELETE locks");
            default -> List.of("PUT acls");
        };
    }

    @Test
    void everyOpeningGivesAHandleOfItsOwn() {
        String file = unique("twice");
        write(file, "");
        String session = open();
        String first = handle(file, session, "read");
        String second = handle(file, session, "read");
        assertNotEquals(first, second);
        close(first);
        assertEquals(200, through(second, "GET files", file).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "write", "lock", "change-acl"})
    void aHandleIsForWhatItWasOpenedFor(String mode) {
        // "modes":["read","write","lock","change-acl"]; "`?handle=` ... on every node and lock request"; "A handle
        // without the mode that is needed: `403`"
        for (String other : ALL_MODES) {
            for (String request : enough(other)) {
                String file = unique("mode");
                write(file, "");
                String session = open();
                if (request.equals("DELETE locks")) {
                    granted(file, session, "");
                }
                Answer answer = through(handle(file, session, mode), request, file);
                if (enough(mode).contains(request)) {
                    assertEquals(2, answer.status() / 100, request + ": " + answer.text());
                } else if (request.startsWith("HEAD")) {
                    assertEquals(403, answer.status(), "HEAD says no more");
                } else {
                    assertEquals(DENIED, answer.outcome(), request);
                }
            }
        }
    }

    @Test
    void aHandleMayHaveSeveralModes() {
        String file = unique("modes");
        write(file, "");
        String handle = handle(file, open(), ALL_MODES);
        for (String request :
                List.of("PUT files", "GET files", "PUT locks", "DELETE locks", "PUT acls", "DELETE nodes")) {
            Answer answer = through(handle, request, file);
            assertEquals(2, answer.status() / 100, request + ": " + answer.text());
        }
    }

    @Test
    void aForcedReleaseNeedsTheModeThatChangesAcls() {
        // Section 3: "an operator's right"
        String file = unique("forced");
        write(file, "");
        String holder = open();
        granted(file, holder, "");
        String locking = handle(file, open(), "lock", "read", "write");
        assertEquals(
                DENIED,
                send("DELETE", lock(file) + "?force=true&handle=" + locking, "").outcome());
        String changing = handle(file, open(), "change-acl");
        Answer forced = send("DELETE", lock(file) + "?force=true&handle=" + changing, "");
        assertEquals(List.of(holder), forced.texts("released", "session"));
    }

    @Test
    void aHandleIsOfTheInstanceThatWasOpened() {
        // "the request fails with `404 no-such-node` once that instance is deleted, also when the name exists again"
        String file = unique("instance");
        write(file, "old");
        String handle = handle(file, open(), ALL_MODES);
        List<String> requests = List.of("GET files", "GET nodes", "GET acls", "GET locks", "PUT files", "PUT locks");
        send("DELETE", node(file), "");
        for (String request : requests) {
            assertEquals("404 no-such-node", through(handle, request, file).outcome(), request);
        }
        write(file, "new");
        for (String request : requests) {
            assertEquals("404 no-such-node", through(handle, request, file).outcome(), request);
        }
        assertEquals("404 no-such-node", through(handle, "DELETE nodes", file).outcome());
        assertEquals("new", get(file(file)).text());
        assertEquals("free", get(lock(file)).json().getString("mode"));
    }

    @Test
    void aHandleOfOneNodeIsNoneOfAnother() {
        // "used for another name: `400`"
        String file = unique("mine");
        write(file, "");
        String another = unique("another");
        write(another, "");
        String handle = handle(file, open(), ALL_MODES);
        for (String request : List.of("GET files", "PUT files", "GET nodes", "PUT locks", "GET acls", "DELETE nodes")) {
            assertEquals(
                    "400 bad-request handle", through(handle, request, another).outcome(), request);
            assertEquals(
                    "400 bad-request handle",
                    through(handle, request, file + "-x").outcome(),
                    request);
        }
    }

    @Test
    void aHandleEndsWithItsSession() {
        // "ended with its session: `410`"
        String file = unique("ended");
        write(file, "");
        String session = open();
        String handle = handle(file, session, ALL_MODES);
        send("DELETE", session(session), "");
        for (String request : List.of("GET files", "GET locks", "PUT files", "PUT locks", "DELETE nodes")) {
            assertEquals("410 session-expired", through(handle, request, file).outcome(), request);
        }
    }

    @Test
    void closingIsDoneHoweverOften() {
        // "`DELETE /v1/handles/{h}` closes"; "Closing is `204`."
        String file = unique("closed");
        write(file, "");
        String handle = handle(file, open(), "read");
        Answer closed = close(handle);
        assertEquals(204, closed.status());
        assertEquals("", closed.text());
        assertEquals(204, close(handle).status(), "again");
        assertEquals("404 not-found", through(handle, "GET files", file).outcome());
    }

    @Test
    void aHandleThatWasMadeUpIsRefused() {
        String file = unique("made-up");
        write(file, "content");
        String session = open();
        String handle = handle(file, session, "read");
        char last = handle.charAt(handle.length() - 1);
        String guessed = handle.substring(0, handle.length() - 1) + (last == 'a' ? 'b' : 'a');
        assertEquals("404 not-found", through(guessed, "GET files", file).outcome());
        assertEquals("404 not-found", through(session + ".h", "PUT files", file).outcome());
        assertEquals(
                "400 bad-request handle", through("handle", "GET files", file).outcome());
        assertEquals("400 bad-request handle", through("", "GET files", file).outcome());
        assertEquals(
                "410 session-expired",
                through("s-never-was.habc", "GET files", file).outcome());
        String digits = handle.substring(handle.lastIndexOf('.'));
        assertEquals(
                "404 not-found", through(open() + digits, "GET files", file).outcome(), "another session's");
        assertEquals("content", get(file(file)).text());
    }

    @Test
    void aHandleStandsInForTheSession() {
        // "`?handle=` may stand in for the session header on every node and lock request"
        String file = unique("stands-in");
        write(file, "");
        String session = open();
        String handle = handle(file, session, "lock", "write", "read");
        Answer grant = send("PUT", lock(file) + "?handle=" + handle, "{\"note\":\"mine\"}");
        assertEquals(200, grant.status(), grant.text());
        assertEquals(session, grant.json().getString("session"));
        assertEquals(List.of(session), get(lock(file)).texts("holders", "session"));
        assertEquals(
                200,
                send("PUT", file(file) + "?handle=" + handle, "", as(session)).status(),
                "both, where they agree");
        assertEquals(
                "400 bad-request handle",
                send("PUT", file(file) + "?handle=" + handle, "", as(open())).outcome());
        assertEquals(
                "{\"released\":true}",
                send("DELETE", lock(file) + "?handle=" + handle, "").text());
    }

    @Test
    void aHandleIsForRequestsAboutItsNodeAlone() {
        // Section 1: "An unknown ... query parameter ... is `400 bad-request`"
        String file = unique("alone");
        write(file, "");
        String handle = handle(file, open(), ALL_MODES);
        for (String target : List.of("/v1/locks", "/v1/sessions", "/v1/cell")) {
            assertEquals(
                    "400 bad-request handle", get(target + "?handle=" + handle).outcome(), target);
        }
        assertEquals(
                "400 bad-request handle",
                send("POST", "/v1/txn?handle=" + handle, "{}").outcome());
    }

    @Test
    void whatGoesThroughAHandleIsConditionalAndFencedLikeAnything() {
        String file = unique("fenced");
        write(file, "1");
        String session = open();
        String handle = handle(file, session, "write", "lock");
        String sequencer = "Lockservice-Sequencer: "
                + send("PUT", lock(file) + "?handle=" + handle, "").json().getString("sequencer");
        String target = file(file) + "?handle=" + handle;
        assertEquals(200, send("PUT", target, "2", sequencer).status());
        assertEquals(
                "412 generation-mismatch",
                send("PUT", target, "3", "If-Match: \"1.1\"").outcome());
        send("DELETE", lock(file) + "?handle=" + handle, "");
        assertEquals(
                "412 sequencer-invalid", send("PUT", target, "3", sequencer).outcome());
        assertEquals("2", get(file(file)).text());
    }

    @Test
    void aLockThatIsAcquiredThroughAHandleHasItsLockDelay() {
        // "lockDelayMs"; section 2: "When a session expires ..., each lock it held is kept from everybody for its
        // lock-delay"
        String file = unique("delay");
        write(file, "");
        String session = open("", 1_000);
        String handle = handle(
                file,
                session,
                new JsonObject().put("modes", new JsonArray().add("lock")).put("lockDelayMs", 60_000));
        assertEquals(200, through(handle, "PUT locks", file).status());

        untilEnded(session);

        Answer refused = acquire(file, open(), "");
        assertEquals("409 lock-delayed", refused.outcome());
        assertTrue(refused.json().getLong("remainingMs") <= 60_000, refused.text());
    }

    @Test
    void aSessionShowsItsHandles() {
        // Section 2: `GET /v1/sessions/{s}`: ... `handles`
        String file = unique("shown");
        long instance = write(file, "").getLong("instance");
        String session = open();
        JsonArray modes = new JsonArray().add("write").add("lock");
        JsonArray events = new JsonArray().add("content-changed").add("session-expired");
        JsonObject asked = new JsonObject().put("modes", modes).put("events", events);
        String handle = handle(file, session, asked);
        JsonObject shown = new JsonObject()
                .put("handle", handle)
                .put("name", printed(file))
                .put("instance", instance)
                .put("modes", modes)
                .put("events", events);
        assertEquals(List.of(shown), get(session(session)).list("handles"));
        close(handle);
        assertEquals(List.of(), get(session(session)).list("handles"));
    }

    @Test
    void handlesOutliveALeader() {
        // Section 1: "a client need not know who leads"
        String file = unique("outlives");
        write(file, "content");
        String session = open();
        String handle = handle(file, session, ALL_MODES);
        String closed = handle(file, session, ALL_MODES);
        String other = unique("deleted");
        write(other, "");
        String ofDeleted = handle(other, session, "read");
        send("DELETE", node(other), "");
        close(closed);
        write(other, "anew");

        moveLeader();

        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            assertEquals("content", through(handle, "GET files", file).text(), "at each replica");
            assertEquals("404 not-found", through(closed, "GET files", file).outcome());
            assertEquals(
                    "404 no-such-node", through(ofDeleted, "GET files", other).outcome());
        }
        assertEquals(200, through(handle, "PUT locks", file).status());
        assertEquals(2, get(session(session)).list("handles").size());
    }

    @Test
    void aStaleReadGoesThroughAHandleToo() {
        // Section 1: "answered from the receiving replica's own state"
        String file = unique("stale");
        write(file, "content");
        String reading = handle(file, open(), "read");
        String writing = handle(file, open(), "write");
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            String target = file(file) + "?consistency=stale&handle=";
            // Until it has heard of the handles a replica cannot know them.
            until("the replica has", () -> get(target + reading).status() == 200);
            until("the replica has", () -> get(target + writing).outcome().equals(DENIED));
        }
    }
}
