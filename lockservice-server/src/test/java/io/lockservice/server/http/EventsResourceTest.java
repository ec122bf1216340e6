package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EventsResourceTest extends ResourceTest {
    private static final String EVENTS = "/v1/events?name=/ls/local/app";
    private static final String STREAM = "Accept: text/event-stream";
    private static final String JSON = "Accept: application/json";
    private static final Name APP = Name.parse("/ls/paris/app", "paris");

    private static final Event CHANGED = new Event(43, 2, Event.Type.LOCK_ACQUIRED, "/ls/paris/app", null, "s1", 9);
    private static final Event EXPIRED = new Event(44, 1, Event.Type.SESSION_EXPIRED, null, null, "s2", 0);

    @Test
    void aStreamBeginsWithWhereItStandsAndGoesOnWithWhatHappens() throws IOException {
        replica.keepSilent();
        try (Wire wire = door.connect()) {
            wire.send(Wire.request("GET", EVENTS + "&recursive=true&since=42", new byte[0], STREAM));
            ScriptedReplica.Asked first = replica.next();
            assertEquals(Long.MAX_VALUE, first.maxStaleMs(), "from this replica's own state");
            assertEquals(read(true, EventPosition.after(42)), first.call().request());
            answer(first, 42, true);
            Wire.Response head = wire.read(false);
            assertEquals(200, head.status());
            assertEquals("text/event-stream", head.header("Content-Type"));
            assertEquals("no-cache", head.header("Cache-Control"));
            assertEquals("42", head.header("Lockservice-Revision"));
            assertEquals("event: ready\ndata: {\"revision\":42}\n\n", wire.readChunk());
            replica.happen();
            ScriptedReplica.Asked second = replica.next();
            assertEquals(read(true, EventPosition.after(42)), second.call().request());
            answer(second, 44, true, CHANGED, EXPIRED);
            assertEquals(
                    "id: 43-2\nevent: lock-acquired\ndata: {\"revision\":43,\"index\":2,\"type\":\"lock-acquired\","
                            + "\"name\":\"/ls/paris/app\",\"session\":\"s1\",\"token\":9}\n\n"
                            + "id: 44-1\nevent: session-expired\ndata: {\"revision\":44,\"index\":1,"
                            + "\"type\":\"session-expired\",\"session\":\"s2\"}\n\n",
                    wire.readChunk());
        }
    }

    @Test
    void withoutSinceAStreamBeginsNowAndSaysWhereSoThatItCanBeResumed() throws IOException {
        replica.keepSilent();
        try (Wire wire = door.connect()) {
            wire.send(Wire.request("GET", EVENTS, new byte[0]));
            ScriptedReplica.Asked first = replica.next();
            assertEquals(read(false, null), first.call().request());
            answer(first, 42, true);
            wire.read(false);
            assertEquals("event: ready\nid: 42\ndata: {\"revision\":42}\n\n", wire.readChunk());
        }
    }

    @Test
    void theLastEventIdResumesAlsoInTheMiddleOfARevision() throws IOException {
        replica.keepSilent();
        assertEquals(
                read(false, new EventPosition(43, 2)), resumed("43-2").call().request());
        assertEquals(read(false, EventPosition.after(43)), resumed("43").call().request());
    }

    private ScriptedReplica.Asked resumed(String id) throws IOException {
        try (Wire wire = door.connect()) {
            wire.send(Wire.request("GET", EVENTS + "&since=1", new byte[0], STREAM, "Last-Event-ID: " + id));
            return replica.next();
        }
    }

    @Test
    void whatHappensWhileItReadsIsNotMissed() throws IOException {
        replica.keepSilent();
        try (Wire wire = door.connect()) {
            wire.send(Wire.request("GET", EVENTS + "&since=42", new byte[0], STREAM));
            ScriptedReplica.Asked first = replica.next();
            replica.happen();
            answer(first, 42, true);
            answer(replica.next(), 43, true, CHANGED);
            wire.read(false);
            wire.readChunk();
            assertTrue(wire.readChunk().contains("id: 43-2"));
        }
    }

    @Test
    void aStreamThatIsNoLongerKeptIsRefusedAtItsBeginningAndCutOffLater() throws IOException {
        Problem compacted = new Problem(ProblemCode.COMPACTED, "too old", new Problem.Compacted(41));
        replica.answer(call -> new Reply.Failed(compacted));
        Wire.Response refused = door.get(EVENTS + "&since=1", STREAM);
        assertEquals(410, refused.status());
        assertEquals(41, refused.json().getInteger("oldestRevision"));
        replica.forget();
        replica.keepSilent();
        try (Wire wire = door.connect()) {
            wire.send(Wire.request("GET", EVENTS + "&since=42", new byte[0], STREAM));
            answer(replica.next(), 42, true);
            wire.read(false);
            wire.readChunk();
            replica.happen();
            replica.next().answer().accept(ScriptedReplica.answer(new Reply.Failed(compacted)));
            assertTrue(wire.readChunk().startsWith("event: problem\ndata: {\"type\":\"/problems/compacted\""));
            assertEquals("", wire.readChunk(), "the stream is over");
        }
        assertEquals(0, replica.watching());
    }

    @Test
    void aPollIsAnsweredAtOnceWhereThereIsSomethingAndElseWhenItHappens() throws IOException {
        replica.answer(call -> new Reply.EventPage(List.of(CHANGED), EventPosition.after(43), true));
        Wire.Response now = door.get(EVENTS + "&since=42&waitMs=60000", JSON);
        assertEquals(200, now.status());
        assertEquals(43, now.json().getInteger("revision"));
        assertEquals(
                "lock-acquired",
                now.json().getJsonArray("events").getJsonObject(0).getString("type"));
        replica.forget();
        replica.keepSilent();
        try (Wire wire = door.connect()) {
            wire.send(Wire.request("GET", EVENTS + "&since=42&waitMs=60000", new byte[0], JSON));
            answer(replica.next(), 42, true);
            replica.happen();
            answer(replica.next(), 44, true, EXPIRED);
            assertEquals(44, wire.read().json().getInteger("revision"));
        }
        assertEquals(0, replica.watching());
    }

    @Test
    void aPollThatFindsNothingSaysHowFarItLooked() {
        replica.answer(call -> new Reply.EventPage(List.of(), EventPosition.after(42), true));
        Wire.Response nothing = door.get(EVENTS + "&since=40&waitMs=1", JSON);
        assertEquals("{\"events\":[],\"revision\":42}", nothing.text());
        assertEquals(
                "{\"events\":[],\"revision\":42}",
                door.get(EVENTS + "&since=40", JSON).text());
    }

    @Test
    void whatIsAskedWronglyIsSaid() {
        refused("/v1/events", "name", STREAM);
        refused(EVENTS + "&since=-1", "since", STREAM);
        refused(EVENTS + "&since=x", "since", STREAM);
        refused(EVENTS + "&waitMs=60001", "waitMs", JSON);
        refused(EVENTS + "&waitMs=1", "waitMs", STREAM);
        refused(EVENTS + "&limit=1", "limit", STREAM);
        refused(EVENTS + "&recursive=yes", "recursive", STREAM);
        refused(EVENTS, "header:Last-Event-ID", STREAM, "Last-Event-ID: 4-x");
        assertEquals(400, door.get("/v1/events?name=app", STREAM).status());
        assertEquals(421, door.get("/v1/events?name=/ls/rome/app", STREAM).status());
        assertEquals(406, door.get(EVENTS, "Accept: text/html").status());
        assertEquals(404, door.get("/v1/events/x?name=/ls/local/app").status());
        assertEquals(405, door.send("POST", EVENTS, "").status());
        assertEquals(0, replica.calls());
    }

    private void refused(String target, String field, String... headers) {
        Wire.Response response = door.get(target, headers);
        assertEquals(400, response.status(), target);
        assertEquals(field, response.json().getString("field"), target);
    }

    private static Request.ReadEvents read(boolean recursive, @Nullable EventPosition after) {
        return new Request.ReadEvents(APP, recursive, after, 500);
    }

    private static void answer(ScriptedReplica.Asked asked, long revision, boolean complete, Event... events) {
        asked.answer()
                .accept(ScriptedReplica.answer(
                        new Reply.EventPage(List.of(events), EventPosition.after(revision), complete)));
    }
}
