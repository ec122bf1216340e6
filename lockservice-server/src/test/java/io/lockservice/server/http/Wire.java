package io.lockservice.server.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A connection on which a test says exactly the bytes it wants: HTTP libraries normalise. */
final class Wire implements AutoCloseable {
    private static final int READ_TIMEOUT_MS = 20_000;

    private final Socket socket;

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
    }

    /** A reply. */
    record Response(int status, List<String> headers, Buffer body) {
        @Nullable
        String header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst()
                    .orElse(null);
        }

        String text() {
            return body.toString(StandardCharsets.UTF_8);
        }

        JsonObject json() {
            return new JsonObject(text());
        }
    }

    /** The request with a body, as bytes. */
    static byte[] request(String method, String target, byte[] body, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: cell\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (body.length > 0) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Says that nothing more will come, but goes on listening. */
    void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads one reply to a request that was not HEAD. */
    Response read() throws IOException {
        return read(true);
    }

    /** Reads one reply; {@code withBody} says whether Content-Length is followed by that many bytes. */
    Response read(boolean withBody) throws IOException {
        InputStream in = socket.getInputStream();
        String[] status = line(in).split(" ", 3);
        List<String> headers = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            headers.add(line);
        }
        Response head = new Response(Integer.parseInt(status[1]), headers, Buffer.buffer());
        String length = head.header("Content-Length");
        byte[] body = !withBody || length == null ? new byte[0] : in.readNBytes(Integer.parseInt(length));
        return new Response(head.status(), headers, Buffer.buffer(body));
    }

    /** Reads one chunk of a reply that goes on; empty for the last. */
    String readChunk() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] chunk = in.readNBytes(Integer.parseInt(line(in), 16));
        line(in);
        return new String(chunk, StandardCharsets.UTF_8);
    }

    /** Whether the server closes the connection (or has) without saying more. */
    boolean isClosedByServer() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("closed after '" + line.toString(StandardCharsets.ISO_8859_1) + "'");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
