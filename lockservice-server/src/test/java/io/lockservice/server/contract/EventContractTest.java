package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5 of the contract: what happened, and in which order, as a poll tells it. Streams are in their own class. */
final class EventContractTest extends ContractTest {
    /** {@code name} and {@code since} are there in any case. */
    private static String events(String component, String more) {
        return "/v1/events?name=/ls/local/" + component + more;
    }

    private static Answer poll(String target) {
        Answer polled = get(target, "Accept: application/json");
        assertEquals(200, polled.status(), polled.text());
        return polled;
    }

    /** What happened to the node and below it behind {@code since}, once {@code through} is told of. */
    private static List<JsonObject> happened(String component, long since, long through) {
        return happened(component, true, since, through);
    }

    private static List<JsonObject> happened(String component, boolean recursive, long since, long through) {
        List<JsonObject> events = new ArrayList<>();
        long seen = since;
        while (seen < through) {
            Answer polled = poll(events(component, "&waitMs=100&since=" + seen + "&recursive=" + recursive));
            events.addAll(polled.list("events"));
            seen = polled.json().getLong("revision");
        }
        return events.stream()
                .filter(each -> each.getLong("revision") <= through)
                .toList();
    }

    private static List<String> types(List<JsonObject> events) {
        return events.stream().map(each -> each.getString("type")).toList();
    }

    private static List<String> names(List<JsonObject> events) {
        return events.stream().map(each -> each.getString("name")).toList();
    }

    private static long revision() {
        return get("/v1/cell").revision();
    }

    @Test
    void theLifeOfAFileIsTold() {
        // Types: `node-created`, `content-changed`, `node-deleted`, `acl-changed`;
        // {"revision","index","type","name","stat"?}
        String file = unique("life");
        long before = revision();
        Answer created = send("PUT", file(file), "1");
        Answer changed = send("PUT", file(file), "1");
        send("PUT", "/v1/acls/ls/local/" + file, "{}");
        JsonObject last = stat(file);
        long end = send("DELETE", node(file), "").revision();

        List<JsonObject> events = happened(file, before, end);

        assertEquals(List.of("node-created", "content-changed", "acl-changed", "node-deleted"), types(events));
        assertEquals(
                new JsonObject()
                        .put("revision", created.revision())
                        .put("index", 1)
                        .put("type", "node-created")
                        .put("name", printed(file))
                        .put("stat", created.json()),
                events.get(0));
        assertEquals(changed.json(), events.get(1).getJsonObject("stat"));
        assertEquals(last, events.get(2).getJsonObject("stat"));
        assertEquals(end, events.get(3).getLong("revision"));
    }

    @Test
    void theLifeOfALockIsTold() {
        // Types: `lock-acquired`, `lock-released`, `lock-requested`; "session"?, "token"?
        String lock = unique("lock");
        write(lock, "");
        String holder = open();
        String other = open();
        long before = revision();
        JsonObject grant = granted(lock, holder, "");
        assertEquals(409, acquire(lock, other, "").status());
        long end = send("DELETE", lock(lock), "", as(holder)).revision();

        List<JsonObject> events = happened(lock, before, end);

        assertEquals(List.of("lock-acquired", "lock-requested", "lock-released"), types(events));
        assertEquals(
                List.of(holder, other, holder),
                events.stream().map(each -> each.getString("session")).toList());
        assertEquals(grant.getLong("token"), events.get(0).getLong("token"));
        assertEquals(grant.getLong("token"), events.get(2).getLong("token"));
        assertEquals(printed(lock), events.get(1).getString("name"));
    }

    @Test
    void everyRefusedOrWaitingConflictingRequestIsTold() {
        // "`lock-requested` comes for every refused or waiting conflicting request."
        String lock = unique("wanted");
        String holder = open();
        String tried = open();
        String waits = open();
        String refused = open();
        granted(lock, holder, "");
        long before = revision();
        acquire(lock, tried, "");
        acquire(lock, tried, "{\"mode\":\"shared\"}");
        acquire(lock, waits, "{\"keepPlace\":true}");
        acquire(lock, holder, "{\"mode\":\"shared\"}");
        acquire(lock, holder, "");
        JsonObject operation = new JsonObject().put("op", "acquire").put("name", "/ls/local/" + lock);
        JsonObject transaction = new JsonObject().put("then", new JsonArray().add(operation));
        long end = send("POST", "/v1/txn", transaction.encode(), as(refused)).revision();

        List<JsonObject> events = happened(lock, before, end);

        assertEquals(Set.of("lock-requested"), Set.copyOf(types(events)));
        assertEquals(
                List.of(tried, tried, waits, holder, refused),
                events.stream().map(each -> each.getString("session")).toList());
    }

