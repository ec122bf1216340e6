package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who was away for longer than the log of the others goes back gets a checkpoint, and the log stays bounded. */
final class LaggingReplicaTest {
    private static final int CONTENT_BYTES = 200_000;
    private static final int AT_ONCE = 20;
    private static final long SEGMENT_BYTES = 16 << 20;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void itCatchesUpFromACheckpointWhereTheLogWasDropped(@TempDir Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.configure("checkpoint: {slots: 100}");
            cell.startAll();
            int leader = cell.awaitLeader(0);
            cell.awaitAllCaughtUp();
            int away = leader % CellProcesses.REPLICAS + 1;
            cell.kill(away);
            for (int round = 0; round < 40; round++) {
                write(cell, leader, CONTENT_BYTES);
            }
            // Checkpoints are written while the load goes on: they may be behind it for a while.
            for (int round = 0; journalBytes(directory, leader) > 6 * SEGMENT_BYTES; round++) {
                assertTrue(round < 2_000, "the log is not dropped: " + journalBytes(directory, leader) + " bytes");
                write(cell, leader, 1);
            }
            cell.start(away);
            cell.awaitAllCaughtUp();
            String log = cell.log(away);
            assertTrue(log.contains("a peer's checkpoint is here"), log);
            write(cell, away, 1);
        }
    }

    private void write(CellProcesses cell, int replica, int contentBytes) {
        List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            HttpRequest request = HttpRequest.newBuilder(cell.uri(replica, "/v1/files/ls/test/f" + i))
                    .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[contentBytes]))
                    .build();
            answers.add(http.sendAsync(request, HttpResponse.BodyHandlers.discarding()));
        }
        for (CompletableFuture<HttpResponse<Void>> answer : answers) {
            int status = answer.join().statusCode();
            assertTrue(status == 200 || status == 201, "status " + status);
        }
    }

    private static long journalBytes(Path directory, int replica) throws IOException {
        long bytes = 0;
        try (Stream<Path> files =
                Files.list(directory.resolve("data-" + replica).resolve("journal"))) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
