package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Grant;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockMode;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Reply.SessionSummary;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.replica.Input;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SessionsResourceTest extends ResourceTest {
    private static Reply opened(ClientCall call) {
        Request.OpenSession open = (Request.OpenSession) call.request();
        return new Reply.SessionOpened(open.session(), open.client(), open.leaseMs(), open.leaseMs());
    }

    @Test
    void openingNeedsNothing() {
        replica.answer(SessionsResourceTest::opened);

        Wire.Response response = door.send("POST", "/v1/sessions", "");

        Request.OpenSession asked = (Request.OpenSession) replica.next().call().request();
        assertEquals(12_000, asked.leaseMs());
        assertEquals("", asked.client());
        assertEquals(Map.of(), asked.metadata());
        assertEquals(201, response.status());
        assertEquals("/v1/sessions/" + asked.session(), response.header("Location"));
        assertEquals(
                new JsonObject()
                        .put("session", asked.session())
                        .put("client", "")
                        .put("leaseMs", 12_000)
                        .put("remainingMs", 12_000)
                        .put("epoch", 7)
                        .put("cell", "paris")
                        .put("leader", new JsonObject().put("replica", 2).put("url", "http://[::1]:7302")),
                response.json());
        assertEquals("42", response.header("Lockservice-Revision"));
        assertEquals("7", response.header("Lockservice-Epoch"));
        assertEquals("2", response.header("Lockservice-Replica"));
    }

    @Test
    void openingTakesClientLeaseAndMetadata() {
        replica.answer(SessionsResourceTest::opened);

        Wire.Response response = door.send(
                "POST",
                "/v1/sessions",
                "{\"client\":\"b\u00e9\",\"leaseMs\":1000,\"metadata\":{\"z\":\"1\",\"a\":\"2\"}}",
                "Content-Type: Application/JSON; charset=\"UTF-8\"");

        Request.OpenSession asked = (Request.OpenSession) replica.next().call().request();
        assertEquals("b\u00e9", asked.client());
        assertEquals(1000, asked.leaseMs());
        assertEquals(List.of("z", "a"), List.copyOf(asked.metadata().keySet()));
        assertEquals("b\u00e9", response.json().getString("client"));
    }

    @Test
    void nullFieldsAreAbsentFields() {
        replica.answer(SessionsResourceTest::opened);

        Wire.Response response =
                door.send("POST", "/v1/sessions", "{\"client\":null,\"leaseMs\":null,\"metadata\":null}");

        assertEquals(201, response.status());
        assertEquals(12_000, response.json().getInteger("leaseMs"));
    }

    @Test
    void idsAreLongAndNeverTheSame() {
        replica.answer(SessionsResourceTest::opened);

        String one = door.send("POST", "/v1/sessions", "").json().getString("session");
        String other = door.send("POST", "/v1/sessions", "").json().getString("session");

        assertTrue(one.matches("s[a-z2-9]{26}"), one);
        assertNotEquals(one, other);
    }

    @Test
    void withoutALeaderTheReplyNamesNone() {
        replica.keepSilent();
        try (Wire wire = door.connect()) {
            wire.send(Wire.request("POST", "/v1/sessions", new byte[0]));
            ScriptedReplica.Asked asked = replica.next();
            asked.answer().accept(new Answer(opened(asked.call()), 1, 1, 1, 0));

            assertTrue(wire.read().json().containsKey("leader"));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keepAliveSaysLeaseAndEpoch() {
        replica.answer(call -> new Reply.KeptAlive(12_000, 11_990, List.of()));

        Wire.Response response = door.send("POST", "/v1/sessions/s1/keepalive", "{\"waitMs\":500,\"ack\":0}");

        assertEquals(new Request.KeepAlive("s1", 500, 0), replica.next().call().request());
        assertEquals(200, response.status());
        assertEquals(
                new JsonObject()
                        .put("leaseMs", 12_000)
                        .put("remainingMs", 11_990)
                        .put("epoch", 7)
                        .put("events", new JsonArray()),
                response.json());
    }

    @Test
    void aKeepAliveWhoseClientHangsUpIsGone() throws Exception {
        replica.keepSilent();
        try (Wire wire = door.connect()) {
            wire.send(Wire.request(
                    "POST", "/v1/sessions/s1/keepalive", "{\"waitMs\":60000}".getBytes(StandardCharsets.UTF_8)));
            replica.next();
        }
        replica.awaitGone();
    }

    @Test
    void whatASessionIsToldIsNumbered() {
        Event changed = new Event(9, 1, Event.Type.CONTENT_CHANGED, "/ls/paris/f", null, null, 0);
        replica.answer(call -> new Reply.KeptAlive(
                12_000,
                12_000,
                List.of(
                        new SessionEvent(3, new SessionEvent.Happened(changed)),
                        new SessionEvent(4, new SessionEvent.LockLost("/ls/paris/l", 7, InvalidSequencer.RELEASED)),
                        new SessionEvent(5, new SessionEvent.LeaderChanged(8)),
                        new SessionEvent(6, new SessionEvent.Invalidate("/ls/paris/f")),
                        new SessionEvent(9, new SessionEvent.Dropped(2)))));

        Wire.Response response = door.send("POST", "/v1/sessions/s1/keepalive", "{\"ack\":2}");

        assertEquals(new Request.KeepAlive("s1", 0, 2), replica.next().call().request());
        assertEquals(
                new JsonArray(
                        "[{\"seq\":3,\"revision\":9,\"index\":1,\"type\":\"content-changed\",\"name\":\"/ls/paris/f\"},"
                                + "{\"seq\":4,\"type\":\"lock-lost\",\"name\":\"/ls/paris/l\",\"reason\":\"released\",\"token\":7},"
                                + "{\"seq\":5,\"type\":\"leader-changed\",\"epoch\":8},"
                                + "{\"seq\":6,\"type\":\"invalidate\",\"name\":\"/ls/paris/f\"},"
                                + "{\"seq\":9,\"type\":\"events-dropped\",\"count\":2}]"),
                response.json().getJsonArray("events"));
    }

    @Test
    void whoSaysNothingOfEventsIsNotTakenToHaveSeenNone() {
        replica.answer(call -> new Reply.KeptAlive(12_000, 12_000, List.of()));
        door.send("POST", "/v1/sessions/s1/keepalive", "");
        assertEquals(
                new Request.KeepAlive("s1", 0, Request.KeepAlive.NO_ACK),
                replica.next().call().request());
    }

    @Test
    void sessionShowsWhatItHolds() {
        Sequencer sequencer = new Sequencer("/ls/paris/a b", LockMode.SHARED, 3, 4, 5);
        Grant grant = new Grant("/ls/paris/a b", LockMode.SHARED, "s1", sequencer, 5, 4, 3);
        replica.answer(call -> new Reply.SessionDetail(
                new SessionSummary("s1", "me", 12_000, -1, Map.of("host", "h")),
                List.of(grant),
                List.of("/ls/paris/w"),
                List.of("/ls/paris/e"),
                List.of(new Reply.HandleState(
                        new HandleId("s1", "h2"),
                        "/ls/paris/o",
                        9,
                        List.of(HandleMode.READ, HandleMode.CHANGE_ACL),
                        List.of(Event.Type.LOCK_REQUESTED)))));

        JsonObject json =
                door.get("/v1/sessions/s1?consistency=stale&maxStaleMs=250").json();

        ScriptedReplica.Asked asked = replica.next();
        assertEquals(new Request.GetSession("s1"), asked.call().request());
        assertEquals(250, asked.maxStaleMs());
        assertNull(json.getValue("remainingMs"), "a follower does not know it");
        assertEquals("h", json.getJsonObject("metadata").getString("host"));
        assertEquals(
                new JsonArray()
                        .add(new JsonObject()
                                .put("name", "/ls/paris/a b")
                                .put("mode", "shared")
                                .put("sequencer", "s-3-4-5:/ls/paris/a%20b")
                                .put("token", 5)),
                json.getJsonArray("locks"));
        assertEquals(new JsonArray().add("/ls/paris/w"), json.getJsonArray("waiting"));
        assertEquals(new JsonArray().add("/ls/paris/e"), json.getJsonArray("ephemerals"));
        assertEquals(
                new JsonArray("[{\"handle\":\"s1.h2\",\"name\":\"/ls/paris/o\",\"instance\":9,"
                        + "\"modes\":[\"read\",\"change-acl\"],\"events\":[\"lock-requested\"]}]"),
                json.getJsonArray("handles"));
    }

    @Test
    void unknownSessionIsGone() {
        replica.answer(call -> new Reply.Failed(new Problem(ProblemCode.SESSION_EXPIRED, "over")));

        Wire.Response response = door.get("/v1/sessions/s1");

        assertEquals(410, response.status());
        assertEquals("42", response.header("Lockservice-Revision"));
    }

    @Test
    void pagesGoOnWhereTheLastEnded() {
        SessionSummary session = new SessionSummary("s1", "", 1000, 900, Map.of());
        replica.answer(call -> new Reply.SessionPage(List.of(session), "s1"));

        String next = door.get("/v1/sessions?limit=1").json().getString("next");
        assertEquals(new Request.ListSessions(1, ""), replica.next().call().request());
        replica.answer(call -> new Reply.SessionPage(List.of(), null));
        JsonObject last = door.get("/v1/sessions?after=" + next).json();

        assertEquals(new Request.ListSessions(1000, "s1"), replica.next().call().request());
        assertFalse(last.containsKey("next"));
        assertEquals(new JsonArray(), last.getJsonArray("sessions"));
    }

    @Test
    void closingHasNoContent() {
        Wire.Response response = door.send("DELETE", "/v1/sessions/s%31?afterMs=1500", "", "Idempotency-Key: k1");

        ScriptedReplica.Asked asked = replica.next();
        assertEquals(new Request.CloseSession("s1", 1500), asked.call().request());
        assertEquals(204, response.status());
        assertNull(response.header("Content-Length"));
        assertEquals(Input.Called.LINEARIZABLE, asked.maxStaleMs());
        assertInstanceOf(ClientCall.Idempotency.class, asked.call().idempotency());
    }
}
