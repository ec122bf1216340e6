package io.lockservice.server.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.contract.Answer;
import io.lockservice.server.contract.ContractTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 6 of the contract. Every request goes to the next replica, whichever leads. */
final class ServiceContractTest extends ContractTest {
    private static final String HERE = "{\"address\":\"10.0.0.1\",\"port\":8080}";

    private static String service(String name) {
        return "/v1/services/" + name;
    }

    private static Answer register(String service, String id, String session, String body) {
        return send("PUT", service(service) + "/" + id, body, as(session));
    }

    private static void registered(String service, String id, String session) {
        Answer made = register(service, id, session, HERE);
        assertEquals(201, made.status(), made.text());
    }

    private static Answer show(String service) {
        Answer shown = get(service(service));
        assertEquals(200, shown.status(), shown.text());
        return shown;
    }

    private static List<String> ids(String service) {
        return show(service).texts("instances", "id");
    }

    @Test
    void anInstanceIsRegisteredWithWhatItSays() {
        String web = unique("web");
        String session = open();
        String body =
                "{\"address\":\"web1.example\",\"port\":8080,\"tags\":[\"blue\",\"eu\"],\"metadata\":{\"zone\":\"a\"},"
                        + "\"weight\":3}";
        Answer made = register(web, "1", session, body);
        assertEquals(201, made.status(), made.text());
        JsonObject expected = new JsonObject(body).put("id", "1").put("session", session);
        assertEquals(expected.copy().put("service", web), made.json());
        Answer shown = show(web);
        assertEquals(web, shown.json().getString("service"));
        assertEquals(List.of(expected), shown.list("instances"));
        assertTrue(shown.json().getLong("revision") >= made.revision());
        assertEquals(shown.revision(), shown.json().getLong("revision"));
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        String web = unique("web");
        registered(web, "1", open());
        JsonObject instance = show(web).list("instances").get(0);
        assertEquals(new JsonArray(), instance.getJsonArray("tags"));
        assertEquals(new JsonObject(), instance.getJsonObject("metadata"));
        assertEquals(1, instance.getInteger("weight"));
    }

    @Test
    void everyReplicaShowsWhatWasAnsweredBefore() {
        String web = unique("web");
        String session = open();
        for (int i = 10; i < 40; i++) {
            registered(web, Integer.toString(i), session);
            assertEquals(i - 9, ids(web).size());
        }
        for (int i = 10; i < 40; i++) {
            assertEquals(204, send("DELETE", service(web) + "/" + i, "").status());
            assertEquals(39 - i, ids(web).size());
        }
    }

    @Test
    void theSameSessionRegistersAnew() {
        String web = unique("web");
        String session = open();
        registered(web, "1", session);
        Answer again = register(web, "1", session, "{\"address\":\"::1\",\"port\":1}");
        assertEquals(200, again.status(), again.text());
        assertEquals("::1", show(web).list("instances").get(0).getString("address"));
    }

    @Test
    void anotherSessionTakesOverWhereItIsOfTheSameClient() {
        String web = unique("web");
        String client = unique("client");
        String old = open(client, LONG_LEASE_MS);
        registered(web, "1", old);
        Answer refused = register(web, "1", open(), HERE);
        assertEquals("409 node-exists", refused.outcome());
        assertEquals(old, refused.json().getString("owner"));
        String next = open(client, LONG_LEASE_MS);
        registered(web, "1", next);
        assertEquals(204, send("DELETE", session(old), "").status());
        assertEquals(List.of(next), show(web).texts("instances", "session"));
    }

    @Test
    void anInstanceLivesAsLongAsItsSession() {
        String web = unique("web");
        String closing = open();
        registered(web, "1", closing);
        registered(web, "2", open("", 1_000));
        assertEquals(204, send("DELETE", session(closing), "").status());
        assertFalse(ids(web).contains("1"));
        until("the other one expires", () -> ids(web).isEmpty());
    }

