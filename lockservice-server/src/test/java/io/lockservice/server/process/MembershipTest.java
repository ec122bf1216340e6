package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cell grows and shrinks while it serves, and hands leadership over. */
final class MembershipTest {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void fromThreeToFiveAndBackWhileServing(
            @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.startAll();
            cell.awaitLeader(0);
            cell.awaitAllCaughtUp();
            Workload workload = new Workload(cell);
            workload.start();
            workload.awaitMore(200);
            for (int id : new int[] {4, 5}) {
                cell.join(id);
                assertEquals(202, add(cell, id));
                awaitRoles(cell, id);
                assertEquals(202, add(cell, id), "a repeat changes nothing");
            }
            workload.awaitMore(200);
            cell.kill(1);
            cell.kill(2);
            workload.awaitMore(200);
            cell.start(1);
            assertEquals(202, remove(cell, 1));
            assertTrue(cell.process(1).waitFor(30, TimeUnit.SECONDS), "a removed replica stops");
            assertTrue(cell.log(1).contains("this replica was removed from the cell"), cell.log(1));
            assertEquals(202, remove(cell, 2));
            awaitRoles(cell, 3);
            workload.awaitMore(200);
            int leader = cell.awaitLeader(0);
            int next = leader == 5 ? 4 : 5;
            assertEquals(202, send(cell, "POST", "/v1/cell/leader", "{\"replica\":" + next + "}"));
            cell.awaitCell(each -> each.get("leader").asInt() == next, WITHIN);
            workload.awaitMore(200);
            workload.finish();
        }
    }

    @Test
    void fromOneToThreeWhileServing(@TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.startAlone(3);
            cell.awaitLeader(0);
            Workload workload = new Workload(cell);
            workload.start();
            workload.awaitMore(100);
            for (int id : new int[] {1, 2}) {
                cell.join(id);
                assertEquals(202, add(cell, id));
            }
            awaitRoles(cell, 3);
            workload.awaitMore(100);
            cell.kill(3);
            cell.awaitLeader(3);
            workload.awaitMore(100);
            workload.finish();
        }
    }

    private int add(CellProcesses cell, int id) throws Exception {
        return send(
                cell,
                "POST",
                "/v1/cell/replicas",
                "{\"id\":" + id + ",\"host\":\"127.0.0.1\",\"bus\":" + cell.busPort(id) + ",\"http\":"
                        + cell.uri(id, "").getPort() + "}");
    }

    private int remove(CellProcesses cell, int id) throws Exception {
        return send(cell, "DELETE", "/v1/cell/replicas/" + id, "");
    }

    private int send(CellProcesses cell, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(cell.uri(3, path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(WITHIN)
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        // The change before is complete once a majority knows of it, a moment after it is seen.
        while (answer.body().contains("change-in-progress")) {
            answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        }
        assertEquals(202, answer.statusCode(), answer.body());
        return answer.statusCode();
    }

    /** Until so many replicas have a vote, and no other is there. */
    private static void awaitRoles(CellProcesses cell, int voters) throws InterruptedException {
        cell.awaitCell(
                each -> {
                    Map<String, Integer> roles = new TreeMap<>();
                    for (JsonNode replica : each.get("replicas")) {
                        roles.merge(replica.get("role").asText(), 1, Integer::sum);
                    }
                    return roles.equals(Map.of("leader", 1, "follower", voters - 1));
                },
                WITHIN);
    }
}
