package io.lockservice.server.bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** One kept-alive HTTP connection for each client. It does next to nothing: it shares the machine with the cell. */
final class HttpWay implements Way {
    private static final byte[] CONTENT_LENGTH = {'\n', 'c', 'o', 'n', 't', 'e', 'n', 't', '-', 'l', 'e', 'n'};
    private static final int STATUS_AT = 9;

    private final List<Connection> connections;

    private HttpWay(List<Connection> connections) {
        this.connections = connections;
    }

    static Future<Way> open(NetClient net, String host, int port, int clients) {
        List<Future<Connection>> opening = IntStream.range(0, clients)
                .mapToObj(i -> net.connect(port, host).map(Connection::new))
                .toList();
        return Future.all(new ArrayList<>(opening))
                .map(all -> new HttpWay(opening.stream().map(Future::result).toList()));
    }

    @Override
    public void send(int client, String method, String path, String session, IntConsumer answered) {
        String text = method + ' ' + path + " HTTP/1.1\r\nHost: cell\r\nLockservice-Session: " + session
                + "\r\nContent-Length: 0\r\n\r\n";
        connections.get(client).send(text, answered);
    }

    @Override
    public void close() {
        connections.forEach(Connection::close);
    }

    private static final class Connection {
        private final NetSocket socket;
        private Buffer pending = Buffer.buffer();
        private IntConsumer answered = status -> {};

        Connection(NetSocket socket) {
            this.socket = socket;
            socket.handler(this::received);
        }

        void send(String text, IntConsumer then) {
            answered = then;
            socket.write(text).onFailure(broken -> then.accept(0));
        }

        void close() {
            socket.close().onFailure(broken -> {});
        }

        private void received(Buffer bytes) {
            pending = pending.length() == 0 ? bytes : pending.copy().appendBuffer(bytes);
            byte[] text = pending.getBytes();
            int length = 0;
            for (int i = 3; i < text.length; i++) {
                if (text[i] == '\n' && text[i - 2] == '\n') {
                    if (text.length >= i + 1 + length) {
                        pending = Buffer.buffer();
                        answered.accept(number(text, STATUS_AT));
                    }
                    return;
                }
                if (text[i] == '\n' && isContentLength(text, i)) {
                    length = number(text, i + "\ncontent-length: ".length());
                }
            }
        }

        private static boolean isContentLength(byte[] text, int at) {
            boolean is = at + CONTENT_LENGTH.length < text.length;
            for (int i = 0; i < CONTENT_LENGTH.length && is; i++) {
                is = Character.toLowerCase(text[at + i]) == CONTENT_LENGTH[i];
            }
            return is;
        }

        private static int number(byte[] text, int from) {
            int number = 0;
            for (int at = from; at < text.length && Character.isDigit(text[at]); at++) {
                number = 10 * number + text[at] - '0';
            }
            return number;
        }
    }
}
