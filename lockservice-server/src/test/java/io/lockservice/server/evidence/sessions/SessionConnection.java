package io.lockservice.server.evidence.sessions;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive HTTP/1.1 connection; requests may be sent before those before them are answered. It does next to nothing:
 * it shares the machine with the cell that is measured.
 *
 * <p>Threading: one event loop.
 */
final class SessionConnection {
    /** Gets an answer. */
    interface OnAnswer {
        /** Status and body. */
        void answered(int status, String body);
    }

    private static final String HEAD_END = "\r\n\r\n";
    private static final String CONTENT_LENGTH = "\r\ncontent-length:";
    private static final int STATUS_AT = 9;

    private final NetSocket socket;
    private final ArrayDeque<OnAnswer> waiting = new ArrayDeque<>();
    private String pending = "";
    private boolean closed;

    /** A connection; {@code onLost} is run where the other side closes it. */
    SessionConnection(NetSocket socket, Runnable onLost) {
        this.socket = socket;
        socket.handler(this::received);
        socket.exceptionHandler(broken -> {});
        socket.closeHandler(gone -> {
            if (!closed) {
                onLost.run();
            }
        });
    }

    /** A {@code POST} of a JSON object. */
    void post(String path, String json, OnAnswer onAnswer) {
        waiting.add(onAnswer);
        // An error closes the connection, which is told.
        socket.write("POST " + path + " HTTP/1.1\r\nHost: cell\r\nContent-Length: " + json.length() + HEAD_END + json)
                .onComplete(written -> {});
    }

    /** Closes it; what is not answered yet never is. */
    void close() {
        closed = true;
        waiting.clear();
        socket.close().onComplete(done -> {});
    }

    private void received(Buffer chunk) {
        pending += chunk.toString(StandardCharsets.ISO_8859_1);
        int head = pending.indexOf(HEAD_END);
        while (head >= 0) {
            int body = head + HEAD_END.length();
            int end = body + contentLength(pending.substring(0, body));
            if (pending.length() < end) {
                return;
            }
            int status = Integer.parseInt(pending.substring(STATUS_AT, STATUS_AT + 3));
            String text = pending.substring(body, end);
            pending = pending.substring(end);
            @Nullable OnAnswer next = waiting.poll();
            if (next != null) {
                next.answered(status, text);
            }
            head = pending.indexOf(HEAD_END);
        }
    }

    private static int contentLength(String head) {
        int at = head.toLowerCase(Locale.ROOT).indexOf(CONTENT_LENGTH);
        if (at < 0) {
            return 0;
        }
        int from = at + CONTENT_LENGTH.length();
        return Integer.parseInt(head.substring(from, head.indexOf('\r', from)).strip());
    }
}
