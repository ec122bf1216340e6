package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5 of the contract: events as a stream, and how long they are kept. */
final class EventStreamContractTest extends ContractTest {
    private static final String STREAM = "Accept: text/event-stream";
    private static final int KEPT = 100_000;

    /** So many changes under way at a time share the journals' syncs. */
    private static final int AT_ONCE = 16;

    private static String events(String component, String more) {
        return "/v1/events?name=/ls/local/" + component + more;
    }

    /** Writes so many files in one change, and returns its revision. */
    private static long writeTogether(String directory, int count) {
        Answer done = ContractCell.await(beginWriting(directory, count));
        assertEquals(200, done.status(), done.text());
        return done.revision();
    }

    private static CompletableFuture<Answer> beginWriting(String directory, int count) {
        JsonArray writes = new JsonArray();
        IntStream.rangeClosed(1, count)
                .forEach(each -> writes.add(new JsonObject()
                        .put("op", "write")
                        .put("name", "/ls/local/" + directory + "/" + each)
                        .put("content", "")));
        return begin("POST", "/v1/txn", new JsonObject().put("then", writes).encode());
    }

    @Test
    void aStreamBeginsWithReadyAndGoesOnWithWhatHappens() {
        // "First `event: ready` with {"revision"}, then for each change `id: <revision>-<index>`, `event: <type>`,
        // `data:`"
        String file = unique("stream");
        Answer created = send("PUT", file(file), "1");
        try (EventReader stream = cell.stream(1, events(file, "&since=" + created.revision()), STREAM)) {
            assertEquals(200, stream.status());
            assertEquals("text/event-stream", stream.contentType());
            EventReader.Sent ready = stream.next();
            assertEquals("ready", ready.type());
            assertEquals(new JsonObject().put("revision", created.revision()), ready.data());

            Answer changed = send("PUT", file(file), "2");

            EventReader.Sent event = stream.next();
            assertEquals(changed.revision() + "-1", event.id());
            assertEquals("content-changed", event.type());
            assertEquals(
                    new JsonObject()
                            .put("revision", changed.revision())
                            .put("index", 1)
                            .put("type", "content-changed")
                            .put("name", printed(file))
                            .put("stat", changed.json()),
                    event.data());
        }
    }

