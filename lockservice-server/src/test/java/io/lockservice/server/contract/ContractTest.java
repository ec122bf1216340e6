package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One cell for all tests of a section; each test uses names of its own. */
@Timeout(60)
public abstract class ContractTest {
    /** Longer than any test takes. */
    protected static final long LONG_LEASE_MS = 600_000;

    /** What differs between two looks at something that does not wait for us. */
    private static final long POLL_NANOS = 5_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final AtomicInteger NAMES = new AtomicInteger();

    protected static ContractCell cell;

    @BeforeAll
    protected static void startCell(@TempDir Path data) {
        cell = new ContractCell(data);
        // The first request waits for the first leader, which the tests are not about.
        assertEquals(
                200,
                send("GET", "/v1/cell", "", "Lockservice-Timeout-Ms: 30000").status());
    }

    @AfterAll
    protected static void stopCell() {
        cell.close();
    }

    /** A component that no other test uses. */
    protected static String unique(String word) {
        return word + "-" + NAMES.incrementAndGet();
    }

    /** The name as replies print it. */
    protected static String printed(String component) {
        return "/ls/" + ContractCell.NAME + "/" + component;
    }

    protected static Answer send(String method, String target, String body, String... headers) {
        return ContractCell.await(begin(method, target, body, headers));
    }

    protected static Answer get(String target, String... headers) {
        return send("GET", target, "", headers);
    }

    protected static CompletableFuture<Answer> begin(String method, String target, String body, String... headers) {
        return cell.begin(method, target, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Opens a session that outlives the test. */
    protected static String open() {
        return open("", LONG_LEASE_MS);
    }

    protected static String open(String client, long leaseMs) {
        JsonObject body = new JsonObject().put("client", client).put("leaseMs", leaseMs);
        Answer opened = send("POST", "/v1/sessions", body.encode());
        assertEquals(201, opened.status(), opened.text());
        return opened.json().getString("session");
    }

    /** The header that names the session of a request. */
    protected static String as(String session) {
        return "Lockservice-Session: " + session;
    }

    protected static String session(String session) {
        return "/v1/sessions/" + session;
    }

    protected static Answer acquire(String component, String session, String body) {
        return send("PUT", lock(component), body, as(session));
    }

    /** The grant of a lock that has to be free. */
    protected static JsonObject granted(String component, String session, String body) {
        Answer grant = acquire(component, session, body);
        assertEquals(200, grant.status(), grant.text());
        return grant.json();
    }

    protected static Answer release(String component, String session) {
        return send("DELETE", lock(component), "", as(session));
    }

    /** What the cell says of the sequencer of a grant. */
    protected static JsonObject check(JsonObject grant) {
        Answer checked = send(
                "POST",
                "/v1/sequencers/check",
                new JsonObject().put("sequencer", grant.getString("sequencer")).encode());
        assertEquals(200, checked.status(), checked.text());
        return checked.json();
    }

    protected static String lock(String component) {
        return "/v1/locks/ls/local/" + component;
    }

    protected static String file(String component) {
        return "/v1/files/ls/local/" + component;
    }

    protected static String node(String component) {
        return "/v1/nodes/ls/local/" + component;
    }

    protected static JsonObject stat(String component) {
        Answer stat = get(node(component));
        assertEquals(200, stat.status(), stat.text());
        return stat.json();
    }

    /** The request for a handle, with more than the name of the node. */
    protected static Answer opening(String component, String session, JsonObject more) {
        JsonObject body = more.copy().put("name", "/ls/local/" + component);
        return send("POST", "/v1/handles", body.encode(), as(session));
    }

    /** A handle of a node that is there. */
    protected static String handle(String component, String session, String... modes) {
        return handle(component, session, new JsonObject().put("modes", new JsonArray(List.of(modes))));
    }

    protected static String handle(String component, String session, JsonObject more) {
        Answer opened = opening(component, session, more);
        assertEquals(201, opened.status(), opened.text());
        return opened.json().getString("handle");
    }

    /** A handle by which the session is told of these events. */
    protected static String watch(String component, String session, String... types) {
        return handle(component, session, new JsonObject().put("events", new JsonArray(List.of(types))));
    }

    /** Sends a request, such as {@code PUT locks}, about a node through a handle. */
    protected static Answer through(String handle, String request, String component) {
        int space = request.indexOf(' ');
        String method = request.substring(0, space);
        String target = "/v1/" + request.substring(space + 1) + "/ls/local/" + component + "?handle=" + handle;
        return send(method, target, method.equals("PUT") ? "{}" : "");
    }

    protected static Answer close(String handle) {
        return send("DELETE", "/v1/handles/" + handle, "");
    }

    /** What a session is told and has not taken in; keeps it alive. */
    protected static List<JsonObject> told(String session) {
        Answer kept = send("POST", session(session) + "/keepalive", "{\"ack\":0}");
        assertEquals(200, kept.status(), kept.text());
        return kept.list("events");
    }

    /** Of these events, those about anything but who leads: on a busy machine that may change at any time. */
    protected static List<JsonObject> besideLeaders(List<JsonObject> events) {
        return events.stream()
                .filter(event -> !event.getString("type").equals("leader-changed"))
                .toList();
    }

    /** The types of what a session is told, beside changes of leader. */
    protected static List<String> typesTold(String session) {
        return besideLeaders(told(session)).stream()
                .map(event -> event.getString("type"))
                .toList();
    }

    /** Writes a file that may or may not be there. */
    protected static JsonObject write(String component, String content) {
        Answer written = send("PUT", file(component) + "?parents=true", content);
        assertEquals(2, written.status() / 100, written.text());
        return written.json();
    }

    protected static void setAcls(String component, JsonObject names) {
        Answer set = send("PUT", "/v1/acls/ls/local/" + component, names.encode());
        assertEquals(200, set.status(), set.text());
    }

    /** The name of an ACL that lists these. */
    protected static String acl(String... principals) {
        String acl = unique("acl");
        write("acl/" + acl, String.join("\n", principals));
        return acl;
    }

    /** Looks until it is so. */
    protected static void until(String what, BooleanSupplier isSo) {
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("it does not become so that " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Waits until the session has ended by itself. */
    protected static void untilEnded(String session) {
        until("the session ends", () -> get(session(session)).status() == 410);
    }

    /** Another replica leads afterwards. */
    protected static void moveLeader() {
        long before = get("/v1/cell").json().getLong("epoch");
        until("a follower may lead", () -> send("POST", "/v1/cell/leader", "").status() == 202);
        until("another leads", () -> get("/v1/cell").json().getLong("epoch") > before);
    }
}
