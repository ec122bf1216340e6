package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.server.metrics.Exposed;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator is paged for: how many more replicas may fail. The metric and the cell's own answer say the same. */
final class FaultToleranceTest {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void itFallsWithAKilledReplicaAndRisesWhenThatIsBack(@TempDir Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.startAll();
            cell.awaitAllCaughtUp();
            awaitLeader(cell, 1);
            int killed = cell.awaitLeader(0) % CellProcesses.REPLICAS + 1;
            awaitPage(
                    cell,
                    page -> page.value("lockservice_replica_leader") == 0
                            && Double.isNaN(page.value("lockservice_fault_tolerance")));

            cell.kill(killed);
            Exposed page = awaitLeader(cell, 0);
            assertEquals(0, page.value("lockservice_peer_reachable", "peer=\"" + killed + "\""));
            assertEquals(3, page.value("lockservice_cell_voters"), "it is still in the cell");
            cell.awaitCell(each -> each.get("faultTolerance").asInt() == 0, WITHIN);

            cell.start(killed);
            awaitLeader(cell, 1);
            cell.awaitCell(each -> each.get("faultTolerance").asInt() == 1, WITHIN);
        }
    }

    /** Waits until whoever leads tells that so many may fail. */
    private Exposed awaitLeader(CellProcesses cell, double tolerance) throws InterruptedException {
        return awaitPage(
                cell,
                page -> page.value("lockservice_replica_leader") == 1
                        && page.value("lockservice_fault_tolerance") == tolerance);
    }

    /** Waits for such a page of any replica. */
    private Exposed awaitPage(CellProcesses cell, Predicate<Exposed> wanted) throws InterruptedException {
        long endNanos = System.nanoTime() + WITHIN.toNanos();
        String last = "";
        for (int turn = 0; System.nanoTime() - endNanos < 0; turn++) {
            try {
                Exposed page = scrape(cell, 1 + turn % CellProcesses.REPLICAS);
                if (wanted.test(page)) {
                    return page;
                }
                last = page.text();
            } catch (IOException killed) {
                last = String.valueOf(killed);
            }
        }
        throw new AssertionError("no page is as wanted after " + WITHIN + "; last seen: " + last);
    }

    private Exposed scrape(CellProcesses cell, int id) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(cell.uri(id, "/metrics")).timeout(WITHIN).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        return new Exposed(answer.body());
    }
}
