package io.lockservice.client.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the cell says of itself, asked until it is as wanted. */
final class CellLook {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int NEAR_SLOTS = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReplicaProcesses cell;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofMillis(500)).build();

    CellLook(ReplicaProcesses cell) {
        this.cell = cell;
    }

    /** Who leads. */
    int leader() throws InterruptedException {
        return await(state -> state.path("leader").asInt() != 0).path("leader").asInt();
    }

    /** Until every replica is ready, and has all of the log. */
    void awaitWhole() throws InterruptedException {
        for (int replica : ReplicaProcesses.ALL) {
            long endNanos = System.nanoTime() + PATIENCE_NANOS;
            while (get(cell.uri(replica, "/health/ready")) == null) {
                if (System.nanoTime() - endNanos > 0) {
                    throw new AssertionError("replica " + replica + " does not become ready");
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        await(CellLook::isWhole);
    }

    private static boolean isWhole(JsonNode state) {
        int good = 0;
        for (JsonNode replica : state.path("replicas")) {
            long lag = replica.path("lagSlots").asLong(-1);
            good += replica.path("reachable").asBoolean() && lag >= 0 && lag <= NEAR_SLOTS ? 1 : 0;
        }
        return good == ReplicaProcesses.ALL.size();
    }

    private JsonNode await(Predicate<JsonNode> wanted) throws InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        JsonNode last = null;
        for (int turn = 0; System.nanoTime() - endNanos < 0; turn++) {
            JsonNode state = get(cell.uri(1 + turn % ReplicaProcesses.ALL.size(), "/v1/cell"));
            if (state != null && wanted.test(state)) {
                return state;
            }
            last = state == null ? last : state;
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new AssertionError("the cell is not as wanted; last seen: " + last);
    }

    private @Nullable JsonNode get(URI uri) throws InterruptedException {
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(uri)
                            .header("Lockservice-Timeout-Ms", "300")
                            .timeout(Duration.ofSeconds(1))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : null;
        } catch (IOException noAnswer) {
            return null;
        }
    }
}
