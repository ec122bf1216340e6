package io.lockservice.client.cli.shell;

import io.lockservice.client.Loop;
import io.lockservice.client.Problems;
import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Response;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Answers that are too long to keep in memory, or never end: read while they come, from the first replica that gives
 * one. The client's own calls read an answer whole.
 */
public final class CellStream {
    private static final int FIRST_REFUSAL = 400;
    private static final int FIRST_ELSEWHERE = 500;
    private static final int LONGEST_PROBLEM = 65_536;

    private final HttpClient http;
    private final List<Address> addresses;
    private final Duration timeout;
    private final Loop loop;
    private int next;

    /** Streams from the cell that the shell's options name; {@code loop} has the clock. */
    public CellStream(Shell shell, Loop loop) {
        this.loop = loop;
        this.addresses = shell.addresses();
        this.timeout = Duration.ofMillis(shell.options().timeoutMs());
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    /**
     * Opens a stream at the first replica that has one, beginning behind the one that gave the last.
     *
     * @param path path and query
     * @throws CommandFailure where none can be reached
     */
    public InputStream open(String path, Map<String, String> headers) throws InterruptedException {
        String last = "none";
        for (int tried = 0; tried < addresses.size(); tried++) {
            Address address = addresses.get(next % addresses.size());
            next++;
            try {
                HttpResponse<InputStream> answer =
                        http.send(request(address, path, headers), HttpResponse.BodyHandlers.ofInputStream());
                if (answer.statusCode() < FIRST_REFUSAL) {
                    return new WatchedStream(answer.body(), loop);
                }
                RuntimeException problem = problem(answer);
                if (answer.statusCode() < FIRST_ELSEWHERE) {
                    throw problem;
                }
                last = address + " says " + problem.getMessage();
            } catch (IOException e) {
                last = address + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            }
        }
        throw CommandFailure.unreachable("no replica of the cell answers: start it, or say with --cell or"
                + " LOCKSERVICE_CELL where it is (the last tried: " + last + ")");
    }

    private HttpRequest request(Address address, String path, Map<String, String> headers) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(timeout);
        headers.forEach(builder::header);
        return builder.build();
    }

    private static RuntimeException problem(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            Buffer text = Buffer.buffer(body.readNBytes(LONGEST_PROBLEM));
            return Problems.of(new Response(answer.statusCode(), MultiMap.caseInsensitiveMultiMap(), text));
        }
    }
}
