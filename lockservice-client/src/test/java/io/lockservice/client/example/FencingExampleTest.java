package io.lockservice.client.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.fencing.FencingPolicy;
import io.lockservice.client.fencing.FileTokenStore;
import io.lockservice.client.fencing.JdkSequencerFilter;
import io.lockservice.client.fencing.StaleTokenException;
import io.lockservice.client.fencing.TokenGuard;
import io.lockservice.client.fencing.VertxSequencerFilter;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.shedlock.FencedSimpleLock;
import io.lockservice.client.shedlock.LockServiceLockProvider;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of docs/fencing.md and docs/adapters.md that no other test has. */
@Timeout(60)
class FencingExampleTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aGuardedFile() throws Exception {
        Path file = directory.resolve("file");
        writeGuarded(file, 8);
        assertThrows(StaleTokenException.class, () -> writeGuarded(file, 7));
        assertEquals("content", Files.readString(file));
    }

    private void writeGuarded(Path file, long token) throws Exception {
        try (FileTokenStore store = FileTokenStore.open(directory.resolve("tokens"))) {
            TokenGuard guard = TokenGuard.keptIn(store);
            guard.write("/ls/local/app/primary", token, () -> Files.writeString(file, "content"));
        }
    }

    @Test
    void filtersInTwoServersThatAskTheCell() throws Exception {
        TokenGuard guard = TokenGuard.inMemory();
        FencingPolicy policy = FencingPolicy.forWrites(guard, "/ls/test/app/primary");
        Vertx vertx = Vertx.vertx();
        try (TestCell cell = new TestCell();
                LockServiceClient client = LockServiceClient.connect(cell.urls())) {
            HeldLock lock = TestCell.await(client.openSession(SessionOptions.named("caller"))
                    .compose(session ->
                            DistributedLock.of(session).acquire("/ls/test/app/primary", LockOptions.exclusive())));
            FencingPolicy asking = policy.confirmedBy(client);
            int vertxPort = TestCell.await(vertx.createHttpServer()
                            .requestHandler(VertxSequencerFilter.before(FencingExampleTest::sayToken, asking))
                            .listen(0, "127.0.0.1"))
                    .actualPort();
            HttpServer server = jdkServer(asking);
            int jdkPort = server.getAddress().getPort();
            String token = Long.toString(lock.token());
            assertEquals(token, put(200, vertxPort, lock.sequencer()));
            assertEquals("", put(200, jdkPort, lock.sequencer()));
            TestCell.await(lock.release());
            put(412, vertxPort, lock.sequencer());
            put(412, jdkPort, lock.sequencer());
            server.stop(0);
        } finally {
            TestCell.await(vertx.close());
        }
    }

    private static void sayToken(HttpServerRequest request) {
        long token = VertxSequencerFilter.sequencer(request).orElseThrow().token();
        request.response().end(Long.toString(token));
    }

    private static HttpServer jdkServer(FencingPolicy policy) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        HttpHandler handler = exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        };
        server.createContext("/orders", handler).getFilters().add(JdkSequencerFilter.of(policy));
        server.start();
        return server;
    }

    private static String put(int status, int port, String sequencer) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders/1"))
                .PUT(HttpRequest.BodyPublishers.ofString("x"))
                .header("Lockservice-Sequencer", sequencer)
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(status, response.statusCode());
        return response.body();
    }

    @Test
    void aFilterThatAsksNobody() {
        TokenGuard guard = TokenGuard.inMemory();
        Handler<HttpServerRequest> handler = request -> request.response().end();
        Vertx vertx = Vertx.vertx();
        FencingPolicy policy = FencingPolicy.forWrites(guard, "/ls/local/app/primary");
        vertx.createHttpServer().requestHandler(VertxSequencerFilter.before(handler, policy));
        TestCell.await(vertx.close());
    }

    @Test
    void aTaskThatKnowsItsToken() {
        try (TestCell cell = new TestCell();
                LockServiceClient client = LockServiceClient.connect(cell.urls())) {
            LockServiceLockProvider provider = LockServiceLockProvider.of(client, "host-a");
            LockConfiguration configuration =
                    new LockConfiguration(ClockProvider.now(), "nightly", Duration.ofMinutes(10), Duration.ZERO);
            FencedSimpleLock lock = assertInstanceOf(
                    FencedSimpleLock.class, provider.lock(configuration).orElseThrow());
            assertTrue(lock.token() > 0 && lock.isHeld());
            lock.unlock();
        }
    }
}
