package io.lockservice.client.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A replica's answer.
 *
 * @param status the HTTP status
 * @param headers found whatever the case of their names
 * @param body empty where there was none
 */
public record Response(int status, MultiMap headers, Buffer body) {
    private static final int FIRST_REFUSAL = 400;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whether the status is below 400. */
    public boolean succeeded() {
        return status < FIRST_REFUSAL;
    }

    /** A header that is a whole number; {@code otherwise} where it is missing or something else. */
    public long number(String header, long otherwise) {
        String text = headers.get(header);
        try {
            return text == null ? otherwise : Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** A header's text, null where it is missing. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    /** The body as JSON; a missing node, which has no fields, where it is empty or something else. */
    public JsonNode json() {
        if (body.length() == 0) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(body.getBytes());
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