    @Test
    void theSameEntriesAreFiles() {
        String web = unique("web");
        String session = open();
        registered(web, "1", session);
        JsonObject content = new JsonObject(get(file("services/" + web + "/1")).text());
        assertEquals("10.0.0.1", content.getString("address"));
        assertEquals(session, stat("services/" + web + "/1").getString("owner"));
        String byHand = "{\"address\":\"10.0.0.2\",\"port\":80,\"note\":\"more than asked\"}";
        assertEquals(201, send("PUT", file("services/" + web + "/2"), byHand).status());
        assertEquals(
                201, send("PUT", file("services/" + web + "/3"), "no instance").status());
        assertEquals(List.of("1", "2"), ids(web));
        assertNull(show(web).list("instances").get(1).getString("session"));
        assertEquals(200, send("PUT", file("services/" + web + "/2"), "{}").status());
        assertEquals(List.of("1"), ids(web));
        assertEquals(
                204,
                send("DELETE", node("services/" + web) + "?recursive=true", "").status());
        assertEquals(List.of(), ids(web));
    }

    @Test
    void servicesAreListedPageByPageWithoutThoseThatNobodyOffers() {
        String prefix = unique("list");
        String session = open();
        registered(prefix + "-b", "1", session);
        registered(prefix + "-a", "1", session);
        registered(prefix + "-a", "2", session);
        registered(prefix + "-c", "1", session);
        assertEquals(204, send("DELETE", service(prefix + "-c") + "/1", "").status());
        Answer all = get("/v1/services");
        List<JsonObject> mine = all.list("services").stream()
                .filter(each -> each.getString("name").startsWith(prefix))
                .toList();
        assertEquals(
                List.of(
                        new JsonObject().put("name", prefix + "-a").put("instanceCount", 2),
                        new JsonObject().put("name", prefix + "-b").put("instanceCount", 1)),
                mine);
        assertEquals(all.revision(), all.json().getLong("revision"));
        Answer first = get("/v1/services?limit=1");
        assertEquals(1, first.list("services").size());
        Answer second = get("/v1/services?limit=1&after=" + first.json().getString("next"));
        assertEquals(
                all.list("services").subList(0, 2),
                List.of(first.list("services").get(0), second.list("services").get(0)));
    }

    @Test
    void manyServicesAreResolvedInOneRoundTrip() {
        String a = unique("batch");
        String nobody = unique("batch");
        registered(a, "1", open());
        Answer batch = get("/v1/services?names=" + a + "," + nobody);
        assertEquals(200, batch.status(), batch.text());
        JsonObject services = batch.json().getJsonObject("services");
        assertEquals(1, services.getJsonArray(a).size());
        assertEquals(new JsonArray(), services.getJsonArray(nobody));
    }

    @Test
    void onlyThoseWithATagAreShown() {
        String web = unique("web");
        String session = open();
        register(web, "1", session, "{\"address\":\"10.0.0.1\",\"port\":1,\"tags\":[\"blue\"]}");
        registered(web, "2", session);
        Answer blue = get(service(web) + "?tag=blue");
        assertEquals(List.of("1"), blue.texts("instances", "id"));
    }

    @Test
    void aServiceThatNobodyRegisteredIsNoError() {
        Answer nobody = show(unique("web"));
        assertEquals(List.of(), nobody.list("instances"));
    }

    @Test
    void aPollIsAnsweredWhenTheServiceChanges() {
        String web = unique("web");
        String session = open();
        registered(web, "1", session);
        long since = show(web).revision();
        CompletableFuture<Answer> poll = begin("GET", service(web) + "?waitMs=30000&since=" + since, "");
        registered(unique("other"), "1", session);
        assertFalse(poll.isDone(), "another service is none of its business");
        registered(web, "2", session);
        Answer changed = poll.join();
        assertEquals(List.of("1", "2"), changed.texts("instances", "id"));
        assertTrue(changed.json().getLong("revision") > since);
        Answer atOnce = get(service(web) + "?waitMs=30000&since=" + since);
        assertEquals(List.of("1", "2"), atOnce.texts("instances", "id"));
    }

    @Test
    void aPollAlsoTellsThatTheLastInstanceIsGone() {
        String web = unique("web");
        registered(web, "1", open());
        long since = show(web).revision();
        CompletableFuture<Answer> poll = begin("GET", service(web) + "?waitMs=30000&since=" + since, "");
        assertEquals(204, send("DELETE", service(web) + "/1", "").status());
        assertEquals(List.of(), poll.join().list("instances"));
        assertEquals(
                List.of(), get(service(web) + "?waitMs=30000&since=" + since).list("instances"));
    }

