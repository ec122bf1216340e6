package io.lockservice.server.http;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Query;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/cell/checkpoint}: a backup of all that was acknowledged before it was asked for, from the state of the
 * replica that is asked.
 *
 * <p>Threading: any event loop.
 */
final class CheckpointDownload {
    /** More at once would only slow each other down. */
    private static final int MOST_AT_ONCE = 2;

    private static final String TYPE = "application/octet-stream";

    private final HttpSettings settings;
    private final AtomicInteger running = new AtomicInteger();

    CheckpointDownload(HttpSettings settings) {
        this.settings = settings;
    }

    void download(Exchange exchange) {
        Query query = exchange.query();
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        exchange.requireAccept(TYPE);
        exchange.ownConnection("a channel carries no checkpoint: download it by HTTP, GET /v1/cell/checkpoint");
        // What the leader answers now is a revision that everything acknowledged so far is in.
        exchange.withoutBody(() ->
                exchange.read(new Request.GetCell(), maxStaleMs, Reply.CellState.class, (answer, cell) -> {
                    if (running.incrementAndGet() > MOST_AT_ONCE) {
                        running.decrementAndGet();
                        exchange.fail(new Problem(
                                ProblemCode.OVERLOADED,
                                "this replica is sending " + MOST_AT_ONCE + " checkpoints already; ask another replica,"
                                        + " or later"));
                        return;
                    }
                    exchange.checkpoint(answer.revision(), stored -> send(exchange, stored));
                }));
    }

    private void send(Exchange exchange, CheckpointPort.@Nullable Stored stored) {
        if (stored == null) {
            running.decrementAndGet();
            exchange.fail(new Problem(
                    ProblemCode.OVERLOADED,
                    "no checkpoint could be written now, the replica's log says why; ask another replica, or later"));
            return;
        }
        String fileName = settings.cell() + "-" + stored.slot() + ".checkpoint";
        // Both forms (RFC 6266, section 4.3): not every client knows the second.
        String plain = fileName.replaceAll("[^A-Za-z0-9._-]", "_");
        exchange.header(
                "Content-Disposition", "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + encoded(fileName));
        exchange.sendFile(stored, TYPE, running::decrementAndGet);
    }

    private static String encoded(String fileName) {
        return java.net.URLEncoder.encode(fileName, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
    }
}
