package io.lockservice.client.fencing;

import io.lockservice.api.Sequencer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;

/**
 * Stands before the handler of a Vert.x HTTP server and lets through what a {@link FencingPolicy} allows. Requests that need
 * no lock go on at once. Never blocks an event loop: while the cell is asked or a token saved, the request is paused, with
 * its body, and the handler runs on the same context afterwards.
 *
 * <p>{@link #sequencer} gives the handler the token, for storage that compares it itself.
 */
public final class VertxSequencerFilter implements Handler<HttpServerRequest> {
    private final FencingPolicy policy;
    private final Handler<HttpServerRequest> next;

    private VertxSequencerFilter(FencingPolicy policy, Handler<HttpServerRequest> next) {
        this.policy = policy;
        this.next = next;
    }

    /** What {@code policy} allows goes to {@code next}. */
    public static VertxSequencerFilter before(Handler<HttpServerRequest> next, FencingPolicy policy) {
        return new VertxSequencerFilter(policy, next);
    }

    /** The sequencer that a request carries; empty where there is none. Says nothing about its validity. */
    public static Optional<Sequencer> sequencer(HttpServerRequest request) {
        return Optional.ofNullable(request.getHeader(FencingPolicy.HEADER)).flatMap(Sequencer::parse);
    }

    @Override
    public void handle(HttpServerRequest request) {
        String lock = policy.lockFor(request.method().name(), request.path());
        if (lock == null) {
            next.handle(request);
            return;
        }
        List<String> headers = request.headers().getAll(FencingPolicy.HEADER);
        Optional<Refusal> refusal = policy.atSight(lock, headers);
        if (refusal.isPresent()) {
            refuse(request, refusal.get());
            return;
        }
        request.pause();
        policy.byTheCell(headers.get(0))
                .compose(byTheCell -> byTheCell.isPresent()
                        ? Future.succeededFuture(byTheCell)
                        : byTheGuard(lock, sequencer(request).orElseThrow()))
                .onComplete((last, failure) -> {
                    if (last == null) {
                        // Only a bug ends here; nobody may be let through by it.
                        request.response().setStatusCode(500).end();
                    } else if (last.isPresent()) {
                        request.resume();
                        refuse(request, last.get());
                    } else {
                        // The body is delivered by a later task, so that the handler is in time, and may pause it
                        // again.
                        request.resume();
                        next.handle(request);
                    }
                });
    }

    private Future<Optional<Refusal>> byTheGuard(String lock, Sequencer sequencer) {
        Context context = Vertx.currentContext();
        if (context == null || policy.guardAnswersAtOnce(lock, sequencer)) {
            return Future.succeededFuture(policy.byTheGuard(lock, sequencer));
        }
        return context.executeBlocking(() -> policy.byTheGuard(lock, sequencer), false);
    }

    private static void refuse(HttpServerRequest request, Refusal refusal) {
        request.response()
                .setStatusCode(refusal.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Refusal.MEDIA_TYPE)
                .end(refusal.body());
    }
}
