package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code SIGSTOP} of the leader: another leads, memory stays bounded, and the old one serves nothing stale afterwards. */
final class FrozenLeaderTest {
    private static final Logger LOG = System.getLogger(FrozenLeaderTest.class.getName());
    private static final Duration FROZEN = Duration.ofSeconds(10);
    private static final int CONTENT_BYTES = 200_000;

    @Test
    void anotherLeadsAndTheOldOneServesNothingStale(@TempDir Path directory) throws Exception {
        // A heap far smaller than what is written while the leader is frozen: hoarding for it would end in death.
        try (CellProcesses cell = new CellProcesses(directory, "-Xmx160m", "-XX:+ExitOnOutOfMemoryError")) {
            cell.startAll();
            int frozen = cell.awaitLeader(0);
            cell.awaitAllCaughtUp();
            RetryingClient client = new RetryingClient(cell, frozen % CellProcesses.REPLICAS + 1, () -> {});
            String path = "/v1/files/ls/local/value";
            assertEquals(201, client.ask("PUT", path, null, content(0)).status());

            cell.signal(frozen, "STOP");
            long stoppedNanos = System.nanoTime();
            List<CompletableFuture<HttpResponse<String>>> askedWhileFrozen = new ArrayList<>();
            HttpClient http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            for (int i = 0; i < 8; i++) {
                askedWhileFrozen.add(http.sendAsync(
                        HttpRequest.newBuilder(cell.uri(frozen, path)).build(), HttpResponse.BodyHandlers.ofString()));
            }
            int written = 0;
            long bytes = 0;
            while (System.nanoTime() - stoppedNanos < FROZEN.toNanos()) {
                written++;
                assertEquals(
                        200, client.ask("PUT", path, null, content(written)).status());
                bytes += CONTENT_BYTES;
            }
            int other = cell.awaitLeader(frozen);
            assertNotEquals(frozen, other);
            cell.signal(frozen, "CONT");
            for (CompletableFuture<HttpResponse<String>> each : askedWhileFrozen) {
                HttpResponse<String> answer = each.get(20, TimeUnit.SECONDS);
                assertEquals(200, answer.statusCode(), answer.body());
                assertEquals(written, number(answer.body()), "the old leader answered with something stale");
            }
            cell.awaitAllCaughtUp();
            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                assertTrue(cell.process(id).isAlive(), "replica " + id + " is alive");
            }
            LOG.log(Level.INFO, "frozen for 10 s: {0} writes, {1} MB went on without it", written, bytes / 1_000_000);
        }
    }

    private static byte[] content(int number) {
        StringBuilder text = new StringBuilder(CONTENT_BYTES).append(number).append(' ');
        while (text.length() < CONTENT_BYTES) {
            text.append("0123456789");
        }
        return text.substring(0, CONTENT_BYTES).getBytes(StandardCharsets.UTF_8);
    }

    private static int number(String content) {
        return Integer.parseInt(content.substring(0, content.indexOf(' ')));
    }
}
