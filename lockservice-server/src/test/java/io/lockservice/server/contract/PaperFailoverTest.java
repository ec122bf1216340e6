package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * "The Chubby lock service for loosely-coupled distributed systems" (Burrows, OSDI 2006), sections 2.8 and 2.9, one test a
 * statement, in the paper's order. What is different on purpose says so. What they and 2.7 say of caches has a class of its
 * own, in the package beside.
 */
final class PaperFailoverTest extends ContractTest {
    private static final String PATIENT = "{\"ack\":0,\"waitMs\":60000}";
    private static final String PERMANENT = "{\"create\":\"permanent\"}";

    private static JsonObject keepAlive(String session, String body) {
        Answer kept = send("POST", session(session) + "/keepalive", body);
        assertEquals(200, kept.status(), kept.text());
        return kept.json();
    }

    private static long remainingMs(String session) {
        return get(session(session)).json().getLong("remainingMs");
    }

    private static long elapsedMs(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1_000_000;
    }

    private static List<JsonObject> leaderChanges(String session) {
        return told(session).stream()
                .filter(event -> event.getString("type").equals("leader-changed"))
                .toList();
    }

    // 2.8 Sessions and KeepAlives. What the client does with its lease (its own conservative count, jeopardy, the grace
    // period) is not on the wire: it is tested with the Java client.

    @Test
    void handlesAndLocksAreValidAsLongAsTheSessionIs() {
        // 2.8: a session's handles, locks and cached data remain valid while it does.
        String file = unique("valid");
        write(file, "");
        String session = open();
        String handle = handle(file, session, "read", "lock");
        assertEquals(200, through(handle, "PUT locks", file).status());
        keepAlive(session, "");
        assertEquals(200, through(handle, "GET files", file).status());
        send("DELETE", session(session), "");
        assertEquals("410 session-expired", through(handle, "GET files", file).outcome());
        assertEquals("free", get(lock(file)).json().getString("mode"));
    }

    @Test
    void aSessionEndsWhenItsClientEndsItOrIsNotHeardOf() {
        // 2.8: a session ends explicitly, or after a minute without calls and open handles. Here its lease alone
        // decides (docs/adr/0012-where-sessions-differ-from-the-paper.md).
        String closed = open();
        assertEquals(204, send("DELETE", session(closed), "").status());
        assertEquals("410 session-expired", get(session(closed)).outcome());
        untilEnded(open("", 1_000));
    }

    @Test
    void aLeaseIsNeverMovedBackwards() {
        // 2.8: the master may advance the lease timeout, and promises not to end the session before it.
        String session = open("", 60_000);
        long endsNanos = System.nanoTime() + remainingMs(session) * 1_000_000;
        for (int turn = 0; turn < 3; turn++) {
            long sent = System.nanoTime();
            long remainingMs = keepAlive(session, "").getLong("remainingMs");
            assertTrue(System.nanoTime() + remainingMs * 1_000_000 >= endsNanos, "it ends earlier than promised");
            endsNanos = sent + remainingMs * 1_000_000;
        }
    }

    @Test
    void aLeaseIsExtendedByTwelveSecondsByDefault() {
        // 2.8: when the session is created and with each reply to a KeepAlive, by 12 s unless the master is overloaded.
        JsonObject opened = send("POST", "/v1/sessions", "").json();
        assertEquals(12_000, opened.getLong("leaseMs"));
        assertTrue(opened.getLong("remainingMs") > 11_000, opened.encode());
        JsonObject kept = keepAlive(opened.getString("session"), "");
        assertTrue(kept.getLong("remainingMs") > 11_000, kept.encode());
    }

    @Test
    void aKeepAliveIsHeldBackAndItsReplySaysTheNewLease() {
        // 2.8: the master blocks a KeepAlive until the lease is close to its end. Here half of it is left then
        // (docs/adr/0012-where-sessions-differ-from-the-paper.md).
        long leaseMs = 2_000;
        String session = open("", leaseMs);
        long sent = System.nanoTime();
        JsonObject kept = keepAlive(session, "{\"ack\":0,\"waitMs\":60000}");
        assertTrue(elapsedMs(sent) >= leaseMs / 2 * 99 / 100, "after " + elapsedMs(sent) + " ms");
        assertTrue(kept.getLong("remainingMs") > leaseMs * 3 / 4, kept.encode());
    }

