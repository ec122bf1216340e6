package io.lockservice.server;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.config.CellConfig;
import io.lockservice.server.driver.DifferingLog;
import io.lockservice.server.driver.ReplicaDistrusted;
import io.lockservice.server.storage.DataDirectory;
import io.lockservice.server.storage.journal.JournalSettings;
import io.lockservice.server.storage.journal.SegmentedJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica whose state is not that of the majority stops, and has written down before that its data is evidence. */
final class DistrustedReplicaTest {
    private static final String CELL = "distrusted";

    @TempDir
    private Path data;

    @Test
    void whoeverIsToldOfTheStopFindsTheDirectoryMarked() throws Exception {
        try (DataDirectory directory = DataDirectory.open(data, CELL, 1);
                SegmentedJournal journal = directory.openJournal(JournalSettings.DEFAULT)) {
            journal.replay(record -> {});
            journal.append(DifferingLog.records(directory.dataIncarnation()));
        }
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        CompletableFuture<String> marked = told.thenApply(cause -> mark());
        ReplicaServer replica = ReplicaServer.start(config(), 1, data, told::complete)
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        assertInstanceOf(ReplicaDistrusted.class, told.get(30, TimeUnit.SECONDS));
        assertTrue(
                marked.get(30, TimeUnit.SECONDS).startsWith("behind slot 100 the state of this replica has digest "),
                marked.get());
        replica.stop().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** What stands in the mark at the moment at which the owner is told. */
    private String mark() {
        try {
            return Files.readString(data.resolve("distrusted"));
        } catch (IOException missing) {
            return missing.toString();
        }
    }

    private static CellConfig config() {
        CellConfig usual = CellConfig.of(
                CELL,
                List.of(new CellConfig.Member(1, "127.0.0.1", FreePorts.take(1).get(0), 0)));
        return new CellConfig(
                usual.cell(),
                usual.replicas(),
                usual.vertx(),
                usual.http(),
                usual.dns(),
                usual.files(),
                usual.paxos(),
                usual.clock(),
                usual.idempotency(),
                usual.journal(),
                usual.checkpoint(),
                new CellConfig.Digest(DifferingLog.EVERY_SLOTS),
                usual.disk(),
                usual.backup(),
                usual.calls(),
                usual.bus(),
                usual.tls());
    }
}
