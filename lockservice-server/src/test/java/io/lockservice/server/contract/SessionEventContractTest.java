package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 2 and 5 of the contract: what a session is told with its keep-alives. */
final class SessionEventContractTest extends ContractTest {
    /** Longer than any test waits for an answer that comes as soon as there is something to say. */
    private static final String PATIENT = "{\"ack\":0,\"waitMs\":60000}";

    private static final String KEEP_PLACE = "{\"keepPlace\":true}";

    private static Answer keepAlive(String session, String body) {
        return send("POST", session(session) + "/keepalive", body);
    }

    private static Answer acknowledge(String session, long seq) {
        return keepAlive(session, "{\"ack\":" + seq + "}");
    }

    private static List<Long> seqs(List<JsonObject> events) {
        return events.stream().map(event -> event.getLong("seq")).toList();
    }

    private static JsonObject only(List<JsonObject> events) {
        assertEquals(1, besideLeaders(events).size(), events.toString());
        return besideLeaders(events).get(0);
    }

    private static List<JsonObject> leaderChanges(List<JsonObject> events) {
        return events.stream()
                .filter(event -> event.getString("type").equals("leader-changed"))
                .toList();
    }

    @Test
    void aSessionIsToldWhatItsHandlesAskedFor() {
        // {"seq","type","name",...}: "those a handle asked for"
        String file = unique("watched");
        write(file, "1");
        String session = open();
        watch(file, session, "content-changed");
        Answer written = send("PUT", file(file), "2");

        JsonObject event = only(told(session));

        assertTrue(event.getLong("seq") >= 1, event.encode());
        assertEquals("content-changed", event.getString("type"));
        assertEquals(printed(file), event.getString("name"));
        assertEquals(written.revision(), event.getLong("revision"));
        assertEquals(written.json(), event.getJsonObject("stat"));
    }

    @Test
    void onlyTypesThatWereAskedForAreTold() {
        // "`events` are the types of section 5"
        String file = unique("types");
        write(file, "");
        String session = open();
        watch(file, session, "lock-acquired", "acl-changed");
        watch(file, session, "node-deleted");
        String holder = open();
        write(file, "not told of");
        granted(file, holder, "");
        send("DELETE", lock(file), "", as(holder));
        send("PUT", "/v1/acls/ls/local/" + file, "{}");
        send("DELETE", node(file), "");
        assertEquals(List.of("lock-acquired", "acl-changed", "node-deleted"), typesTold(session));
    }

    @Test
    void everyTypeCanBeAskedFor() {
        // "Types: `node-created`, `content-changed`, `node-deleted`, `acl-changed`, `lock-acquired`, `lock-released`,
        // `lock-requested`, `session-expired`." Without `recursive`: the node and its direct children
        String directory = unique("all");
        String child = directory + "/child";
        send("PUT", node(directory), "");
        String session = open();
        watch(
                directory,
                session,
                "node-created",
                "content-changed",
                "node-deleted",
                "acl-changed",
                "lock-acquired",
                "lock-released",
                "lock-requested");
        String holder = open();
        write(child, "1");
        write(child, "2");
        granted(child, holder, "");
        assertEquals(409, acquire(child, open(), "").status());
        send("DELETE", lock(child), "", as(holder));
        send("PUT", "/v1/acls/ls/local/" + child, "{}");
        send("DELETE", node(child), "");
        assertEquals(
                List.of(
                        "node-created",
                        "content-changed",
                        "lock-acquired",
                        "lock-requested",
                        "lock-released",
                        "acl-changed",
                        "node-deleted"),
                typesTold(session));
    }

    @Test
    void whoHasTheRootOpenIsToldOfSessionsThatExpire() {
        // "`session-expired` has no `name` and goes to ... the cell's root"
        String session = open();
        JsonObject root =
                new JsonObject().put("name", "/ls/local").put("events", new JsonArray().add("session-expired"));
        assertEquals(
                201, send("POST", "/v1/handles", root.encode(), as(session)).status());
        String shortLived = open("", 1_000);
        until(
                "it has expired",
                () -> besideLeaders(told(session)).stream()
                        .anyMatch(event -> shortLived.equals(event.getString("session"))));
        JsonObject event = besideLeaders(told(session)).get(0);
        assertEquals("session-expired", event.getString("type"));
        assertEquals(false, event.containsKey("name"), event.encode());
    }

