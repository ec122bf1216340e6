package io.lockservice.server.channel;

import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The client's end of a WebSocket (RFC 6455) on which a test says exactly the frames it wants, and reads only when it wants
 * to. Not thread-safe, but one thread may write while another reads.
 */
public final class WebSocketWire implements AutoCloseable {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final int READ_TIMEOUT_MS = 10_000;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** A frame as it came. */
    public record Frame(int opcode, Buffer payload) {
        public String text() {
            return payload.toString(StandardCharsets.UTF_8);
        }

        /** Of a close frame. */
        public int closeCode() {
            return payload.length() < 2 ? 1005 : payload.getShort(0);
        }
    }

    /** Connects to the host and port of {@code url}. */
    public WebSocketWire(String url) throws IOException {
        URI uri = URI.create(url);
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    }

    /** The handshake as every client does it. */
    public void open() throws IOException {
        List<String> head = handshake(
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Protocol: lockservice.v1");
        if (!head.get(0).startsWith("HTTP/1.1 101 ")) {
            throw new IOException("no channel: " + head);
        }
    }

    /** Sends these headers and returns the first line and the headers of what comes back. */
    public List<String> handshake(String... headers) throws IOException {
        StringBuilder head = new StringBuilder("GET /v1/channel HTTP/1.1\r\nHost: cell\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        List<String> lines = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            lines.add(line);
        }
        return lines;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("closed after '" + line + "'");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** As many bytes of the body of a refused handshake. */
    public String body(int bytes) throws IOException {
        return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
    }

    /** A frame that goes out with the next flush. */
    public void write(int opcode, boolean isFinal, byte[] payload) throws IOException {
        out.write(opcode | (isFinal ? FINAL : 0));
        if (payload.length < TWO_BYTES) {
            out.write(MASKED | payload.length);
        } else if (payload.length < 1 << 16) {
            out.write(MASKED | TWO_BYTES);
            out.write(ByteBuffer.allocate(2).putShort((short) payload.length).array());
        } else {
            out.write(MASKED | EIGHT_BYTES);
            out.write(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        out.write(MASK);
        byte[] masked = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            masked[i] = (byte) (payload[i] ^ MASK[i & 3]);
        }
        out.write(masked);
    }

    public void flush() throws IOException {
        out.flush();
    }

    public void send(int opcode, boolean isFinal, byte[] payload) throws IOException {
        write(opcode, isFinal, payload);
        flush();
    }

    /** The next frame; waits for it. The replica sends each message in one. */
    public Frame read() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        long length = second;
        if (second == TWO_BYTES) {
            length = in.readUnsignedShort();
        } else if (second == EIGHT_BYTES) {
            length = in.readLong();
        }
        return new Frame(first & 0xF, Buffer.buffer(in.readNBytes((int) length)));
    }

    /** Whether nothing but the end comes any more. */
    public boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
