package io.lockservice.server.http;

import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.driver.ReplicaPort;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Resource;

/** {@code /health/live} and {@code /health/ready}, for probes: the status says it, the body says why. */
final class HealthResource implements Resource {
    private final ReplicaPort port;
    private final Methods live = new Methods().getAnyType(this::live);
    private final Methods ready = new Methods().getAnyType(this::ready);

    HealthResource(ReplicaPort port) {
        this.port = port;
    }

    @Override
    public void handle(Exchange exchange) {
        switch (exchange.subpath()) {
            case "/live" -> live.dispatch(exchange);
            case "/ready" -> ready.dispatch(exchange);
            default -> throw new ProblemException(ProblemCode.NOT_FOUND, "there are /health/live and /health/ready");
        }
    }

    /** The event loop that runs this also runs the replica: an answer at all is what was asked for. */
    private void live(Exchange exchange) {
        exchange.query().finish();
        exchange.withoutBody(() -> exchange.sendJson(200, json -> json.writeBooleanField("live", true)));
    }

    private void ready(Exchange exchange) {
        exchange.query().finish();
        exchange.withoutBody(() -> {
            ReplicaStatus status = port.status();
            if (!status.ready()) {
                exchange.header("Retry-After", "1");
            }
            exchange.sendJson(status.ready() ? 200 : 503, json -> {
                json.writeBooleanField("ready", status.ready());
                if (!status.ready()) {
                    json.writeStringField("reason", status.notReadyReason());
                }
                json.writeStringField("role", status.role());
            });
        });
    }
}
