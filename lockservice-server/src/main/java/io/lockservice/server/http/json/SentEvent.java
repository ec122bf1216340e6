package io.lockservice.server.http.json;

import io.lockservice.api.Problem;
import io.vertx.core.buffer.Buffer;

/** What stands in a stream of server-sent events (WHATWG HTML, section 9.2), their data as JSON. */
public final class SentEvent {
    /** The type of such a stream. */
    public static final String STREAM_TYPE = "text/event-stream";

    /** So often something is sent, in milliseconds, though there is nothing to tell. */
    public static final long AWAKE_EVERY_MS = 15_000;

    private SentEvent() {}

    /** A comment, which says that the stream is alive. */
    public static Buffer awake() {
        return Buffer.buffer(": awake\n\n");
    }

    /** Appends an event; a client that loses the stream goes on behind {@code id}. */
    public static void append(Buffer text, String id, String type, JsonText.Writing data) {
        append(text, "id: " + id + "\nevent: " + type, data);
    }

    private static void append(Buffer text, String fields, JsonText.Writing data) {
        text.appendString(fields + "\ndata: ")
                .appendBuffer(JsonText.object(data))
                .appendString("\n\n");
    }

    /** Why the stream ends. */
    public static Buffer problem(Problem problem) {
        Buffer text = Buffer.buffer();
        append(text, "event: problem", json -> ProblemJson.fields(json, problem));
        return text;
    }
}
