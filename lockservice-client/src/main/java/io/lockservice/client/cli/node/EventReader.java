package io.lockservice.client.cli.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events, as the HTML standard says: an event counts once the empty line behind it has come. */
final class EventReader implements AutoCloseable {
    /** One event; the fields that it does not have are empty. */
    record Event(String id, String type, String data) {}

    private final BufferedReader lines;

    EventReader(InputStream in) {
        lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** The next event, waited for; null at the end of the stream. */
    @Nullable
    Event next() throws IOException {
        String id = "";
        String type = "";
        StringBuilder data = new StringBuilder();
        boolean any = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "id" -> id = value;
                case "event" -> type = value;
                case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
                default -> {
                    // A comment has an empty field name, and other fields mean nothing here.
                }
            }
            if (line.isEmpty() && any) {
                return new Event(id, type, data.toString());
            }
            any |= !line.isEmpty() && colon != 0;
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