    @Test
    void aWaitThatIsRefusedAsADeadlockIsToldToo() {
        String lock = unique("cycle");
        String other = unique("cycle-other");
        String holder = open();
        String refused = open();
        granted(lock, holder, "");
        granted(other, refused, "");
        assertEquals(202, acquire(other, holder, "{\"keepPlace\":true}").status());
        long before = revision();
        Answer deadlock = acquire(lock, refused, "{\"waitMs\":1000}");
        assertEquals("409 deadlock", deadlock.outcome());
        List<JsonObject> events = happened(lock, before, deadlock.revision());
        assertEquals(List.of("lock-requested"), types(events));
        assertEquals(refused, events.get(0).getString("session"));
    }

    @Test
    void aForcedReleaseIsToldOfEachHolder() {
        String lock = unique("forced");
        List<String> holders = List.of(open(), open());
        holders.forEach(each -> granted(lock, each, "{\"mode\":\"shared\",\"create\":\"permanent\"}"));
        long before = revision();
        long end = send("DELETE", lock(lock) + "?force=true", "").revision();
        List<JsonObject> events = happened(lock, before, end);
        assertEquals(List.of("lock-released", "lock-released"), types(events));
        assertEquals(
                holders, events.stream().map(each -> each.getString("session")).toList());
    }

    @Test
    void withoutRecursiveItIsTheNodeAndItsDirectChildren() {
        // "Without `recursive`: the node and its direct children."
        String directory = unique("near");
        long before = revision();
        write(directory + "/child/grandchild", "");
        write(directory + "-beside", "");
        write(directory + "/child/grandchild", "");
        long end = write(directory + "/another", "").getLong("modifiedRevision");

        assertEquals(
                List.of(printed(directory), printed(directory) + "/child", printed(directory) + "/another"),
                names(happened(directory, false, before, end)));
        assertEquals(
                List.of(
                        printed(directory),
                        printed(directory) + "/child",
                        printed(directory) + "/child/grandchild",
                        printed(directory) + "/child/grandchild",
                        printed(directory) + "/another"),
                names(happened(directory, before, end)));
    }

