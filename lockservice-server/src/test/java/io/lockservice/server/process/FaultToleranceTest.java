package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.server.metrics.Exposed;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
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
            int leader = cell.awaitLeader(0);
            int follower = leader % CellProcesses.REPLICAS + 1;
            awaitTolerance(cell, leader, 1);
            assertEquals(Double.NaN, scrape(cell, follower).value("lockservice_fault_tolerance"));

            cell.kill(follower);
            awaitTolerance(cell, leader, 0);
            cell.awaitCell(each -> each.get("faultTolerance").asInt() == 0, WITHIN);
            Exposed page = scrape(cell, leader);
            assertEquals(0, page.value("lockservice_peer_reachable", "peer=\"" + follower + "\""));
            assertEquals(1, page.value("lockservice_replica_leader"), "two of three go on");
            assertEquals(3, page.value("lockservice_cell_voters"));

            cell.start(follower);
            awaitTolerance(cell, leader, 1);
        }
    }

    private void awaitTolerance(CellProcesses cell, int leader, double wanted) throws Exception {
        long endNanos = System.nanoTime() + WITHIN.toNanos();
        double last;
        do {
            last = scrape(cell, leader).value("lockservice_fault_tolerance");
        } while (last != wanted && System.nanoTime() - endNanos < 0);
        assertEquals(wanted, last);
    }

    private Exposed scrape(CellProcesses cell, int id) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(cell.uri(id, "/metrics")).timeout(WITHIN).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        return new Exposed(answer.body());
    }
}