    @Test
    void aSessionIsToldOfANodeAndItsDirectChildrenOnce() {
        String directory = unique("near");
        send("PUT", node(directory), "");
        String session = open();
        watch(directory, session, "content-changed", "node-created");
        watch(directory, session, "node-created");
        write(directory + "/child/grandchild", "too far away");
        write(directory + "-beside", "");
        assertEquals(printed(directory + "/child"), only(told(session)).getString("name"), "and two handles tell once");
    }

    @Test
    void whatBecomesOfTheNameIsNotToldWhoHadTheOldNodeOpen() {
        // "the request fails ... once that instance is deleted, also when the name exists again"
        String file = unique("anew");
        write(file, "");
        String session = open();
        watch(file, session, "node-created", "content-changed", "node-deleted");
        send("DELETE", node(file), "");
        write(file, "");
        write(file, "");
        assertEquals(List.of("node-deleted"), typesTold(session));
    }

    @Test
    void aClosedHandleTellsNothing() {
        String file = unique("closed");
        write(file, "");
        String session = open();
        String handle = watch(file, session, "content-changed");
        write(file, "told");
        close(handle);
        write(file, "not told");
        assertEquals(List.of("content-changed"), typesTold(session), "what happened before is still told");
    }

    @Test
    void aKeepAliveIsAnsweredAtOnceWhereThereAreEvents() {
        // "at once when there are events, else after `waitMs`"
        String file = unique("at-once");
        write(file, "");
        String session = open();
        watch(file, session, "content-changed");
        write(file, "");
        assertEquals(
                "content-changed",
                only(keepAlive(session, PATIENT).list("events")).getString("type"));
    }

    @Test
    void aKeepAliveThatWaitsIsAnsweredAsSoonAsThereIsAnEvent() {
        // "at once when there are events, else after `waitMs`"
        String file = unique("waits");
        write(file, "");
        String session = open();
        watch(file, session, "content-changed");
        acknowledgeAll(session);
        CompletableFuture<Answer> waiting = begin("POST", session(session) + "/keepalive", PATIENT);
        write(file, "");
        assertEquals(
                "content-changed",
                only(ContractCell.await(waiting).list("events")).getString("type"));
    }

    private static void acknowledgeAll(String session) {
        List<JsonObject> events = told(session);
        if (!events.isEmpty()) {
            acknowledge(session, events.get(events.size() - 1).getLong("seq"));
        }
    }

    @Test
    void eventsAreNumberedInTheOrderInWhichTheyHappenedSessionBySession() {
        // "`seq`"
        String file = unique("numbered");
        write(file, "");
        String first = open();
        String second = open();
        watch(file, first, "content-changed");
        write(file, "1");
        watch(file, second, "content-changed");
        long last = write(file, "2").getLong("modifiedRevision");
        List<JsonObject> events = besideLeaders(told(first));
        assertEquals(2, events.size());
        assertTrue(events.get(0).getLong("seq") < events.get(1).getLong("seq"), events.toString());
        assertEquals(last, events.get(1).getLong("revision"));
        assertEquals(1, besideLeaders(told(second)).size());
    }

    @Test
    void whatIsNotAcknowledgedComesAgainAtWhicheverReplica() {
        // "`ack` is the last event `seq` the client has processed"; section 1: "Any replica answers any request."
        String file = unique("again");
        write(file, "");
        String session = open();
        watch(file, session, "content-changed");
        write(file, "1");
        write(file, "2");
        write(file, "3");
        List<JsonObject> events = besideLeaders(told(session));
        assertEquals(3, events.size());
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            byte[] body = "{\"ack\":0}".getBytes(StandardCharsets.UTF_8);
            Answer kept = ContractCell.await(cell.begin(replica, "POST", session(session) + "/keepalive", body));
            assertEquals(events, besideLeaders(kept.list("events")), "replica " + replica);
        }

