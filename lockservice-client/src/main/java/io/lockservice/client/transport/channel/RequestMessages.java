package io.lockservice.client.transport.channel;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.lockservice.client.transport.Call;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A call as messages, one or several. JSON goes as it is, as long as it fits into one message; everything else goes as
 * Base64, in pieces where it is long. Files go as bytes even if they are JSON: they are to be stored as they are.
 */
final class RequestMessages {
    private static final int MAX_HEAD_BYTES = 7 * 1024;
    private static final int MAX_JSON_BYTES = 24 * 1024;
    // A multiple of three: no padding in the middle. With its head it fits into a message as Base64.
    private static final int PIECE_BYTES = 15 * 1024;
    private static final String FILES = "/v1/files/";
    private static final Pattern KEEP_ALIVE = Pattern.compile("/v1/sessions/[!-.0-~]*/keepalive");
    private static final JsonStringEncoder QUOTES = JsonStringEncoder.getInstance();

    private final String head;
    private final Buffer body;
    private final boolean isJson;
    private final boolean isKeepAlive;
    private int from;
    private boolean begun;
    private @Nullable Message next;

    /**
     * A message.
     *
     * @param bytes its length in UTF-8
     */
    record Message(String text, int bytes) {}

    private RequestMessages(String head, Buffer body, boolean isJson, boolean isKeepAlive) {
        this.head = head;
        this.body = body;
        this.isJson = isJson;
        this.isKeepAlive = isKeepAlive;
    }

    /** The messages of a call; null where it is none for a channel of this {@code authorization}. */
    static @Nullable RequestMessages of(Call call, @Nullable String authorization) {
        Buffer body = call.body() == null ? Buffer.buffer() : call.body();
        boolean isJson = !call.path().startsWith(FILES)
                && body.length() <= MAX_JSON_BYTES
                && isJson(header(call, "Content-Type"))
                && JsonText.canBeSpliced(body);
        String head = head(call, isJson);
        boolean fits = Utf8.length(head) <= MAX_HEAD_BYTES;
        boolean sameCaller = Objects.equals(header(call, "Authorization"), authorization);
        boolean isKeepAlive = call.method().equals(HttpMethod.POST)
                && body.length() <= PIECE_BYTES
                && KEEP_ALIVE.matcher(call.path()).matches();
        return fits && sameCaller ? new RequestMessages(head, body, isJson, isKeepAlive) : null;
    }

    /** Whether it does not count for the window, nor as one of the requests that may be under way. */
    boolean isKeepAlive() {
        return isKeepAlive;
    }

    /** The next message; there is one at first. */
    Message next(long id) {
        if (next == null) {
            next = message(id);
        }
        return next;
    }

    /** The next message was written. */
    void written() {
        next = null;
        begun = true;
        from = isJson ? body.length() : Math.min(body.length(), from + PIECE_BYTES);
    }

    /** Whether one was written. */
    boolean isBegun() {
        return begun;
    }

    /** Whether all were written. */
    boolean isComplete() {
        return begun && from == body.length();
    }

    private Message message(long id) {
        StringBuilder text = new StringBuilder(head.length() + 64 + Math.min(body.length(), PIECE_BYTES) * 2);
        text.append("{\"id\":").append(id);
        if (!begun) {
            text.append(head);
        }
        if (isJson) {
            text.append(",\"body\":").append(body.toString());
        } else if (body.length() > 0) {
            int to = Math.min(body.length(), from + PIECE_BYTES);
            text.append(",\"base64\":\"")
                    .append(Base64.getEncoder().encodeToString(body.getBytes(from, to)))
                    .append('"');
            if (to < body.length()) {
                text.append(",\"more\":true");
            }
        }
        String whole = text.append('}').toString();
        return new Message(whole, Utf8.length(whole));
    }

    private static String head(Call call, boolean isJson) {
        StringBuilder text = new StringBuilder(256);
        text.append(",\"method\":\"").append(call.method().name()).append("\",\"path\":");
        quote(call.path(), text);
        String before = ",\"headers\":{";
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            // The channel has its own authorization, and a JSON body says what it is.
            if (!isNamed(header, "Authorization") && !(isJson && isNamed(header, "Content-Type"))) {
                text.append(before);
                quote(header.getKey(), text);
                text.append(':');
                quote(header.getValue(), text);
                before = ",";
            }
        }
        return before.equals(",") ? text.append('}').toString() : text.toString();
    }

    private static void quote(String value, StringBuilder to) {
        to.append('"');
        QUOTES.quoteAsString(value, to);
        to.append('"');
    }

    private static boolean isJson(@Nullable String contentType) {
        return contentType != null && contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }

    private static @Nullable String header(Call call, String name) {
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            if (isNamed(header, name)) {
                return header.getValue();
            }
        }
        return null;
    }

    private static boolean isNamed(Map.Entry<String, String> header, String name) {
        return header.getKey().equalsIgnoreCase(name);
    }
}
