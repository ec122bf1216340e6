package io.lockservice.server.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.contract.Answer;
import io.lockservice.server.contract.ContractCell;
import io.lockservice.server.contract.ContractTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;

/** Sessions that keep copies, as their clients see them. */
abstract class CachingTest extends ContractTest {
    /** The longest that a session which keeps copies can have. */
    static final long LEASE_MS = 60_000;

    /** Longer than any test lets a write wait. */
    static final String PATIENTLY = "Lockservice-Timeout-Ms: 30000";

    private final List<String> sessions = new ArrayList<>();

    /** After a change of leader every one that is left over would hold up the writes of other tests. */
    @AfterEach
    void closeSessions() {
        sessions.forEach(CachingTest::takesIn);
        sessions.forEach(session -> send("DELETE", session(session), "", PATIENTLY));
    }

    /** Opens a session that keeps copies. */
    String caching() {
        return caching(LEASE_MS);
    }

    String caching(long leaseMs) {
        Answer opened = opening(new JsonObject().put("cache", true).put("leaseMs", leaseMs));
        assertEquals(201, opened.status(), opened.text());
        String session = opened.json().getString("session");
        sessions.add(session);
        return session;
    }

    static Answer opening(JsonObject body) {
        return send("POST", "/v1/sessions", body.encode());
    }

    /** Reads for a session that wants to keep a copy. */
    static Answer read(String target, String session) {
        return get(target + (target.contains("?") ? "&" : "?") + "cache=true", as(session));
    }

    /** What the reply to such a read says of copies. */
    static String cacheable(Answer read) {
        return read.header("Lockservice-Cacheable");
    }

    /** The session gets a copy of it; a change that has just been answered may still be under way to what says so. */
    static Answer keeps(String target, String session) {
        Answer read = read(target, session);
        assertEquals("true", cacheable(read), target + ": " + read.text());
        return read;
    }

    /** Changes the content of a file for somebody who keeps no copies; the answer is not waited for. */
    static CompletableFuture<Answer> beginWrite(String component, String content) {
        return begin("PUT", file(component) + "?parents=true", content, PATIENTLY);
    }

    /** What the session is told to drop and has not acknowledged. */
    static List<String> toDrop(String session) {
        return told(session).stream()
                .filter(event -> event.getString("type").equals("invalidate"))
                .map(event -> event.getString("name"))
                .toList();
    }

    /** Waits until the session is told to drop just what it has of these. */
    static void isToldToDrop(String session, String... components) {
        until("it is told", () -> !toDrop(session).isEmpty());
        List<String> names =
                List.of(components).stream().map(CachingTest::printed).toList();
        assertEquals(names, toDrop(session));
    }

    /** The session drops what it is told to, and says so. */
    static void takesIn(String session) {
        JsonArray events = send("POST", session(session) + "/keepalive", "{\"ack\":0}")
                .json()
                .getJsonArray("events");
        if (events != null && !events.isEmpty()) {
            long last = events.getJsonObject(events.size() - 1).getLong("seq");
            send("POST", session(session) + "/keepalive", "{\"ack\":" + last + "}");
        }
    }

    static Answer done(CompletableFuture<Answer> change) {
        Answer done = ContractCell.await(change);
        assertEquals(2, done.status() / 100, done.text());
        return done;
    }

    /** A change waits for these sessions, one after the other, and for nobody else. */
    static void waitsFor(CompletableFuture<Answer> change, List<String> sessions, String... components) {
        for (String session : sessions) {
            isToldToDrop(session, components);
        }
        for (String session : sessions) {
            assertFalse(change.isDone(), "it waits for " + session);
            takesIn(session);
        }
        done(change);
    }

    static void assertElapsed(long leastMs, long sinceNanos) {
        long elapsedMs = (System.nanoTime() - sinceNanos) / 1_000_000;
        assertTrue(elapsedMs >= leastMs, "after " + elapsedMs + " ms");
    }
}