    @Test
    void aReplyToAKeepAliveCarriesEventsAndDoesNotWaitThen() {
        // 2.8: events and invalidations are piggybacked on the reply, which comes early when there are any.
        String file = unique("piggybacked");
        write(file, "");
        String session = open();
        watch(file, session, "content-changed");
        CompletableFuture<Answer> blocked = begin("POST", session(session) + "/keepalive", PATIENT);
        write(file, "");
        Answer kept = ContractCell.await(blocked);
        assertEquals(1, besideLeaders(kept.list("events")).size(), kept.text());
    }

    @Test
    void whatIsNotAcknowledgedIsSaidAgain() {
        // 2.8: a client acknowledges by its next KeepAlive and cannot keep its session otherwise. Here it says what it
        // has taken in and is told the rest again; it keeps its session all the same, having no copies
        // (docs/adr/0010-what-a-session-is-told-is-replicated-and-numbered.md).
        String file = unique("acknowledged");
        write(file, "");
        String session = open();
        watch(file, session, "content-changed");
        write(file, "");
        List<JsonObject> events = besideLeaders(told(session));
        assertEquals(events, besideLeaders(told(session)));
        keepAlive(session, "{\"ack\":" + events.get(0).getLong("seq") + "}");
        assertEquals(List.of(), typesTold(session));
    }

    @Test
    void onlyTheLastOperationsOfASessionCanBeLost() {
        // 2.8: once an operation on a handle has failed since the session expired, all later ones fail too.
        String file = unique("suffix");
        write(file, "");
        String session = open("", 1_000);
        String handle = handle(file, session, "read", "write", "lock");
        untilEnded(session);
        open();
        for (String request : List.of("PUT files", "GET files", "PUT locks", "DELETE nodes")) {
            assertEquals("410 session-expired", through(handle, request, file).outcome(), request);
        }
        assertEquals(1, stat(file).getLong("contentGeneration"));
    }

    // 2.9 Fail-overs, in the order of the steps of a new master

    @Test
    void aNewMasterHasANewEpoch() {
        // 2.9, step 1: clients send the epoch, and calls of an older one are refused, so that no old packet is done.
        // Here the cell sees to that (docs/adr/0012-where-sessions-differ-from-the-paper.md); who wants may insist on
        // an epoch.
        String file = unique("epoch");
        long old = get("/v1/cell").json().getLong("epoch");
        moveLeader();
        Answer now = get("/v1/cell");
        assertTrue(now.json().getLong("epoch") > old, now.text());
        assertEquals(
                now.header("Lockservice-Epoch"), now.json().getLong("epoch").toString());
        String write = "[{\"op\":\"write\",\"name\":\"/ls/local/" + file + "\",\"content\":\"\"}]";
        String body = "{\"guards\":[{\"epoch\":" + old + "}],\"then\":" + write + "}";
        assertEquals(false, send("POST", "/v1/txn", body).json().getBoolean("succeeded"));
        assertEquals("404 no-such-node", get(node(file)).outcome());
    }

    @Test
    void sessionsAndLocksAreInTheDatabase() {
        // 2.9, step 3: the new master has the sessions and locks of the old one.
        String lock = unique("survives");
        String session = open();
        JsonObject grant = granted(lock, session, "");
        moveLeader();
        assertEquals(200, get(session(session)).status());
        assertEquals(List.of(session), get(lock(lock)).texts("holders", "session"));
        assertEquals(true, check(grant).getBoolean("valid"));
        assertEquals("409 lock-held", acquire(lock, open(), "").outcome());
    }

    @Test
    void leasesAreExtendedToTheLongestThatTheOldMasterMayHaveGranted() {
        // 2.9, step 3; 2.8: the third moment at which a lease is advanced.
        long leaseMs = 60_000;
        String session = open("", leaseMs);
        until("a part of the lease has passed", () -> remainingMs(session) <= leaseMs - 800);
        long before = remainingMs(session);
        long seen = System.nanoTime();
        moveLeader();
        long leftOfTheOld = before - elapsedMs(seen);
        long now = remainingMs(session);
        assertTrue(now > leftOfTheOld + 400, now + " where " + leftOfTheOld + " would be left");
    }

    @Test
    void aKeepAliveThatIsBlockedMeanwhileIsAnsweredByTheNewMaster() {
        // 2.9, step 4: KeepAlives come first.
        String session = open();
        CompletableFuture<Answer> blocked = begin("POST", session(session) + "/keepalive", PATIENT);
        moveLeader();
        assertEquals(200, ContractCell.await(blocked).status());
    }

