package io.lockservice.server.evidence;

import io.lockservice.server.process.CellProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long nobody is answered while leadership is handed over: on request, and because the leader is told to stop. Four
 * clients, at a replica that does not lead before, write one after the other as fast as they can; a gap is
 * the longest time between two answers, of any of them. Prints a line of JSON for each way. Arguments: how often each (20).
 */
public final class HandOvers {
    private static final int CLIENTS = 4;
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final byte[] CONTENT = new byte[256];

    private final CellProcesses cell;
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean isDone;
    private long answeredNanos;
    private long gapNanos;
    private long answers;

    private HandOvers(CellProcesses cell) {
        this.cell = cell;
    }

    /** Measures. */
    public static void main(String... arguments) throws Exception {
        int times = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        Path directory = Files.createTempDirectory("hand-overs");
        try (CellProcesses cell = new CellProcesses(directory, "-XX:TieredStopAtLevel=4")) {
            new HandOvers(cell).run(times);
        }
    }

    private void run(int times) throws Exception {
        cell.startAll();
        cell.awaitLeader(0);
        Whole.await(cell);
        for (String way : List.of("POST /v1/cell/leader", "TERM")) {
            List<Long> gapsMs = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                gapsMs.add(handOver(way));
            }
            gapsMs.sort(null);
            System.out.printf(
                    "{\"step\":\"hand-over\",\"by\":\"%s\",\"times\":%d,\"gap_p50_ms\":%d,\"gap_max_ms\":%d,\"gaps_ms\":%s}%n",
                    way, times, gapsMs.get(times / 2), gapsMs.get(times - 1), gapsMs);
        }
    }

    /** From replica 1 to 2 or back; replica 3 is asked. */
    private long handOver(String way) throws Exception {
        int leader = cell.awaitLeader(0);
        if (leader == CellProcesses.REPLICAS) {
            transferTo(1);
            leader = 1;
        }
        int successor = CellProcesses.REPLICAS - leader;
        startClients();
        if (way.equals("TERM")) {
            cell.signal(leader, way);
            cell.process(leader).waitFor();
        } else {
            transferTo(successor);
        }
        LockSupport.parkNanos(SETTLE_NANOS);
        isDone = true;
        for (Thread each : clients) {
            each.join();
        }
        if (way.equals("TERM")) {
            cell.start(leader);
            Whole.await(cell);
        }
        return gapNanos / 1_000_000;
    }

    private void transferTo(int replica) throws IOException, InterruptedException {
        try (WireConnection connection = new WireConnection(cell.uri(CellProcesses.REPLICAS, ""))) {
            byte[] body = ("{\"replica\":" + replica + "}").getBytes(StandardCharsets.UTF_8);
            connection.exchange("POST", "/v1/cell/leader", body);
        }
        cell.awaitCell(seen -> seen.get("leader").asInt() == replica, WITHIN);
    }

    private void startClients() {
        clients.clear();
        isDone = false;
        answers = 0;
        gapNanos = 0;
        for (int client = 0; client < CLIENTS; client++) {
            String path = "/v1/files/ls/local/client" + client;
            Thread thread = new Thread(() -> writeOn(path));
            thread.start();
            clients.add(thread);
        }
        while (answers() < 500) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        synchronized (this) {
            gapNanos = 0;
        }
    }

    private synchronized long answers() {
        return answers;
    }

    private void writeOn(String path) {
        try (WireConnection connection = new WireConnection(cell.uri(CellProcesses.REPLICAS, ""))) {
            while (!isDone) {
                connection.exchange("PUT", path, CONTENT);
                answered();
            }
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private synchronized void answered() {
        long now = System.nanoTime();
        if (answers++ > 0) {
            gapNanos = Math.max(gapNanos, now - answeredNanos);
        }
        answeredNanos = now;
    }
}
