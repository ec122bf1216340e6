package io.lockservice.client.fencing;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.lockservice.api.Sequencer;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * A filter for the HTTP server of the JDK that lets through what a {@link FencingPolicy} allows. The exchange's thread waits
 * where the cell is asked, at most for the client's operation timeout, or a token saved. Of a refused request up to 4 MiB are
 * read and thrown away, so that its client, which may be sending still, sees the answer.
 *
 * <pre>{@code
 * server.createContext("/orders", handler).getFilters().add(JdkSequencerFilter.of(policy));
 * }</pre>
 */
public final class JdkSequencerFilter extends Filter {
    private static final int MAX_UNREAD_BYTES = 4 << 20;

    private final FencingPolicy policy;

    private JdkSequencerFilter(FencingPolicy policy) {
        this.policy = policy;
    }

    /** A filter with this policy. */
    public static JdkSequencerFilter of(FencingPolicy policy) {
        return new JdkSequencerFilter(policy);
    }

    /** The sequencer that a request carries; empty where there is none. Says nothing about its validity. */
    public static Optional<Sequencer> sequencer(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(FencingPolicy.HEADER))
                .flatMap(Sequencer::parse);
    }

    @Override
    public String description() {
        return "refuses requests of former lock holders";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        String lock = policy.lockFor(
                exchange.getRequestMethod(), exchange.getRequestURI().getRawPath());
        Optional<Refusal> refusal = lock == null ? Optional.empty() : refusal(exchange, lock);
        if (refusal.isPresent()) {
            refuse(exchange, refusal.get());
        } else {
            chain.doFilter(exchange);
        }
    }

    private Optional<Refusal> refusal(HttpExchange exchange, String lock) throws IOException {
        List<String> headers = exchange.getRequestHeaders().getOrDefault(FencingPolicy.HEADER, List.of());
        Optional<Refusal> atSight = policy.atSight(lock, headers);
        if (atSight.isPresent()) {
            return atSight;
        }
        Optional<Refusal> byTheCell = await(policy.byTheCell(headers.get(0)));
        return byTheCell.isPresent()
                ? byTheCell
                : policy.byTheGuard(lock, sequencer(exchange).orElseThrow());
    }

    /** The client's own deadline ends it. */
    private static <T> T await(Future<T> future) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the cell was asked about a sequencer");
        } catch (ExecutionException e) {
            throw new IOException("the sequencer was not checked", e);
        }
    }

    private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
        try (exchange) {
            // Closed with much of its body unread, the connection is reset, and the client may never see the answer.
            skip(exchange.getRequestBody());
            byte[] body = refusal.body().getBytes();
            exchange.getResponseHeaders().set("Content-Type", Refusal.MEDIA_TYPE);
            boolean bodiless = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(refusal.status(), bodiless ? -1 : body.length);
            if (!bodiless) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static void skip(InputStream body) throws IOException {
        byte[] piece = new byte[8_192];
        int left = MAX_UNREAD_BYTES;
        int read = body.read(piece);
        while (read >= 0 && left > 0) {
            left -= read;
            read = body.read(piece);
        }
    }
}
