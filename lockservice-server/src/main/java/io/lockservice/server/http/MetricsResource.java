package io.lockservice.server.http;

import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Resource;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;

/** {@code /metrics}: what operators are paged for. Written down on a worker thread, one reader after the other. */
final class MetricsResource implements Resource {
    private static final String PLAIN = "text/plain";
    private static final String TYPE = PLAIN + "; version=0.0.4; charset=utf-8";

    private final HttpMetrics metrics;
    private final Methods all = new Methods().getAnyType(this::show);

    MetricsResource(HttpMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void handle(Exchange exchange) {
        if (!exchange.subpath().isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "there is /metrics, and nothing below it");
        }
        all.dispatch(exchange);
    }

    private void show(Exchange exchange) {
        exchange.query().finish();
        exchange.requireAccept(PLAIN);
        exchange.withoutBody(() -> Vertx.currentContext()
                .executeBlocking(() -> Buffer.buffer(metrics.text()))
                .onComplete(written -> exchange.guard(() -> {
                    if (written.failed()) {
                        throw new IllegalStateException("the metrics could not be written", written.cause());
                    }
                    exchange.send(200, null, TYPE, written.result());
                })));
    }
}
