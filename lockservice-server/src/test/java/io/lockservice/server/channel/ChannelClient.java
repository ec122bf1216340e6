package io.lockservice.server.channel;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client of a channel that reads only while somebody waits for something. One thread. */
public final class ChannelClient implements AutoCloseable {
    private static final int GIVE_BACK_BYTES = 16_384;
    private static final int PIECE_BYTES = 20_000;

    private final WebSocketWire wire;
    private final JsonObject hello;
    private final Map<Long, Reply> replies = new HashMap<>();
    private final Map<Long, Reply> begun = new HashMap<>();
    private final Set<Long> keepAlives = new HashSet<>();
    /** Tests that write messages by hand use smaller ones. */
    private long lastId = 1_000;

    private boolean givesBack = true;
    private long notGivenBack;
    private long credited;
    private long received;
    private @Nullable JsonObject problem;
    private int closeCode;

    /** What came back for a request. */
    public record Reply(int status, JsonObject headers, Buffer body) {
        public String text() {
            return body.toString(StandardCharsets.UTF_8);
        }

        public JsonObject json() {
            return new JsonObject(text());
        }

        /** The status, and for a problem its code and the field it names. */
        public String outcome() {
            if (status < 400) {
                return Integer.toString(status);
            }
            return (status + " " + json().getString("code") + " " + json().getString("field", "")).strip();
        }
    }

