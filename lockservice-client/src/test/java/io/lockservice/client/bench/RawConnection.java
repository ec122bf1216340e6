package io.lockservice.client.bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive HTTP/1.1 connection with one request at a time, of which only the status of the answer is looked at. The
 * load generator shares the machine with the cell: what it does not do for itself the cell can do.
 */
final class RawConnection {
    /** Given instead of a status where the connection broke. */
    static final int BROKEN = 0;

    private static final byte[] CONTENT_LENGTH = {
        'c', 'o', 'n', 't', 'e', 'n', 't', '-', 'l', 'e', 'n', 'g', 't', 'h', ':'
    };
    private static final int STATUS_AT = 9;

    private final NetSocket socket;
    private byte[] pending = {};
    private @Nullable IntConsumer answer;

    private RawConnection(NetSocket socket) {
        this.socket = socket;
        socket.handler(this::received);
        socket.closeHandler(ignored -> answered(BROKEN));
        socket.exceptionHandler(ignored -> {});
    }

    static Future<RawConnection> open(NetClient client, String host, int port) {
        return client.connect(port, host).map(RawConnection::new);
    }

    /** Sends a whole request; {@code onStatus} is called once. */
    void send(byte[] request, IntConsumer onStatus) {
        answer = onStatus;
        socket.write(Buffer.buffer(request)).onFailure(ignored -> answered(BROKEN));
    }

    void close() {
        answer = null;
        socket.close().onComplete(ignored -> {});
    }

    private void received(Buffer chunk) {
        byte[] bytes = chunk.getBytes();
        if (pending.length > 0) {
            byte[] joined = new byte[pending.length + bytes.length];
            System.arraycopy(pending, 0, joined, 0, pending.length);
            System.arraycopy(bytes, 0, joined, pending.length, bytes.length);
            bytes = joined;
        }
        int headEnd = headEnd(bytes);
        if (headEnd < 0 || bytes.length < headEnd + contentLength(bytes, headEnd)) {
            pending = bytes;
            return;
        }
        pending = new byte[] {};
        answered(digits(bytes, STATUS_AT));
    }

    private void answered(int status) {
        IntConsumer waiting = answer;
        answer = null;
        if (waiting != null) {
            waiting.accept(status);
        }
    }

    /** Where the body begins, -1 where the head is not complete. */
    private static int headEnd(byte[] bytes) {
        for (int i = 3; i < bytes.length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static int contentLength(byte[] bytes, int headEnd) {
        for (int i = 1; i < headEnd - CONTENT_LENGTH.length; i++) {
            if (bytes[i - 1] == '\n' && isContentLength(bytes, i)) {
                return digits(bytes, i + CONTENT_LENGTH.length);
            }
        }
        return 0;
    }

    private static boolean isContentLength(byte[] bytes, int at) {
        for (int i = 0; i < CONTENT_LENGTH.length; i++) {
            if (Character.toLowerCase((char) bytes[at + i]) != CONTENT_LENGTH[i]) {
                return false;
            }
        }
        return true;
    }

    private static int digits(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] == ' ') {
            at++;
        }
        int value = 0;
        while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + bytes[at] - '0';
            at++;
        }
        return value;
    }
}
