package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HandlesResourceTest extends ResourceTest {
    private static final Name APP = Name.parse("/ls/paris/app", "paris");
    private static final HandleId HANDLE = new HandleId("s1", "h2");
    private static final String SESSION = "Lockservice-Session: s1";

    @Test
    void openingTakesWhatOpenTakes() {
        replica.answer(HandlesResourceTest::opened);
        Wire.Response response = door.send(
                "POST",
                "/v1/handles",
                "{\"name\":\"/ls/local/app\",\"modes\":[\"lock\",\"change-acl\"],\"events\":[\"content-changed\"],"
                        + "\"create\":{\"must\":true,\"kind\":\"file\",\"ephemeral\":true,\"contentBase64\":\"aGk=\"},"
                        + "\"lockDelayMs\":500}",
                SESSION);
        assertEquals(201, response.status(), response.text());
        Request.OpenHandle asked = (Request.OpenHandle) replica.next().call().request();
        assertTrue(
                asked.handle().toString().matches("s1\\.h[a-z2-9]{20}"),
                asked.handle().toString());
        assertEquals(
                new Request.OpenHandle(
                        asked.handle(),
                        APP,
                        List.of(HandleMode.LOCK, HandleMode.CHANGE_ACL),
                        List.of(Event.Type.CONTENT_CHANGED),
                        new Request.OpenHandle.Creation(true, NodeKind.FILE, true, new Content(new byte[] {'h', 'i'})),
                        500),
                asked);
        assertEquals(asked.handle().toString(), response.json().getString("handle"));
        assertEquals(true, response.json().getBoolean("created"));
        assertEquals("/ls/paris/app", response.json().getJsonObject("stat").getString("name"));
        assertEquals("/v1/handles/" + asked.handle(), response.header("Location"));
    }

    @Test
    void whatIsLeftOutIsReadingAnExistingNode() {
        replica.answer(HandlesResourceTest::opened);
        assertEquals(
                201,
                door.send("POST", "/v1/handles", "{\"name\":\"/ls/local/app\"}", SESSION)
                        .status());
        Request.OpenHandle asked = (Request.OpenHandle) replica.next().call().request();
        assertEquals(new Request.OpenHandle(asked.handle(), APP, List.of(HandleMode.READ), List.of(), null, 0), asked);
    }

    @Test
    void nodesAndLocksAreAskedForThroughAHandle() {
        for (String target : List.of(
                "/v1/files/ls/local/app",
                "/v1/nodes/ls/local/app",
                "/v1/acls/ls/local/app",
                "/v1/locks/ls/local/app")) {
            door.get(target + "?handle=s1.h2");
            assertThroughHandle(replica.next().call());
            door.send("PUT", target + "?handle=s1.h2", "{}");
            assertThroughHandle(replica.next().call());
        }
        door.send("DELETE", "/v1/locks/ls/local/app?handle=s1.h2", "", SESSION);
        assertThroughHandle(replica.next().call());
        door.send("DELETE", "/v1/nodes/ls/local/app?handle=s1.h2", "");
        assertThroughHandle(replica.next().call());
    }

    private static void assertThroughHandle(ClientCall call) {
        assertEquals(HANDLE, call.handle());
        assertEquals("s1", call.session());
    }

    @Test
    void closingHasNoContent() {
        Wire.Response response = door.send("DELETE", "/v1/handles/s1.h2", "");
        assertEquals(204, response.status());
        ClientCall call = replica.next().call();
        assertEquals(new Request.CloseHandle(HANDLE), call.request());
        assertEquals("s1", call.session());
        assertNull(call.handle(), "closing is not done through the handle");
    }

    @Test
    void whatIsAskedWronglyIsSaid() {
        refused("{}", "name");
        refused("{\"name\":\"/ls/local/app\",\"modes\":\"read\"}", "modes");
        refused("{\"name\":\"/ls/local/app\",\"modes\":[\"all\"]}", "modes[0]");
        refused("{\"name\":\"/ls/local/app\",\"modes\":[\"read\",\"read\"]}", "modes");
        refused("{\"name\":\"/ls/local/app\",\"events\":[\"leader-changed\"]}", "events[0]");
        refused("{\"name\":\"/ls/local/app\",\"create\":true}", "create");
        refused("{\"name\":\"/ls/local/app\",\"create\":{\"mode\":1}}", "create.mode");
        refused(
                "{\"name\":\"/ls/local/app\",\"create\":{\"kind\":\"directory\",\"contentBase64\":\"\"}}",
                "create.contentBase64");
        refused("{\"name\":\"/ls/local/app\",\"lockDelayMs\":60001}", "lockDelayMs");
        assertEquals(
                428,
                door.send("POST", "/v1/handles", "{\"name\":\"/ls/local/app\"}").status());
        assertEquals(404, door.send("DELETE", "/v1/handles/s1", "").status());
        assertEquals(405, door.get("/v1/handles").status());
        assertEquals(
                "handle", door.get("/v1/files/ls/local/app?handle=s1").json().getString("field"));
        assertEquals(
                "handle",
                door.send("GET", "/v1/files/ls/local/app?handle=s2.h1", "", SESSION)
                        .json()
                        .getString("field"));
        assertEquals(
                "header:Lockservice-Session",
                door.send("DELETE", "/v1/handles/s2.h1", "", SESSION).json().getString("field"));
        assertEquals(0, replica.calls());
    }

    private void refused(String body, String field) {
        Wire.Response response = door.send("POST", "/v1/handles", body, SESSION);
        assertEquals(400, response.status(), body);
        assertEquals(field, response.json().getString("field"), body);
    }

    private static Reply opened(ClientCall call) {
        Stat stat = new Stat("/ls/paris/app", NodeKind.FILE, false, null, 3, 1, 0, 0, 0, 0, 0, 0, 3, 3);
        return new Reply.HandleOpened(((Request.OpenHandle) call.request()).handle(), true, stat);
    }
}