        Answer kept = acknowledge(session, events.get(1).getLong("seq"));
        assertEquals(events.get(2), only(kept.list("events")));
        assertEquals(events.get(2), only(keepAlive(session, "").list("events")), "acknowledged once and for all");
        Answer empty = acknowledge(session, events.get(2).getLong("seq"));
        assertEquals(List.of(), besideLeaders(empty.list("events")));
        assertEquals(List.of(), besideLeaders(told(session)));
    }

    @Test
    void nothingCanBeAcknowledgedThatWasNotSent() {
        // "An `ack` above the last `seq` sent is `bad-request`."
        String file = unique("ahead");
        write(file, "");
        String session = open();
        assertEquals("400 bad-request ack", acknowledge(session, 1_000).outcome());
        assertEquals(200, acknowledge(session, 0).status());
        watch(file, session, "content-changed");
        write(file, "");
        long sent = told(session).get(0).getLong("seq");
        assertEquals("400 bad-request ack", acknowledge(session, sent + 1_000).outcome());
        assertEquals(1, besideLeaders(told(session)).size(), "it has acknowledged nothing");
        assertEquals(200, acknowledge(session, sent).status());
        assertEquals(200, acknowledge(session, sent).status(), "again");
    }

    @Test
    void aSessionThatKeptItsPlaceIsToldOfItsLock() {
        // "`lock-acquired` for a waiting place"
        String lock = unique("place");
        String holder = open();
        String session = open();
        granted(lock, holder, "");
        assertEquals(202, acquire(lock, session, KEEP_PLACE).status());
        assertEquals(List.of(), typesTold(session));

        send("DELETE", lock(lock), "", as(holder));

        JsonObject event = only(told(session));
        assertEquals("lock-acquired", event.getString("type"));
        assertEquals(printed(lock), event.getString("name"));
        assertEquals(session, event.getString("session"));
        assertEquals(granted(lock, session, "").getLong("token"), event.getLong("token"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSessionIsToldThatItHasLostALock(boolean byForce) {
        // "`lock-lost`"; section 3: "holders get an event"
        String lock = unique("lost");
        write(lock, "");
        String first = open();
        String second = open();
        JsonObject grant = granted(lock, first, "{\"mode\":\"shared\"}");
        granted(lock, second, "{\"mode\":\"shared\"}");
        String waiter = open();
        assertEquals(202, acquire(lock, waiter, KEEP_PLACE).status());

        send("DELETE", byForce ? lock(lock) + "?force=true" : node(lock), "");

        JsonObject event = only(told(first));
        assertEquals("lock-lost", event.getString("type"));
        assertEquals(printed(lock), event.getString("name"));
        assertEquals(grant.getLong("token"), event.getLong("token"));
        assertEquals(byForce ? "released" : "node-deleted", event.getString("reason"));
        assertEquals(List.of("lock-lost"), typesTold(second), "every holder is told");
        assertEquals(List.of(byForce ? "lock-acquired" : "lock-lost"), typesTold(waiter), "its place is one too");
    }

    @Test
    void nobodyIsToldWhatItDidItself() {
        // "`lock-lost`", and not of what a session gave up
        String lock = unique("own");
        String session = open();
        granted(lock, session, "{\"create\":\"permanent\"}");
        send("DELETE", lock(lock), "", as(session));
        granted(lock, session, "");
        assertEquals(List.of(), typesTold(session), "neither a grant that was answered nor a release");
    }

    @Test
    void everySessionIsToldOfANewLeader() {
        // "`leader-changed`"; section 1: `Lockservice-Epoch` "grows by at least one at each change of leader"
        String first = open();
        String second = open();

        moveLeader();

        long epoch = get("/v1/cell").json().getLong("epoch");
        for (String session : List.of(first, second)) {
            until(
                    "it is told",
                    () -> leaderChanges(told(session)).stream().anyMatch(event -> event.getLong("epoch") >= epoch));
        }
    }

    @Test
    void aKeepAliveThatWaitsIsToldOfANewLeader() {
        // "at once when there are events"
        String session = open();
        acknowledgeAll(session);
        CompletableFuture<Answer> waiting = begin("POST", session(session) + "/keepalive", PATIENT);

        moveLeader();

        Answer kept = ContractCell.await(waiting);
        assertEquals(200, kept.status(), kept.text());
        assertEquals(1, leaderChanges(kept.list("events")).size(), kept.text());
    }

    @Test
    void aChangeOfLeaderLosesNothingAndLeavesEveryNumberAsItIs() {
        // The numbers are the client's means to know what it has seen already.
        String file = unique("kept");
        write(file, "");
        String session = open();
        watch(file, session, "content-changed");
        write(file, "1");
        write(file, "2");
        write(file, "3");
        List<JsonObject> before = besideLeaders(told(session));
        assertEquals(3, before.size());
        long processed = before.get(0).getLong("seq");
        acknowledge(session, processed);

        moveLeader();
        write(file, "4");

        List<JsonObject> after = besideLeaders(acknowledge(session, processed).list("events"));
        assertEquals(before.subList(1, 3), after.subList(0, 2));
        assertEquals(3, after.size());
        assertTrue(after.get(2).getLong("seq") > before.get(2).getLong("seq"), after.toString());
        assertTrue(seqs(after).stream().sorted().toList().equals(seqs(after)), "in order");
    }
}
