package io.lockservice.server.evidence.sessions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** When each session was ended, as one replica's stream of events tells from now on. */
final class SessionEnds implements AutoCloseable {
    private static final String DATA = "data: ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpRequest request;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Long> nanos = new ConcurrentHashMap<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread thread = new Thread(this::follow, "events");
    private volatile @Nullable Throwable failure;
    private volatile boolean stopping;

    /** Follows the replica that answers there; returns once the stream has begun. */
    SessionEnds(URI replica) throws InterruptedException {
        request = HttpRequest.newBuilder(replica.resolve("/v1/events?name=/ls/local&recursive=true"))
                .header("Accept", "text/event-stream")
                .build();
        thread.setDaemon(true);
        thread.start();
        ready.await();
    }

    private void follow() {
        try {
            HttpResponse<Stream<String>> answer = http.send(request, HttpResponse.BodyHandlers.ofLines());
            if (answer.statusCode() != 200) {
                throw new IOException("status " + answer.statusCode() + " for the events");
            }
            answer.body().forEach(this::line);
            throw new IOException("the stream of events ended");
        } catch (IOException | InterruptedException | UncheckedIOException broken) {
            failure = stopping ? null : broken;
        } finally {
            ready.countDown();
        }
    }

    private void line(String line) {
        long now = System.nanoTime();
        if (!line.startsWith(DATA)) {
            return;
        }
        try {
            JsonNode event = JSON.readTree(line.substring(DATA.length()));
            if (event.path("type").asText().equals("session-expired")) {
                nanos.putIfAbsent(event.get("session").asText(), now);
            }
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
        ready.countDown();
    }

    /** When the end of {@code session} was seen, null where it was not. */
    @Nullable
    Long endNanos(String session) {
        return nanos.get(session);
    }

    /** How many were seen to end. */
    int count() {
        return nanos.size();
    }

    /** Fails where the stream has broken. */
    void check() throws IOException {
        Throwable broken = failure;
        if (broken != null) {
            throw new IOException("the events cannot be followed", broken);
        }
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
    }
}