    @Test
    void aPollThatFindsNothingShowsWhatThereIs() {
        String web = unique("web");
        registered(web, "1", open());
        long since = show(web).revision();
        Answer nothing = get(service(web) + "?waitMs=50&since=" + since);
        assertEquals(List.of("1"), nothing.texts("instances", "id"));
        assertTrue(nothing.json().getLong("revision") >= since);
    }

    @Test
    void whoMayNotReadTheServiceSeesNoInstances() {
        String web = unique("web");
        registered(web, "1", open());
        setAcls("services/" + web, new JsonObject().put("read", acl("somebody else")));
        assertEquals("403 permission-denied", get(service(web)).outcome());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"port":1}                                              | address
            {"address":"a"}                                         | port
            {"address":"a","port":0}                                | port
            {"address":"a","port":65536}                            | port
            {"address":"a:80","port":1}                             | address
            {"address":"-a","port":1}                               | address
            {"address":"10.0.0.256","port":1}                       | address
            {"address":"[::1]","port":1}                            | address
            {"address":"a","port":1,"weight":0}                     | weight
            {"address":"a","port":1,"tags":"x"}                     | tags
            {"address":"a","port":1,"tags":[1]}                     | tags[0]
            {"address":"a","port":1,"metadata":{"k":1}}             | metadata.k
            {"address":"a","port":1,"colour":"x"}                   | colour
            """)
    void whatIsWrongInARegistrationIsNamed(String body, String field) {
        assertEquals(
                "400 bad-request " + field,
                register(unique("web"), "1", open(), body).outcome());
    }

    @Test
    void whatIsWrongInARequestIsNamed() {
        assertEquals(
                "428 session-required",
                send("PUT", service("web/1"), HERE).outcome().strip());
        assertEquals("400 bad-request waitMs", get(service("web") + "?waitMs=5").outcome());
        assertEquals("404 not-found", get(service("web/1/x")).outcome());
        assertEquals("405 method-not-allowed", get(service("web/1")).outcome());
        assertEquals("400 bad-name", get("/v1/services?names=..").outcome());
        assertEquals("400 bad-name", get(service("")).outcome());
        assertEquals(
                "404 no-such-node",
                send("DELETE", service(unique("web") + "/1"), "").outcome());
    }

    @Test
    void anInstanceThatNotEverybodyMayReadIsInNoList() {
        String web = unique("web");
        String session = open();
        registered(web, "1", session);
        registered(web, "2", session);
        setAcls("services/" + web + "/1", new JsonObject().put("read", acl("somebody else")));
        assertEquals(List.of("2"), ids(web));
    }

    @Test
    void whatIsInADirectoryThatNotEverybodyMayReadIsInNoList() {
        String web = unique("web");
        registered(web, "1", open());
        setAcls("services/" + web, new JsonObject().put("read", acl("somebody else")));
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    new JsonArray(),
                    get("/v1/services?names=" + web)
                            .json()
                            .getJsonObject("services")
                            .getJsonArray(web));
        }
        setAcls("services/" + web, new JsonObject());
        assertEquals(List.of("1"), ids(web));
    }

    /** Whoever asks for what is after the revision of an answer would never be told of what that answer lacks. */
    @Test
    void whatAPollShowsIsAllUpToItsRevision() {
        String web = unique("web");
        String session = open();
        int count = 200;
        long since = show(web).revision();
        List<CompletableFuture<Answer>> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(begin("PUT", service(web) + "/" + i, HERE, as(session)));
        }
        List<Answer> polls = new ArrayList<>();
        int seen = 0;
        while (seen < count) {
            Answer next = begin("GET", service(web) + "?waitMs=60000&since=" + since, "")
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
            polls.add(next);
            since = next.json().getLong("revision");
            seen = next.list("instances").size();
        }
        for (int i = 0; i < count; i++) {
            Answer write = writes.get(i).join();
            String id = Integer.toString(i);
            for (Answer poll : polls) {
                assertTrue(
                        poll.json().getLong("revision") < write.revision()
                                || poll.texts("instances", "id").contains(id),
                        "instance " + id + " was there at revision " + write.revision());
            }
        }
    }

    @Test
    void aReplicaThatWasAwayShowsTheSame() {
        String web = unique("web");
        String session = open();
        registered(web, "1", session);
        moveLeader();
        registered(web, "2", session);
        for (int i = 0; i < 3; i++) {
            assertEquals(List.of("1", "2"), ids(web));
        }
    }
}
