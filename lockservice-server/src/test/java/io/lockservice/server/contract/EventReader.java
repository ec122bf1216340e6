package io.lockservice.server.contract;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A stream of server-sent events, read line by line as it comes. */
public final class EventReader implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    /** One event as it stood in the stream. */
    public record Sent(String id, String type, JsonObject data) {
        public String name() {
            return data.getString("name");
        }
    }

    EventReader(HttpResponse<InputStream> response) {
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    public int status() {
        return response.statusCode();
    }

    public String contentType() {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    /** The next event; waits for it. */
    public Sent next() {
        String id = "";
        String type = "";
        StringBuilder data = new StringBuilder();
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty() && data.length() > 0) {
                    return new Sent(id, type, new JsonObject(data.toString()));
                } else if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("event: ")) {
                    type = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    data.append(line, "data: ".length(), line.length());
                }
            }
        } catch (IOException broken) {
            throw new AssertionError("the stream broke", broken);
        }
        throw new AssertionError("the stream ended");
    }

    /** The next {@code count} events. */
    public List<Sent> next(int count) {
        List<Sent> events = new ArrayList<>();
        while (events.size() < count) {
            events.add(next());
        }
        return events;
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException gone) {
            throw new AssertionError("the stream does not close", gone);
        }
    }
}
