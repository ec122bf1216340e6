package io.lockservice.server.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockservice.server.process.CellProcesses;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waiting until a cell is whole, and looking whether a replica holds what the others hold. */
final class Whole {
    private static final Duration WITHIN = Duration.ofMinutes(3);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    private Whole() {}

    /** Until every replica has its vote, is reachable and has nearly all of the log. */
    static void await(CellProcesses cell) throws InterruptedException {
        cell.awaitCell(CellProcesses::allCaughtUp, WITHIN);
    }

    /** Whether {@code replica} is ready, and the cell counts on its vote and finds that it has nearly all of the log. */
    static boolean hasVote(CellProcesses cell, int replica) throws InterruptedException {
        HttpResponse<byte[]> ready = get(cell, replica, "/health/ready");
        JsonNode seen = ready == null || ready.statusCode() != 200 ? null : cell.cell(replica);
        if (seen == null) {
            return false;
        }
        for (JsonNode each : seen.get("replicas")) {
            if (each.get("id").asInt() == replica) {
                String role = each.get("role").asText();
                return role.equals("leader")
                        || (role.equals("follower")
                                && each.get("reachable").asBoolean()
                                && each.get("lagSlots").asLong() < 50);
            }
        }
        return false;
    }

    /** Until {@code replica} counts as many nodes, sessions and locks as the cell, at the same revision. */
    static void awaitSameCounts(CellProcesses cell, int replica) throws Exception {
        long endNanos = System.nanoTime() + WITHIN.toNanos();
        String own = "";
        String agreed = "nothing";
        while (!own.equals(agreed)) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("replica " + replica + " has " + own + " and the cell " + agreed);
            }
            own = counts(get(cell, replica, "/v1/cell?consistency=stale"), "no answer of its own");
            agreed = counts(get(cell, replica, "/v1/cell"), "no answer of the cell");
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static String counts(@Nullable HttpResponse<byte[]> answer, String none) throws IOException {
        if (answer == null || answer.statusCode() != 200) {
            return none;
        }
        JsonNode seen = JSON.readTree(answer.body());
        StringBuilder counts = new StringBuilder();
        for (String key : List.of("revision", "epoch", "nodes", "sessions", "locks")) {
            counts.append(key).append(' ').append(seen.get(key)).append(' ');
        }
        return counts.toString();
    }

    /** Until {@code replica}, asked for its own state, has of every file what the cell has; while nobody writes. */
    static void awaitSameFiles(CellProcesses cell, int replica, List<FileLedger> files) throws Exception {
        for (FileLedger file : files) {
            long endNanos = System.nanoTime() + WITHIN.toNanos();
            while (!holdsTheSame(cell, replica, file)) {
                if (System.nanoTime() - endNanos > 0) {
                    throw new AssertionError("replica " + replica + " does not come to hold what the cell holds of "
                            + file.name() + ": " + file);
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private static boolean holdsTheSame(CellProcesses cell, int replica, FileLedger file) throws Exception {
        HttpResponse<byte[]> own = stale(cell, replica, file);
        HttpResponse<byte[]> agreed = get(cell, replica, LedgerLoad.path(file));
        if (own == null || agreed == null || own.statusCode() != agreed.statusCode()) {
            return false;
        }
        return agreed.statusCode() == 404
                || (agreed.statusCode() == 200
                        && Arrays.equals(own.body(), agreed.body())
                        && own.headers()
                                .firstValue("ETag")
                                .equals(agreed.headers().firstValue("ETag")));
    }

    /** What {@code replica} itself has of {@code file}, null where it does not answer. */
    static @Nullable HttpResponse<byte[]> stale(CellProcesses cell, int replica, FileLedger file)
            throws InterruptedException {
        return get(cell, replica, LedgerLoad.path(file) + "?consistency=stale");
    }

    /** What {@code replica} answers, null where it does not. */
    static @Nullable HttpResponse<byte[]> get(CellProcesses cell, int replica, String path)
            throws InterruptedException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(cell.uri(replica, path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException noAnswer) {
            return null;
        }
    }
}