    @Test
    void everyReplicaTellsTheSameFromItsOwnState() {
        // "Served by every replica from its own state."
        String file = unique("same");
        long before = revision();
        IntStream.range(0, 5).forEach(each -> write(file, "" + each));
        long end = revision();
        Set<String> told = new HashSet<>();
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            Answer polled = ContractCell.await(cell.begin(
                    replica,
                    "GET",
                    events(file, "&waitMs=10000&since=" + (end - 1)),
                    new byte[0],
                    "Accept: application/json"));
            assertEquals(Integer.toString(replica), polled.header("Lockservice-Replica"));
            assertEquals(1, polled.list("events").size(), "this replica has seen it");
            Answer all = ContractCell.await(cell.begin(
                    replica, "GET", events(file, "&since=" + before), new byte[0], "Accept: application/json"));
            told.add(all.json().getJsonArray("events").encode());
            assertEquals(5, all.list("events").size());
        }
        assertEquals(1, told.size());
    }

    @Test
    void aPollThatFindsNothingWaitsAndSaysHowFarItLooked() {
        // `Accept: application/json&waitMs=`: {"events":[...],"revision"}, long poll
        String file = unique("quiet");
        long now = revision();
        long asked = System.nanoTime();
        Answer polled = poll(events(file, "&waitMs=200&since=" + now));
        assertTrue(System.nanoTime() - asked >= 200_000_000, "it waited");
        assertEquals(Set.of("events", "revision"), polled.json().fieldNames());
        assertEquals(List.of(), polled.list("events"));
        assertTrue(polled.json().getLong("revision") >= now, polled.text());
    }

    @Test
    void aPollIsAnsweredAsSoonAsSomethingHappens() {
        String file = unique("soon");
        write(file, "");
        CompletableFuture<Answer> waiting = cell.begin(
                "GET", events(file, "&waitMs=60000&since=" + revision()), new byte[0], "Accept: application/json");
        JsonObject written = write(file, "");
        Answer polled = ContractCell.await(waiting);
        assertEquals(List.of("content-changed"), polled.texts("events", "type"));
        assertTrue(polled.json().getLong("revision") >= written.getLong("modifiedRevision"), polled.text());
    }

    @Test
    void aSinceInTheFutureWaits() {
        // "A `since` in the future waits."
        String file = unique("future");
        long now = write(file, "").getLong("modifiedRevision");
        CompletableFuture<Answer> waiting = cell.begin(
                "GET", events(file, "&waitMs=60000&since=" + (now + 2)), new byte[0], "Accept: application/json");
        write(file, "1");
        write(file, "2");
        JsonObject third = write(file, "3");
        Answer polled = ContractCell.await(waiting);
        assertEquals(
                List.of(third),
                polled.list("events").stream()
                        .map(each -> each.getJsonObject("stat"))
                        .toList());
    }

    @Test
    void aRevisionIsNeverSplit() {
        // "never splits a revision": a whole tree that goes is one.
        String directory = unique("whole");
        send("PUT", node(directory), "");
        int children = 0;
        for (int batch = 0; batch < 5; batch++) {
            JsonArray writes = new JsonArray();
            for (int each = 0; each < 128; each++) {
                writes.add(new JsonObject()
                        .put("op", "write")
                        .put("name", "/ls/local/" + directory + "/" + children++)
                        .put("content", ""));
            }
            assertEquals(
                    200,
                    send("POST", "/v1/txn", new JsonObject().put("then", writes).encode())
                            .status());
        }
        long before = write(directory + "/0", "").getLong("modifiedRevision");
        long deleted = send("DELETE", node(directory) + "?recursive=true", "").revision();

        Answer polled = poll(events(directory, "&recursive=true&waitMs=10000&since=" + before));

        assertEquals(children + 1, polled.list("events").size());
        assertTrue(polled.json().getLong("revision") >= deleted);
        assertEquals(
                IntStream.rangeClosed(1, children + 1).boxed().toList(),
                polled.list("events").stream()
                        .map(each -> each.getInteger("index"))
                        .toList(),
                "`index` counts a revision's events from 1");
    }

    @Test
    void eventsComeInRevisionOrderWithNothingLeftOutAndNothingTwice() {
        // "In revision order, nothing left out, nothing twice."
        String file = unique("order");
        long before = revision();
        List<CompletableFuture<Answer>> writes = IntStream.range(0, 40)
                .mapToObj(each -> begin("PUT", file(file), "" + each))
                .toList();
        List<Long> revisions = writes.stream()
                .map(ContractCell::await)
                .map(each -> each.json().getLong("modifiedRevision"))
                .sorted()
                .toList();
        assertEquals(
                revisions,
                happened(file, before, revisions.get(39)).stream()
                        .map(each -> each.getLong("revision"))
                        .toList());
    }

    @Test
    void betweenAListingAndWhatFollowsThereIsNoGap() {
        // "Take `Lockservice-Revision` of a listing as `since`: no gap between the two."
        String directory = unique("listing");
        send("PUT", node(directory), "");
        List<CompletableFuture<Answer>> writes = IntStream.range(0, 30)
                .mapToObj(each -> begin("PUT", file(directory + "/" + each), ""))
                .toList();
        Answer listing = get(node(directory) + "?children=true");
        long end = writes.stream()
                .map(ContractCell::await)
                .mapToLong(each -> each.json().getLong("createdRevision"))
                .max()
                .orElseThrow();

        List<String> names = new ArrayList<>(listing.texts("children", "name"));
        if (end > listing.revision()) {
            happened(directory, listing.revision(), end).forEach(each -> names.add(each.getString("name")));
        }
        assertEquals(30, names.size());
        assertEquals(30, Set.copyOf(names).size());
    }

    @Test
    void anExpiredSessionIsToldToRecursiveReadersOfTheRootAlone() {
        // "`session-expired` has no `name` and goes to recursive streams on the cell's root."
        long before = revision();
        String file = unique("expiry");
        write(file, "");
        String closed = open("", 1_000);
        send("DELETE", session(closed), "");
        String session = open("", 1_000);
        untilEnded(session);
        write(file, "");
        long end = revision();

        String root = "/v1/events?name=/ls/local&waitMs=100&since=";
        until("all is told", () -> !poll(root + (end - 1)).list("events").isEmpty());
        List<JsonObject> all = poll(root + before + "&recursive=true").list("events");
        List<JsonObject> expired = all.stream()
                .filter(each -> each.getString("type").equals("session-expired"))
                .filter(each -> Set.of(session, closed).contains(each.getString("session")))
                .toList();
        assertEquals(1, expired.size(), "not the one that was closed: " + expired);
        assertEquals(session, expired.get(0).getString("session"));
        assertFalse(expired.get(0).containsKey("name"));
        assertFalse(types(poll(root + before).list("events")).contains("session-expired"));
        assertFalse(types(happened(file, before, end)).contains("session-expired"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|400 bad-request name",
                "recursive=true|400 bad-request name",
                "name=app|400 bad-name",
                "name=/ls/local/a//b|400 bad-name",
                "name=/ls/london/a|421 wrong-cell",
                "name=/ls/local&recursive=yes|400 bad-request recursive",
                "name=/ls/local&since=-1|400 bad-request since",
                "name=/ls/local&since=now|400 bad-request since",
                "name=/ls/local&waitMs=60001|400 bad-request waitMs",
                "name=/ls/local&waitMs=-1|400 bad-request waitMs",
                "name=/ls/local&limit=5|400 bad-request limit",
            })
    void whatIsWrongInTheRequestIsNamed(String query, String outcome) {
        // "`name` is required"; "`waitMs` at most 60,000"
        assertEquals(
                outcome, get("/v1/events" + (query == null ? "" : "?" + query)).outcome());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml, image/*"})
    void eventsComeInNoOtherType(String type) {
        // 406 `not-acceptable`
        assertEquals(
                "406 not-acceptable",
                get("/v1/events?name=/ls/local", "Accept: " + type).outcome());
    }
}
