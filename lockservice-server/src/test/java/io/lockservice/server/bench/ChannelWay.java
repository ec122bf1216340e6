package io.lockservice.server.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/** One channel for all clients, of whose replies only id and status are looked at. */
final class ChannelWay implements Way {
    private static final String HANDSHAKE = String.join(
            "\r\n",
            "GET /v1/channel HTTP/1.1",
            "Host: cell",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: lockservice.v1",
            "",
            "");
    private static final int GIVE_BACK_BYTES = 32 << 10;
    private static final int FINAL_TEXT = 0x81;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTES = 126;

    private final NetSocket socket;
    private final RecordParser parser;
    private final Map<Long, IntConsumer> waiting = new HashMap<>();
    private final Map<Long, Boolean> keepAlives = new HashMap<>();
    private Buffer out = Buffer.buffer();
    private boolean flushing;
    private long lastId;
    private int taken;
    private Step step = Step.HANDSHAKE;

    private enum Step {
        HANDSHAKE,
        HEAD,
        LENGTH,
        PAYLOAD
    }

    private ChannelWay(NetSocket socket) {
        this.socket = socket;
        this.parser = RecordParser.newDelimited("\r\n\r\n");
        parser.handler(this::received);
        socket.handler(parser);
        socket.write(HANDSHAKE).onFailure(broken -> {});
    }

    static Future<Way> open(NetClient net, String host, int port) {
        return net.connect(port, host).map(ChannelWay::new);
    }

    @Override
    public void send(int client, String method, String path, String session, IntConsumer answered) {
        long id = ++lastId;
        waiting.put(id, answered);
        boolean keepAlive = path.endsWith("/keepalive");
        keepAlives.put(id, keepAlive);
        say("{\"id\":" + id + ",\"method\":\"" + method + "\",\"path\":\"" + path
                + "\",\"headers\":{\"Lockservice-Session\":\"" + session + "\"}}");
    }

    /** What is said in one turn goes out with one write, as from any client that is worth its name. */
    private void say(String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        out.appendByte((byte) FINAL_TEXT);
        if (payload.length < TWO_BYTES) {
            out.appendByte((byte) (MASKED | payload.length));
        } else {
            out.appendByte((byte) (MASKED | TWO_BYTES)).appendShort((short) payload.length);
        }
        // A mask of zeros leaves the bytes as they are.
        out.appendInt(0).appendBytes(payload);
        if (!flushing) {
            flushing = true;
            Vertx.currentContext().runOnContext(turn -> {
                flushing = false;
                Buffer all = out;
                out = Buffer.buffer();
                socket.write(all).onFailure(broken -> {});
            });
        }
    }

    private void received(Buffer part) {
        switch (step) {
            case HANDSHAKE -> expect(Step.HEAD, 2);
            case HEAD -> {
                int length = part.getUnsignedByte(1);
                expect(length == TWO_BYTES ? Step.LENGTH : Step.PAYLOAD, length == TWO_BYTES ? 2 : Math.max(1, length));
            }
            case LENGTH -> expect(Step.PAYLOAD, part.getUnsignedShort(0));
            case PAYLOAD -> {
                expect(Step.HEAD, 2);
                message(part);
            }
        }
    }

    private void expect(Step next, int bytes) {
        step = next;
        parser.fixedSizeMode(bytes);
    }

    private void message(Buffer text) {
        String head = text.getString(0, Math.min(text.length(), 48));
        if (!head.startsWith("{\"id\":")) {
            return;
        }
        int comma = head.indexOf(',');
        long id = Long.parseLong(head, "{\"id\":".length(), comma, 10);
        int status = Integer.parseInt(head, comma + ",\"status\":".length(), comma + ",\"status\":200".length(), 10);
        if (Boolean.FALSE.equals(keepAlives.remove(id))) {
            taken += text.length();
            if (taken >= GIVE_BACK_BYTES) {
                say("{\"credit\":" + taken + "}");
                taken = 0;
            }
        }
        IntConsumer answered = waiting.remove(id);
        if (answered != null) {
            answered.accept(status);
        }
    }

    @Override
    public void close() {
        socket.close().onFailure(broken -> {});
    }
}