    @Test
    void everyReplicaStreamsTheSame() {
        // "Served by every replica from its own state."
        String file = unique("each");
        Answer created = send("PUT", file(file), "");
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            try (EventReader stream =
                    cell.stream(replica, events(file, "&since=" + (created.revision() - 1)), STREAM)) {
                assertEquals(created.revision() - 1, stream.next().data().getLong("revision"));
                assertEquals(created.json(), stream.next().data().getJsonObject("stat"));
            }
        }
    }

    @Test
    void aStreamWithoutSinceBeginsNowAndSaysWhereThatIs() {
        String file = unique("now");
        Answer created = send("PUT", file(file), "");
        int leader = get("/v1/cell").json().getInteger("leader");
        try (EventReader stream = cell.stream(leader, events(file, ""), STREAM)) {
            assertTrue(stream.next().data().getLong("revision") >= created.revision());
            Answer changed = send("PUT", file(file), "");
            assertEquals(changed.revision() + "-1", stream.next().id(), "what was before is not told");
        }
    }

    @Test
    void theLastEventIdResumesInTheMiddleOfARevision() {
        // "`Last-Event-ID` resumes in the middle of a revision too (`index` counts a revision's events from 1; `since`
        // means
        // after the whole of that revision)"
        String directory = unique("resumed");
        send("PUT", node(directory), "");
        long revision = writeTogether(directory, 3);
        String below = printed(directory) + "/";
        long later = write(directory + "/later", "").getLong("createdRevision");

        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            try (EventReader stream =
                    cell.stream(replica, events(directory, "&since=0"), STREAM, "Last-Event-ID: " + revision + "-1")) {
                assertEquals("ready", stream.next().type());
                List<EventReader.Sent> events = stream.next(3);
                assertEquals(
                        List.of(revision + "-2", revision + "-3", later + "-1"),
                        events.stream().map(EventReader.Sent::id).toList());
                assertEquals(
                        List.of(below + "2", below + "3", below + "later"),
                        events.stream().map(EventReader.Sent::name).toList());
            }
            try (EventReader stream = cell.stream(replica, events(directory, "&since=" + revision), STREAM)) {
                stream.next();
                assertEquals(below + "later", stream.next().name());
            }
        }
    }

    @Test
    void aStreamOfASinceInTheFutureWaits() {
        // "A `since` in the future waits."
        String file = unique("future");
        long now = write(file, "").getLong("modifiedRevision");
        try (EventReader stream = cell.stream(2, events(file, "&since=" + (now + 1)), STREAM)) {
            assertEquals(now + 1, stream.next().data().getLong("revision"));
            write(file, "");
            long told = write(file, "").getLong("modifiedRevision");
            assertEquals(told + "-1", stream.next().id());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "text/*", "text/event-stream, application/json", "application/json;q=0.5, */*"})
    void aStreamIsTheDefaultWhereAcceptLeavesItOpen(String accept) {
        // "The default where `Accept` leaves it open and there is no `waitMs`."
        try (EventReader stream = cell.stream(1, events(unique("open"), ""), "Accept: " + accept)) {
            assertEquals("text/event-stream", stream.contentType());
            assertEquals("ready", stream.next().type());
        }
    }

    @Test
    void whereNoAcceptIsSentItIsAStreamAndWithWaitMsAPoll() {
        String file = unique("plain");
        try (EventReader stream = cell.stream(1, events(file, ""))) {
            assertEquals("text/event-stream", stream.contentType());
        }
        Answer polled = get(events(file, "&waitMs=1"));
        assertEquals("application/json", polled.header("Content-Type"));
        assertEquals(List.of(), polled.list("events"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"last", "-1", "7-", "7-x", "7-1-1"})
    void aLastEventIdThatIsNoneIsABadRequest(String id) {
        assertEquals(
                "400 bad-request header:Last-Event-ID",
                get(events(unique("id"), ""), STREAM, "Last-Event-ID: " + id).outcome());
    }

    @Test
    void whatIsNoLongerKeptIsRefusedAndTheNewestAreKept() {
        // "A `since` older than what is kept (at least 100,000 events) is `410 compacted`" (`oldestRevision`)
        String directory = unique("compacted");
        send("PUT", node(directory), "");
        long first = writeTogether(directory, 128);
        // One block more than is kept at least, and the one that goes.
        int changes = (KEPT + 2 * 1_024) / 128;
        for (int done = 0; done < changes; done += AT_ONCE) {
            List<CompletableFuture<Answer>> writes = Stream.generate(() -> beginWriting(directory, 128))
                    .limit(AT_ONCE)
                    .toList();
            writes.forEach(each -> assertEquals(200, ContractCell.await(each).status()));
        }

        long newest = get("/v1/cell").revision();

        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            Answer last = poll(replica, directory, newest - 1, 20_000);
            assertEquals(newest, last.json().getLong("revision"), "this replica has seen it all");
            Answer refused = poll(replica, directory, first - 1, 0);
            assertEquals("410 compacted", refused.outcome());
            long oldest = refused.json().getLong("oldestRevision");
            assertTrue(oldest >= first, refused.text());
            assertEquals(
                    "410 compacted", poll(replica, directory, oldest - 1, 0).outcome());
            assertEquals(200, poll(replica, directory, oldest, 0).status());
            assertTrue((newest - oldest) * 128 >= KEPT, "from " + oldest + " to " + newest + " there are enough");
        }
        assertEquals("410 compacted", get(events(directory, "&since=0"), STREAM).outcome());
    }

    private static Answer poll(int replica, String directory, long since, long waitMs) {
        String target = events(directory, "&since=" + since + "&waitMs=" + waitMs);
        return ContractCell.await(cell.begin(replica, "GET", target, new byte[0]));
    }
}