    @Test
    void everySessionIsToldThatTheMasterFailedOver() {
        // 2.9, step 5: a fail-over event to every session
        List<String> sessions = List.of(open(), open());
        moveLeader();
        for (String session : sessions) {
            until("it is told", () -> !leaderChanges(session).isEmpty());
        }
    }

    @Test
    void noEventIsLost() {
        // 2.9, step 5; 2.5: the fail-over event warns that others may have been lost. Here none is
        // (docs/adr/0010-what-a-session-is-told-is-replicated-and-numbered.md).
        String file = unique("not-lost");
        write(file, "");
        String session = open();
        watch(file, session, "content-changed");
        write(file, "");
        moveLeader();
        assertEquals(List.of("content-changed"), typesTold(session));
    }

    @Test
    void aNewMasterServesWithoutWaitingForAcknowledgements() {
        // 2.9, step 6: Chubby's waits until each session has acknowledged the fail-over event or has expired. Here
        // only writes wait, and only for sessions that keep copies
        // (docs/adr/0011-who-has-copies-is-the-leaders-memory.md).
        String silent = open();
        moveLeader();
        write(unique("on"), "");
        assertEquals(1, leaderChanges(silent).size(), "it has not acknowledged yet");
    }

    @Test
    void handlesOfTheOldMasterAreGood() {
        // 2.9, step 8; 2.3: sequence number and mode of a handle, from which the new master makes it again. Here
        // there is nothing to make again (docs/adr/0009-handles-are-replicated.md).
        String file = unique("handle");
        write(file, "content");
        String handle = handle(file, open(), "read");
        moveLeader();
        assertEquals("content", through(handle, "GET files", file).text());
        assertEquals("403 permission-denied", through(handle, "PUT files", file).outcome());
    }

    @Test
    void aHandleThatWasClosedStaysClosed() {
        // 2.9, step 8: a delayed or duplicated packet does not bring back a handle that was closed
        // (docs/adr/0009-handles-are-replicated.md).
        String file = unique("handle");
        write(file, "content");
        String session = open();
        String before = handle(file, session, "read");
        String after = handle(file, session, "read");
        close(before);
        moveLeader();
        assertEquals(200, through(after, "GET files", file).status());
        close(after);
        assertEquals("404 not-found", through(before, "GET files", file).outcome());
        assertEquals("404 not-found", through(after, "GET files", file).outcome());
    }

    @Test
    void ephemeralFilesThatNobodyHasOpenAreDeleted() {
        // 2.9, step 9: after an interval, e.g. a minute, since handles have to be made again first. Here they go as
        // ever, as soon as nobody has them open (docs/adr/0009-handles-are-replicated.md).
        String file = unique("ephemeral");
        String creator = open();
        JsonObject create = new JsonObject().put("create", new JsonObject().put("ephemeral", true));
        handle(file, creator, create);
        String other = open();
        handle(file, other, "read");
        send("DELETE", session(creator), "");
        moveLeader();
        assertEquals(200, get(node(file)).status(), "somebody has it open");
        send("DELETE", session(other), "");
        assertEquals("404 no-such-node", get(node(file)).outcome());
    }

    @Test
    void waitersKeepTheirPlaces() {
        // 2.9: an application sees a delay and nothing else.
        String lock = unique("queue");
        String holder = open();
        granted(lock, holder, PERMANENT);
        String first = open();
        CompletableFuture<Answer> waits = begin("PUT", lock(lock), "{\"waitMs\":60000}", as(first));
        until("one waits", () -> get(lock(lock)).list("waiters").size() == 1);
        String second = open();
        assertEquals(202, acquire(lock, second, "{\"keepPlace\":true}").status());
        moveLeader();
        assertEquals(List.of(first, second), get(lock(lock)).texts("waiters", "session"));
        send("DELETE", lock(lock), "", as(holder));
        assertEquals(200, ContractCell.await(waits).status());
    }

    @Test
    void aLockDelayIsNotCutShort() {
        // 2.4 and 2.9: what a failed holder has under way is kept off under the new master too
        // (docs/adr/0008-lock-delays-are-counted-by-the-leader.md).
        String lock = unique("delay");
        String session = open("", 1_000);
        granted(lock, session, "{\"lockDelayMs\":60000}");
        untilEnded(session);
        moveLeader();
        assertEquals("409 lock-delayed", acquire(lock, open(), "").outcome());
    }
}
