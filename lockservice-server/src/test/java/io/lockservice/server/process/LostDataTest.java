package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica loses its disk, another one's is damaged: each comes back by itself, and then the cell can do without a third. */
final class LostDataTest {
    private static final Duration WITHIN = Duration.ofSeconds(30);
    /** Behind the header of a segment, within its first batch. */
    private static final int FIRST_BATCH = 4096 + 30;

    @Test
    void eachComesBackByItself(@TempDir Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.startAll();
            int leader = cell.awaitLeader(0);
            cell.awaitAllCaughtUp();
            Map<Integer, String> first = incarnations(cell.awaitCell(each -> true, WITHIN));
            Workload workload = new Workload(cell);
            workload.start();
            workload.awaitMore(200);
            int wiped = leader % 3 + 1;
            cell.kill(wiped);
            delete(cell.data(wiped));
            cell.start(wiped);
            awaitAnew(cell, wiped, first);
            workload.awaitMore(200);
            int damaged = wiped % 3 + 1;
            cell.kill(damaged);
            flip(cell.data(damaged).resolve("journal/segment-0000000000000001.journal"), FIRST_BATCH);
            cell.start(damaged);
            awaitAnew(cell, damaged, first);
            assertTrue(
                    cell.log(damaged).contains("data that could not be trusted any more are kept"), cell.log(damaged));
            assertTrue(Files.exists(cell.data(damaged).resolve("set-aside-1/distrusted")));
            int third = damaged % 3 + 1;
            cell.kill(third);
            delete(cell.data(third));
            workload.awaitMore(200);
            workload.finish();
        }
    }

    /** Until a replica has its vote with other data than at first, and the cell can do without any one. */
    private static void awaitAnew(CellProcesses cell, int id, Map<Integer, String> first) throws InterruptedException {
        cell.awaitCell(
                each -> each.get("faultTolerance").asInt(-1) == 1
                        && !first.getOrDefault(id, "").equals(incarnations(each).get(id)),
                WITHIN);
    }

    private static Map<Integer, String> incarnations(JsonNode cell) {
        Map<Integer, String> incarnations = new TreeMap<>();
        for (JsonNode replica : cell.get("replicas")) {
            incarnations.put(
                    replica.get("id").asInt(), replica.get("incarnation").asText());
        }
        return incarnations;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1)).rewind();
            channel.write(one, offset);
        }
    }
}