    /** Opens a channel at {@code url}, as {@code http://host:port}. */
    public ChannelClient(String url) {
        try {
            wire = new WebSocketWire(url);
            wire.open();
            hello = new JsonObject(wire.read().text()).getJsonObject("hello");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public JsonObject hello() {
        return hello;
    }

    /** From now on replies are not given back. */
    public void keepWindow() {
        givesBack = false;
    }

    /** Gives back all that came so far, and again whatever comes. */
    public void giveBack() {
        givesBack = true;
        giveBack(notGivenBack);
    }

    private void giveBack(long bytes) {
        if (bytes > 0) {
            notGivenBack -= bytes;
            text("{\"credit\":" + bytes + "}");
        }
    }

    /** Bytes of replies that came and were not given back. */
    public long notGivenBack() {
        return notGivenBack;
    }

    /** Bytes that the replica has given back so far. */
    public long credited() {
        return credited;
    }

    /** Messages that came so far, the first excepted. */
    public long received() {
        return received;
    }

    // Saying

    /** Sends a message as it is. */
    public void text(String message) {
        try {
            wire.send(WebSocketWire.TEXT, true, message.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public WebSocketWire wire() {
        return wire;
    }

    /** Sends a request and returns its id. */
    public long begin(String method, String path, @Nullable String body, String... headers) {
        JsonObject message = request(method, path, headers);
        String text = message.encode();
        text(body == null ? text : text.substring(0, text.length() - 1) + ",\"body\":" + body + "}");
        return message.getLong("id");
    }

    private JsonObject request(String method, String path, String... headers) {
        lastId++;
        if (path.endsWith("/keepalive")) {
            keepAlives.add(lastId);
        }
        JsonObject message =
                new JsonObject().put("id", lastId).put("method", method).put("path", path);
        JsonObject named = new JsonObject();
        for (String header : headers) {
            int colon = header.indexOf(": ");
            named.put(header.substring(0, colon), header.substring(colon + 2));
        }
        return named.isEmpty() ? message : message.put("headers", named);
    }

    /** Sends a request with bytes, in pieces where they are many. */
    public long beginBytes(String method, String path, byte[] body, String... headers) {
        JsonObject message = request(method, path, headers);
        long id = message.getLong("id");
        for (int from = 0; from < Math.max(1, body.length); from += PIECE_BYTES) {
            byte[] piece = Arrays.copyOfRange(body, from, Math.min(body.length, from + PIECE_BYTES));
            message.put("base64", Base64.getEncoder().encodeToString(piece));
            if (from + PIECE_BYTES < body.length) {
                message.put("more", true);
            }
            text(message.encode());
            message = new JsonObject().put("id", id);
        }
        return id;
    }

    public Reply send(String method, String path, @Nullable String body, String... headers) {
        return reply(begin(method, path, body, headers));
    }

    public Reply get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    public long beginKeepAlive(String session) {
        return begin("POST", "/v1/sessions/" + session + "/keepalive", "{}");
    }

    /** Keeps the session alive; fails where that is not answered with success. */
    public void keepAlive(String session) {
        Reply kept = reply(beginKeepAlive(session));
        if (kept.status() != 200) {
            throw new AssertionError(kept.text());
        }
    }

    // Listening

    /** The reply to a request; waits for it. */
    public Reply reply(long id) {
        while (!replies.containsKey(id)) {
            if (!receive()) {
                throw new AssertionError("closed with " + closeCode + ", problem " + problem + ", no reply to " + id);
            }
        }
        return replies.remove(id);
    }

    /** Whether the reply has been received. */
    public boolean has(long id) {
        return replies.containsKey(id);
    }

    /** Waits for the replica to close the channel, and says with what code. */
    public int closeCode() {
        while (receive()) {
            // Until the end.
        }
        return closeCode;
    }

    /** What the replica said of the channel before it closed it. */
    public JsonObject problem() {
        if (problem == null) {
            throw new AssertionError("the replica did not say what is wrong");
        }
        return problem;
    }

    /** Takes in one message; false when the channel is closed. */
    public boolean receive() {
        try {
            WebSocketWire.Frame frame = wire.read();
            switch (frame.opcode()) {
                case WebSocketWire.CLOSE -> {
                    closeCode = frame.closeCode();
                    wire.send(WebSocketWire.CLOSE, true, frame.payload().getBytes());
                    return false;
                }
                case WebSocketWire.PING ->
                    wire.send(WebSocketWire.PONG, true, frame.payload().getBytes());
                case WebSocketWire.TEXT -> take(frame);
                default -> {}
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(WebSocketWire.Frame frame) {
        if (frame.payload().length() > 32 << 10) {
            throw new AssertionError("a message of " + frame.payload().length() + " bytes");
        }
        received++;
        JsonObject message = new JsonObject(frame.text());
        if (message.containsKey("credit")) {
            credited += message.getLong("credit");
        } else if (message.containsKey("problem")) {
            problem = message.getJsonObject("problem");
        } else {
            reply(message, frame);
        }
    }

    private void reply(JsonObject message, WebSocketWire.Frame frame) {
        long id = message.getLong("id");
        if (!keepAlives.contains(id)) {
            notGivenBack += frame.payload().length();
            if (notGivenBack > hello.getLong("windowBytes")) {
                throw new AssertionError("more than the window: " + notGivenBack);
            }
            if (givesBack && notGivenBack >= GIVE_BACK_BYTES) {
                giveBack(notGivenBack);
            }
        }
        Buffer body = body(message, frame);
        Reply before = begun.remove(id);
        Reply now = before == null
                ? new Reply(message.getInteger("status"), message.getJsonObject("headers"), body)
                : new Reply(
                        before.status(), before.headers(), before.body().copy().appendBuffer(body));
        (message.getBoolean("more", false) ? begun : replies).put(id, now);
    }

    /** The bytes as they came, and not as a library would write them. */
    private static Buffer body(JsonObject message, WebSocketWire.Frame frame) {
        if (message.containsKey("base64")) {
            return Buffer.buffer(Base64.getDecoder().decode(message.getString("base64")));
        }
        String text = frame.text();
        int at = text.indexOf(",\"body\":");
        return Buffer.buffer(at < 0 ? "" : text.substring(at + ",\"body\":".length(), text.length() - 1));
    }

    /** The replies to all of these; waits for them. */
    public List<Reply> replies(List<Long> ids) {
        List<Reply> all = new ArrayList<>();
        ids.forEach(id -> all.add(reply(id)));
        return all;
    }

    @Override
    public void close() {
        try {
            wire.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
