package io.lockservice.client.cell;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that each have a cell of their own. */
@Timeout(120)
public abstract class CellTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    protected Path directory;

    @SuppressWarnings("NullAway.Init")
    protected TestCell cell;

    private final List<LockServiceClient> clients = new ArrayList<>();

    @BeforeEach
    protected final void startCell() {
        cell = new TestCell();
    }

    /** Behind what the test itself has to stop. */
    @AfterEach
    protected final void stopCell() {
        clients.forEach(LockServiceClient::close);
        cell.close();
    }

    /** One more client of the cell, closed with the test. */
    protected final LockServiceClient client() {
        return closing(LockServiceClient.connect(cell.urls()));
    }

    /** A session of a client of its own. */
    protected final Session session(long leaseMs) {
        return TestCell.await(client().openSession(SessionOptions.named("test").withLeaseMs(leaseMs)));
    }

    /** A session with the shortest lease, whose client dies with {@code process}: it closes nothing, and sends nothing any more. */
    protected final Session mortalSession(Vertx process) {
        LockServiceClient client =
                LockServiceClient.connect(ClientOptions.of(cell.urls()).vertx(process));
        return TestCell.await(client.openSession(SessionOptions.named("mortal").withLeaseMs(1_000)));
    }

    /** Where the leader answers. */
    protected final String leader() {
        JsonObject cellState = new JsonObject(
                TestCell.await(client().execute(Operation.get("/v1/cell"))).body());
        return cell.urls()[cellState.getInteger("leader") - 1];
    }

    /** Until so many wait for the lock: what is done before would be another test. */
    protected final void awaitWaiters(String name, int waiters) {
        LockServiceClient asking = client();
        long found;
        do {
            Operation question = Operation.get("/v1/locks?prefix=" + name);
            JsonArray locks =
                    new JsonObject(TestCell.await(asking.execute(question)).body()).getJsonArray("locks");
            found = locks.isEmpty()
                    ? -1
                    : locks.getJsonObject(0).getJsonArray("waiters").size();
        } while (found < waiters);
    }

    /** This client, closed with the test. */
    protected final LockServiceClient closing(LockServiceClient client) {
        clients.add(client);
        return client;
    }
}
