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
public final class RetryingClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Two starts of all replicas on a busy machine take their time. */
    private static final Duration GIVE_UP = Duration.ofMinutes(2);

    private final CellProcesses cell;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofMillis(300)).build();
    private final Runnable onSuccess;
    private int replica;

    /** An answer. */
    public record Answer(HttpResponse<byte[]> response) {
        /** The status code. */
        public int status() {
            return response.statusCode();
        }

        /** The body as it came. */
        public byte[] body() {
            return response.body();
        }

        /** The body read as JSON. */
        public JsonNode json() throws IOException {
            return JSON.readTree(body());
        }
    }

    /** Asks {@code firstReplica} first; {@code onSuccess} is run at each answer. */
    public RetryingClient(CellProcesses cell, int firstReplica, Runnable onSuccess) {
        this.cell = cell;
        this.replica = firstReplica;
        this.onSuccess = onSuccess;
    }

    /** Asks until there is an answer other than 503. */
    public Answer ask(String method, String path, @Nullable String session, byte[] body) throws Exception {
        String key = UUID.randomUUID().toString();
        long endNanos = System.nanoTime() + GIVE_UP.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            Answer answer = tryOnce(method, path, session, body, method.equals("GET") ? null : key);
            if (answer != null) {
                return answer;
            }
        }
        throw new AssertionError(method + " " + path + " had no answer for " + GIVE_UP);
    }

    /**
     * Asks once; null where there was no answer, or 503, and what was asked for may have happened or may happen yet. The
     * next replica is asked next.
     */
    public @Nullable Answer tryOnce(
            String method, String path, @Nullable String session, byte[] body, @Nullable String key)
            throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(cell.uri(replica, path))
                .timeout(Duration.ofSeconds(4))
                .header("Lockservice-Timeout-Ms", "1000")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        if (key != null) {
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
            // The next replica is asked.
        }
        replica = replica % CellProcesses.REPLICAS + 1;
        return null;
    }
}
