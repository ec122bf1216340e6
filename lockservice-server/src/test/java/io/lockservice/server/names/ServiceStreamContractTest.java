package io.lockservice.server.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.contract.Answer;
import io.lockservice.server.contract.ContractCell;
import io.lockservice.server.contract.ContractTest;
import io.lockservice.server.contract.EventReader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service as server-sent events: all its instances, and again after each change. */
@Timeout(60)
final class ServiceStreamContractTest extends ContractTest {
    private static final String STREAM = "Accept: text/event-stream";

    private static String service(String name) {
        return "/v1/services/" + name;
    }

    private static Answer register(String service, String id, String session, String tag) {
        JsonObject body =
                new JsonObject().put("address", "10.0.0.1").put("port", 80).put("tags", new JsonArray().add(tag));
        Answer made = send("PUT", service(service) + "/" + id, body.encode(), as(session));
        assertTrue(made.status() < 300, made.text());
        return made;
    }

    private static List<String> ids(EventReader.Sent event) {
        assertEquals("instances", event.type());
        return event.data().getJsonArray("instances").stream()
                .map(each -> ((JsonObject) each).getString("id"))
                .toList();
    }

    @Test
    void itBeginsWithWhatIsThereAndGoesOnWithWhatChanges() {
        String web = unique("web");
        String session = open();
        Answer made = register(web, "a", session, "blue");
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            try (EventReader stream = cell.stream(replica, service(web), STREAM)) {
                assertEquals(200, stream.status());
                assertEquals("text/event-stream", stream.contentType());
                EventReader.Sent first = stream.next();
                assertEquals(List.of("a"), ids(first));
                assertEquals(web, first.data().getString("service"));
                assertEquals(first.id(), String.valueOf(first.data().getLong("revision")));
                assertTrue(Long.parseLong(first.id()) >= made.revision());
                Answer came = register(web, "b", session, "green");
                EventReader.Sent second = stream.next();
                assertEquals(List.of("a", "b"), ids(second));
                assertTrue(Long.parseLong(second.id()) >= came.revision());
                Answer gone = send("DELETE", service(web) + "/b", "");
                EventReader.Sent third = stream.next();
                assertEquals(List.of("a"), ids(third));
                assertTrue(Long.parseLong(third.id()) >= gone.revision());
            }
        }
    }

    @Test
    void theFirstAndTheLastInstanceAreNewsToo() {
        String web = unique("web");
        try (EventReader stream = cell.stream(2, service(web), STREAM)) {
            assertEquals(List.of(), ids(stream.next()));
            String session = open();
            register(web, "a", session, "blue");
            assertEquals(List.of("a"), ids(stream.next()));
            assertEquals(204, send("DELETE", "/v1/sessions/" + session, "").status());
            assertEquals(List.of(), ids(stream.next()));
        }
    }

    @Test
    void whoHasSeenARevisionIsToldOnlyWhatIsNew() {
        String web = unique("web");
        String session = open();
        Answer made = register(web, "a", session, "blue");
        for (String since : List.of("?since=" + made.revision(), "?since=0")) {
            // What the client has seen last counts more than where it once began.
            String lastSeen = "Last-Event-ID: " + (since.equals("?since=0") ? made.revision() : "");
            try (EventReader stream = cell.stream(1, service(web) + since, STREAM, lastSeen)) {
                assertEquals(200, stream.status(), "it is connected before there is anything to tell");
                String id = "b" + since.length();
                register(web, id, session, "blue");
                assertTrue(ids(stream.next()).contains(id));
                assertEquals(204, send("DELETE", service(web) + "/" + id, "").status());
                made = register(web, "a", session, "blue");
            }
        }
    }

    @Test
    void whoComesFromAnotherCellIsToldAllOfThisOne() {
        String web = unique("web");
        register(web, "a", open(), "blue");
        try (EventReader stream = cell.stream(2, service(web), STREAM, "Last-Event-ID: 99000000")) {
            assertEquals(200, stream.status());
            assertEquals(List.of("a"), ids(stream.next()));
        }
    }

    @Test
    void onlyThoseWithATagAreToldAndNothingWhereTheyAreAsBefore() {
        String web = unique("web");
        String session = open();
        register(web, "a", session, "blue");
        try (EventReader stream = cell.stream(3, service(web) + "?tag=green", STREAM)) {
            assertEquals(List.of(), ids(stream.next()));
            register(web, "b", session, "blue");
            register(web, "c", session, "green");
            assertEquals(List.of("c"), ids(stream.next()));
        }
    }

    @Test
    void whoMayReadNoMoreIsToldSoAndTheStreamEnds() {
        String web = unique("web");
        register(web, "a", open(), "blue");
        try (EventReader stream = cell.stream(1, service(web), STREAM)) {
            assertEquals(List.of("a"), ids(stream.next()));
            setAcls("services/" + web, new JsonObject().put("read", acl("somebody else")));
            EventReader.Sent end = stream.next();
            assertEquals("problem", end.type());
            assertEquals("permission-denied", end.data().getString("code"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "text/event-stream, application/json", "application/*"})
    void jsonIsTheDefaultWhereAcceptLeavesItOpen(String accept) {
        Answer shown = send("GET", service(unique("web")), "", "Accept: " + accept);
        assertEquals(200, shown.status(), shown.text());
        assertEquals(List.of(), shown.list("instances"));
    }

    @Test
    void whatAStreamCannotBeAskedIsNamed() {
        Answer waiting = send("GET", service("web") + "?since=1&waitMs=5", "", STREAM);
        assertEquals("bad-request", waiting.json().getString("code"), waiting.text());
        assertEquals("waitMs", waiting.json().getString("field"));
        Answer place = send("GET", service("web"), "", STREAM, "Last-Event-ID: 3-1");
        assertEquals("header:Last-Event-ID", place.json().getString("field"), place.text());
    }
}
