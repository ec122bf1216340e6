package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events from three processes that are killed, with checkpoints all the time. */
final class EventsTest {
    @Test
    void everyFollowerSeesTheSameWithoutAGapWhateverReplicaItAsks(@TempDir Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.configure("checkpoint: {slots: 100}");
            cell.startAll();
            cell.awaitLeader(0);
            cell.awaitAllCaughtUp();
            Workload workload = new Workload(cell);
            workload.start();
            try (EventFollower one = new EventFollower(cell, 1);
                    EventFollower two = new EventFollower(cell, 2);
                    EventFollower three = new EventFollower(cell, 3)) {
                workload.awaitMore(500);
                for (int round = 0; round < 2; round++) {
                    int leader = cell.awaitLeader(0);
                    cell.kill(leader);
                    workload.awaitMore(300);
                    cell.start(leader);
                    cell.awaitAllCaughtUp();
                    workload.awaitMore(300);
                }
                for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                    cell.kill(id);
                }
                cell.startAll();
                workload.awaitMore(300);
                workload.finish();
                long revision = new RetryingClient(cell, 1, () -> {})
                        .ask("PUT", "/v1/files/ls/local/end", null, new byte[0])
                        .json()
                        .get("modifiedRevision")
                        .asLong();
                List<JsonNode> seen = one.awaitThrough(revision);
                assertEquals(seen, two.awaitThrough(revision));
                assertEquals(seen, three.awaitThrough(revision));
                assertTrue(one.streams() + two.streams() + three.streams() >= 5, "streams broke and went on");
                inOrder(seen);
                assertEquals(revision, seen.get(seen.size() - 1).get("revision").asLong());
                assertEquals(workload.acknowledged(), writes(seen));
            }
        }
    }

    private static void inOrder(List<JsonNode> events) {
        long revision = 0;
        int index = 0;
        for (JsonNode event : events) {
            long next = event.get("revision").asLong();
            assertEquals(next == revision ? index + 1 : 1, event.get("index").asInt(), event.toString());
            assertTrue(next >= revision, event.toString());
            revision = next;
            index = event.get("index").asInt();
        }
    }

    /** How often each file was written, by its events. */
    private static Map<Integer, Long> writes(List<JsonNode> events) {
        Map<Integer, Long> writes = new TreeMap<>();
        for (JsonNode event : events) {
            String name = event.path("name").asText();
            String type = event.get("type").asText();
            if (name.contains("/file-") && (type.equals("node-created") || type.equals("content-changed"))) {
                writes.merge(Integer.parseInt(name.substring(name.lastIndexOf('-') + 1)), 1L, Long::sum);
            }
        }
        return writes;
    }
}
