package io.lockservice.client.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.LockMode;
import io.lockservice.api.Sequencer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What both filters do. The server behind them answers {@code 200} with the body it was sent. */
@Timeout(60)
abstract class FilterContract {
    static final String LOCK = "/ls/local/disk";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** What got through to the server's handler. */
    final List<String> written = new CopyOnWriteArrayList<>();

    /** Starts a server with this policy, and says its port. */
    abstract int serve(FencingPolicy policy) throws Exception;

    static String sequencer(long token) {
        return new Sequencer(LOCK, LockMode.EXCLUSIVE, 1, token, token).toString();
    }

    static HttpResponse<String> put(int port, String body, String... sequencers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/a"))
                .PUT(HttpRequest.BodyPublishers.ofString(body));
        for (String sequencer : sequencers) {
            request.header(FencingPolicy.HEADER, sequencer);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static JsonObject problem(int status, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        assertEquals(
                "application/problem+json",
                response.headers().firstValue("content-type").orElse(""));
        JsonObject problem = new JsonObject(response.body());
        assertEquals(status, problem.getInteger("status"));
        assertEquals("/problems/" + problem.getString("code"), problem.getString("type"));
        return problem;
    }

    @Test
    void aFormerHolderIsRefusedAsByTheCell() throws Exception {
        int port = serve(FencingPolicy.forWrites(TokenGuard.inMemory(), LOCK));
        assertEquals("by 7", put(port, "by 7", sequencer(7)).body());
        assertEquals("by 8", put(port, "by 8", sequencer(8)).body());
        JsonObject refused = problem(412, put(port, "late", sequencer(7)));
        assertEquals("sequencer-invalid", refused.getString("code"));
        assertEquals("The sequencer is not valid", refused.getString("title"));
        assertEquals("superseded", refused.getString("reason"));
        assertEquals(List.of("by 7", "by 8"), written);
    }

    @Test
    void readsNeedNoLock() throws Exception {
        int port = serve(FencingPolicy.forWrites(TokenGuard.inMemory(), LOCK));
        HttpRequest get =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port)).build();
        assertEquals(200, CLIENT.send(get, HttpResponse.BodyHandlers.ofString()).statusCode());
    }

    @Test
    void aWriteWithoutOneSequencerIsABadRequest() throws Exception {
        int port = serve(FencingPolicy.forWrites(TokenGuard.inMemory(), LOCK));
        JsonObject missing = problem(400, put(port, "x"));
        assertEquals("bad-request", missing.getString("code"));
        assertEquals("header:Lockservice-Sequencer", missing.getString("field"));
        problem(400, put(port, "x", sequencer(7), sequencer(8)));
        problem(400, put(port, "x", "seven"));
        assertEquals(List.of(), written);
    }

    @Test
    void theLockOfSomethingElseDoesNotHelp() throws Exception {
        int port = serve(FencingPolicy.forWrites(TokenGuard.inMemory(), LOCK));
        String other = new Sequencer("/ls/local/mine", LockMode.EXCLUSIVE, 1, 9, 9).toString();
        assertNull(problem(412, put(port, "x", other)).getString("reason"));
        String shared = new Sequencer(LOCK, LockMode.SHARED, 1, 9, 9).toString();
        problem(412, put(port, "x", shared));
        assertEquals("by 7", put(port, "by 7", sequencer(7)).body());
    }

    @Test
    void eachPathMayHaveItsLock() throws Exception {
        int port = serve(FencingPolicy.of(
                TokenGuard.inMemory(), (method, path) -> path.startsWith("/a") ? "/ls/local" + path : null));
        problem(412, put(port, "x", sequencer(7)));
        String right = new Sequencer("/ls/local/a", LockMode.EXCLUSIVE, 1, 9, 9).toString();
        assertEquals("y", put(port, "y", right).body());
    }

    @Test
    void aTokenIsSavedBeforeItIsAdmittedAndWholeBodiesArrive() throws Exception {
        MemoryStore store = new MemoryStore();
        int port = serve(FencingPolicy.forWrites(TokenGuard.keptIn(store), LOCK));
        String large = "0123456789".repeat(100_000);
        assertEquals(large, put(port, large, sequencer(7)).body());
        assertEquals(7, store.load().get(LOCK));
        store.breakDown();
        assertEquals("overloaded", problem(503, put(port, large, sequencer(8))).getString("code"));
        assertEquals(List.of(large), written);
    }
}
