package io.lockservice.server.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a careful program does over plain HTTP: one idempotency key for each write, the same on every try, any replica
 * next when one does not answer. Used by one thread.
 */
final class RetryingClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration GIVE_UP = Duration.ofSeconds(30);

    private final CellProcesses cell;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofMillis(300)).build();
    private final Runnable onSuccess;
    private int replica;

    /** An answer. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        byte[] body() {
            return response.body();
        }

        JsonNode json() throws IOException {
            return JSON.readTree(body());
        }
    }

    RetryingClient(CellProcesses cell, int firstReplica, Runnable onSuccess) {
        this.cell = cell;
        this.replica = firstReplica;
        this.onSuccess = onSuccess;
    }

    /** Asks until there is an answer other than 503. */
    Answer ask(String method, String path, @Nullable String session, byte[] body) throws Exception {
        String key = UUID.randomUUID().toString();
        long endNanos = System.nanoTime() + GIVE_UP.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            HttpRequest.Builder request = HttpRequest.newBuilder(cell.uri(replica, path))
                    .timeout(Duration.ofSeconds(4))
                    .header("Lockservice-Timeout-Ms", "1000")
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
            if (!method.equals("GET")) {
                request.header("Idempotency-Key", key);
            }
            if (session != null) {
                request.header("Lockservice-Session", session);
            }
            try {
                HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                if (response.statusCode() != 503) {
                    onSuccess.run();
                    return new Answer(response);
                }
            } catch (IOException noAnswer) {
                // The next replica is asked, with the same key.
            }
            replica = replica % CellProcesses.REPLICAS + 1;
        }
        throw new AssertionError(method + " " + path + " had no answer for " + GIVE_UP);
    }
}
