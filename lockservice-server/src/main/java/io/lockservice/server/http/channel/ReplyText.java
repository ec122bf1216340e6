package io.lockservice.server.http.channel;

import io.lockservice.server.http.exchange.Carrier;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes a reply into one message, or into several where one is too small for it. */
final class ReplyText {
    private static final int MAX = ChannelSettings.MAX_MESSAGE_BYTES;

    /** Of a body that goes out in pieces; as Base64 and with what stands around it still less than a message may have. */
    private static final int PIECE_BYTES = 18_000;

    private static final int AROUND_BYTES = 64;
    private static final String BODY = ",\"body\":";
    private static final String BASE64 = ",\"base64\":\"";
    private static final String TYPE = "Content-Type";

    private ReplyText() {}

    /**
     * Writes a reply.
     *
     * @param headers names and values in turn
     * @param each gets its messages in their order
     */
    static void write(long id, int status, List<String> headers, Carrier.@Nullable Body body, Consumer<ByteBuf> each) {
        int headerBytes = headers.stream().mapToInt(text -> text.length() + 4).sum();
        if (body == null) {
            each.accept(head(id, status, headers, null, AROUND_BYTES + headerBytes)
                    .plain("}")
                    .whole());
            return;
        }
        Buffer bytes = body.bytes();
        boolean json = body.type().startsWith("application/") && body.type().endsWith("json");
        if (json && bytes.length() + headerBytes + AROUND_BYTES <= MAX) {
            MessageText text = head(id, status, headers, null, AROUND_BYTES + headerBytes + bytes.length())
                    .plain(BODY);
            if (text.length() + bytes.length() < MAX) {
                each.accept(text.json(bytes).plain("}").whole());
                return;
            }
        }
        inBase64(head(id, status, headers, body.type(), MAX), id, bytes, each);
    }

    private static MessageText head(long id, int status, List<String> headers, @Nullable String type, int capacity) {
        MessageText text = new MessageText(capacity)
                .plain("{\"id\":")
                .number(id)
                .plain(",\"status\":")
                .number(status)
                .plain(",\"headers\":{");
        for (int i = 0; i < headers.size(); i += 2) {
            text.plain(i == 0 ? "" : ",").quoted(headers.get(i)).plain(":").quoted(headers.get(i + 1));
        }
        if (type != null) {
            text.plain(headers.isEmpty() ? "" : ",").quoted(TYPE).plain(":").quoted(type);
        }
        return text.plain("}");
    }

    private static void inBase64(MessageText first, long id, Buffer bytes, Consumer<ByteBuf> each) {
        MessageText text = first;
        int from = 0;
        do {
            int to = Math.min(bytes.length(), from + PIECE_BYTES);
            text.plain(BASE64)
                    .plain(Base64.getEncoder().encode(bytes.getBytes(from, to)))
                    .plain(to < bytes.length() ? "\",\"more\":true}" : "\"}");
            each.accept(text.whole());
            from = to;
            if (from < bytes.length()) {
                text = new MessageText(MAX).plain("{\"id\":").number(id);
            }
        } while (from < bytes.length());
    }
}
