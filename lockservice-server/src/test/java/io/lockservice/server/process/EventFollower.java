package io.lockservice.server.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows all events of a cell, as a browser does: where the stream ends it goes on behind the last event it has seen, at
 * the next replica.
 */
final class EventFollower implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CellProcesses cell;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<JsonNode> events = new ArrayList<>();
    private final Thread thread = new Thread(this::follow, "events");
    private final int first;
    private int streams;
    private @Nullable Throwable failure;
    private volatile boolean stopping;

    /** Begins with that replica. */
    EventFollower(CellProcesses cell, int first) {
        this.cell = cell;
        this.first = first;
        thread.setDaemon(true);
        thread.start();
    }

    private void follow() {
        String last = "";
        try {
            while (!stopping) {
                int replica = (first + streams() - 1) % CellProcesses.REPLICAS + 1;
                last = stream(replica, last);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error broken) {
            fail(broken);
        }
    }

    private synchronized void fail(Throwable broken) {
        failure = broken;
        notifyAll();
    }

    /** Reads one stream until it ends; returns the id of the last event. */
    private String stream(int replica, String after) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        cell.uri(replica, "/v1/events?name=/ls/local&recursive=true&since=0"))
                .header("Accept", "text/event-stream");
        if (!after.isEmpty()) {
            request.header("Last-Event-ID", after);
        }
        String last = after;
        try {
            HttpResponse<Stream<String>> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            if (answer.statusCode() != 200) {
                throw new AssertionError("status " + answer.statusCode());
            }
            Iterator<String> lines = answer.body().iterator();
            String id = "";
            while (!stopping && lines.hasNext()) {
                String line = lines.next();
                if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("data: ") && !id.isEmpty()) {
                    last = id;
                    seen(id, JSON.readTree(line.substring("data: ".length())));
                }
            }
        } catch (IOException | java.io.UncheckedIOException gone) {
            Thread.sleep(20);
        }
        synchronized (this) {
            streams++;
        }
        return last;
    }

    private synchronized void seen(String id, JsonNode event) {
        if (!id.equals(event.get("revision").asLong() + "-" + event.get("index").asInt())) {
            throw new AssertionError("an event with another id: " + id + " " + event);
        }
        events.add(event);
        notifyAll();
    }

    /** How many streams have ended. */
    synchronized int streams() {
        return streams;
    }

    /** The events up to {@code revision}, once they are there. */
    synchronized List<JsonNode> awaitThrough(long revision) throws InterruptedException {
        long endNanos = System.nanoTime() + 60_000_000_000L;
        while (failure == null
                && (events.isEmpty()
                        || events.get(events.size() - 1).get("revision").asLong() < revision)) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("revision " + revision + " does not come; the last is "
                        + (events.isEmpty() ? "none" : events.get(events.size() - 1)));
            }
            wait(100);
        }
        if (failure != null) {
            throw new AssertionError(failure);
        }
        return events.stream()
                .filter(each -> each.get("revision").asLong() <= revision)
                .toList();
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
    }
}
