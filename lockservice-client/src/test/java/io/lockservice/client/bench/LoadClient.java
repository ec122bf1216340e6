package io.lockservice.client.bench;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One logical client: does its operation, a row of requests, over and over as fast as the cell answers. Confined to the
 * event loop.
 */
final class LoadClient {
    private static final int FIRST_REFUSAL = 300;
    private static final long PAUSE_MS = 5;

    private final Vertx vertx;
    private final NetClient net;
    private final List<URI> addresses;
    private final List<RequestBytes> requests;
    private final Measurement measurement;
    private int address;
    private @Nullable RawConnection connection;
    private int step;
    private long startNanos;

    LoadClient(Vertx vertx, NetClient net, List<URI> addresses, List<RequestBytes> requests, Measurement measurement) {
        this.vertx = vertx;
        this.net = net;
        this.addresses = addresses;
        this.requests = requests;
        this.measurement = measurement;
    }

    /** Starts with the address of this number; the following are used where it fails. */
    void start(int firstAddress) {
        address = firstAddress;
        connect();
    }

    private void connect() {
        URI uri = addresses.get(address % addresses.size());
        RawConnection.open(net, uri.getHost(), uri.getPort()).onComplete((opened, failure) -> {
            if (opened != null) {
                connection = opened;
                begin();
            } else {
                elsewhere();
            }
        });
    }

    private void begin() {
        startNanos = System.nanoTime();
        if (measurement.isOver(startNanos)) {
            stop();
        } else {
            step = 0;
            send();
        }
    }

    private void send() {
        RawConnection open = connection;
        if (open != null) {
            open.send(requests.get(step).next(), this::answered);
        }
    }

    private void answered(int status) {
        if (status == RawConnection.BROKEN) {
            elsewhere();
        } else if (status >= FIRST_REFUSAL) {
            measurement.error(startNanos, "status " + status);
            vertx.setTimer(PAUSE_MS, ignored -> begin());
        } else {
            step++;
            if (step < requests.size()) {
                send();
            } else {
                measurement.done(startNanos, System.nanoTime());
                begin();
            }
        }
    }

    private void elsewhere() {
        measurement.error(startNanos, "connection lost");
        connection = null;
        address++;
        if (measurement.isOver(System.nanoTime())) {
            measurement.stopped();
        } else {
            vertx.setTimer(PAUSE_MS, ignored -> connect());
        }
    }

    private void stop() {
        RawConnection open = connection;
        if (open != null) {
            open.close();
        }
        measurement.stopped();
    }
}
