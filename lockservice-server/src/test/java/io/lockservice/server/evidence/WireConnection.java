package io.lockservice.server.evidence;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One kept-alive HTTP/1.1 connection of one thread, which may send several requests before it reads their answers. It does
 * next to nothing: it shares the machine with the cell that is measured.
 */
final class WireConnection implements AutoCloseable {
    private static final String CONTENT_LENGTH = "content-length:";
    private static final int FIRST_REFUSAL = 300;
    static final int UNAVAILABLE = 503;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;

    /** Connects to the host and port of {@code uri}. */
    WireConnection(URI uri) throws IOException {
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setTcpNoDelay(true);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    }

    /** A request that goes out with the next flush. */
    void send(String method, String path, byte[] body) throws IOException {
        String head = method + ' ' + path + " HTTP/1.1\r\nHost: cell\r\nContent-Length: " + body.length + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
    }

    void flush() throws IOException {
        out.flush();
    }

    /** Waits for the answer to the oldest request without one, skips its body and returns the status. */
    int receive() throws IOException {
        long length = 0;
        String line = line();
        int status = Integer.parseInt(line.substring(9, 12));
        for (line = line(); !line.isEmpty(); line = line()) {
            if (line.regionMatches(true, 0, CONTENT_LENGTH, 0, CONTENT_LENGTH.length())) {
                length = Long.parseLong(line.substring(CONTENT_LENGTH.length()).strip());
            }
        }
        in.skipNBytes(length);
        return status;
    }

    /** Waits until the answer begins and returns its status; the connection is of no use afterwards. */
    int receiveStatusOnly() throws IOException {
        return Integer.parseInt(line().substring(9, 12));
    }

    /** One request and its answer, again while that is 503; another one that is not of success is an error. */
    void exchange(String method, String path, byte[] body) throws IOException {
        int status;
        do {
            send(method, path, body);
            flush();
            status = receive();
        } while (status == UNAVAILABLE);
        expectSuccess(status, path);
    }

    /** The same, once: whether it was answered with success. */
    boolean isAnswered(String path) throws IOException {
        send("GET", path, new byte[0]);
        flush();
        return receive() < FIRST_REFUSAL;
    }

    static void expectSuccess(int status, String path) throws IOException {
        if (status >= FIRST_REFUSAL) {
            throw new IOException(String.format(Locale.ROOT, "status %d for %s", status, path));
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int each = in.read(); each != '\n'; each = in.read()) {
            if (each < 0) {
                throw new EOFException("the connection was closed");
            }
            if (each != '\r') {
                line.append((char) each);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
