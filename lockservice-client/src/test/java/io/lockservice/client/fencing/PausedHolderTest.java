package io.lockservice.client.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The accident, with a real cell, a real database and a client whose process stops: its only event loop is held up, as by a
 * garbage collection, until its lease is over and another has the lock.
 */
class PausedHolderTest extends CellTest {
    private static final String LOCK = "/ls/test/app/primary";

    private final Vertx processOfA = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final CountDownLatch resumed = new CountDownLatch(1);

    @SuppressWarnings("NullAway.Init")
    private Connection database;

    @SuppressWarnings("NullAway.Init")
    private LockServiceClient clientOfA;

    @SuppressWarnings("NullAway.Init")
    private LockServiceClient clientOfB;

    @BeforeEach
    void start() throws Exception {
        database = DriverManager.getConnection("jdbc:h2:mem:");
        FencedDocuments.create(database);
        clientOfA = LockServiceClient.connect(ClientOptions.of(cell.urls()).vertx(processOfA));
        clientOfB = LockServiceClient.connect(cell.urls());
    }

    @AfterEach
    void stop() throws SQLException {
        resumed.countDown();
        clientOfA.close();
        clientOfB.close();
        TestCell.await(processOfA.close());
        database.close();
    }

    private static HeldLock acquired(LockServiceClient client, String name) {
        return TestCell.await(client.openSession(SessionOptions.named(name).withLeaseMs(1_000))
                .compose(session -> DistributedLock.of(session).acquire(LOCK, LockOptions.exclusive())));
    }

    /** A holds the lock, and stops. Its lease runs out, and the cell grants the lock to B. */
    private HeldLock grantedToBWhileAIsPaused() {
        processOfA.runOnContext(ignored -> {
            try {
                resumed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return acquired(clientOfB, "B");
    }

    @Test
    void withoutTheTokenTheNewHoldersWriteIsLost() throws Exception {
        HeldLock a = acquired(clientOfA, "A");
        // A has looked whether it holds the lock, and is about to write.
        assertTrue(a.isHeld());
        HeldLock b = grantedToBWhileAIsPaused();
        assertTrue(b.isHeld());
        FencedDocuments.writeWithoutFence(database, "plan", "by B");
        resumed.countDown();
        FencedDocuments.writeWithoutFence(database, "plan", "by A");
        assertEquals("by A", FencedDocuments.read(database, "plan"), "the accident");
    }

    @Test
    void withTheTokenTheDatabaseRefusesTheFormerHolder() throws Exception {
        HeldLock a = acquired(clientOfA, "A");
        FencedDocuments.write(database, "plan", "by A", a.token());
        assertTrue(a.isHeld());
        HeldLock b = grantedToBWhileAIsPaused();
        assertTrue(b.token() > a.token());
        FencedDocuments.write(database, "plan", "by B", b.token());
        resumed.countDown();
        assertFalse(a.isHeld(), "its own clock says so as soon as it runs again");
        assertThrows(
                IllegalStateException.class, () -> FencedDocuments.write(database, "plan", "by A, late", a.token()));
        assertEquals("by B", FencedDocuments.read(database, "plan"));
        FencedDocuments.write(database, "plan", "by B again", b.token());
        assertEquals("by B again", FencedDocuments.read(database, "plan"));
    }

    @Test
    void aFilterThatAsksTheCellRefusesBeforeTheNextHolderHasWritten() throws Exception {
        HeldLock a = acquired(clientOfA, "A");
        HeldLock b = grantedToBWhileAIsPaused();
        FencingPolicy policy =
                FencingPolicy.forWrites(TokenGuard.inMemory(), LOCK).confirmedBy(clientOfB);
        Vertx vertx = Vertx.vertx();
        try {
            HttpServer server = TestCell.await(vertx.createHttpServer()
                    .requestHandler(VertxSequencerFilter.before(
                            request -> request.body().onSuccess(request.response()::end), policy))
                    .listen(0, "127.0.0.1"));
            JsonObject late = new JsonObject(put(server.actualPort(), a.sequencer(), 412));
            assertEquals("sequencer-invalid", late.getString("code"));
            String madeUp = b.sequencer().replaceFirst("-\\d+:", "-999999999:");
            put(server.actualPort(), madeUp, 412);
            put(server.actualPort(), "x-1-1-1:/ls/elsewhere/app/primary", 412);
            assertEquals("content", put(server.actualPort(), b.sequencer(), 200), "not shut out by what was made up");
            TestCell.await(b.release());
            JsonObject released = new JsonObject(put(server.actualPort(), b.sequencer(), 412));
            assertEquals("released", released.getString("reason"));
        } finally {
            TestCell.await(vertx.close());
        }
    }

    private static String put(int port, String sequencer, int status) throws Exception {
        HttpResponse<String> response = FilterContract.put(port, "content", sequencer);
        assertEquals(status, response.statusCode(), response.body());
        return response.body();
    }
}
