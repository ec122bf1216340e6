package io.lockservice.client.cell;

import io.lockservice.client.LockServiceClient;
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

    /** This client, closed with the test. */
    protected final LockServiceClient closing(LockServiceClient client) {
        clients.add(client);
        return client;
    }
}
