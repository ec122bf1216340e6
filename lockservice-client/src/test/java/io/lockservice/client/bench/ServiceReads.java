package io.lockservice.client.bench;

import io.lockservice.client.cell.TestCell;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads of services over HTTP from one replica. */
final class ServiceReads {
    private static final double WARM_SECONDS = 1;
    private static final int OK = 200;

    private final Vertx vertx;
    private final Context context;
    private final NetClient net;
    private final URI replica;
    private final List<byte[]> requests;

    /** Reads of each of these services in turn, with {@code query}, which is empty or begins with a question mark. */
    ServiceReads(Vertx vertx, URI replica, List<String> services, String query) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.net = vertx.createNetClient();
        this.replica = replica;
        this.requests = services.stream()
                .map(service -> request("/v1/services/" + service + query))
                .toList();
    }

    /** A GET without a body. */
    static byte[] request(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: cell\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** With so many connections, each with one request at a time. */
    Measurement.Row measure(int connections, double seconds) {
        Measurement measurement = new Measurement(connections, WARM_SECONDS, seconds);
        context.runOnContext(here -> {
            for (int i = 0; i < connections; i++) {
                int first = i;
                RawConnection.open(net, replica.getHost(), replica.getPort())
                        .onSuccess(connection -> next(connection, first, measurement))
                        .onFailure(failure -> {
                            measurement.error(System.nanoTime(), "not connected");
                            measurement.stopped();
                        });
            }
        });
        TestCell.await(measurement.allStopped());
        TestCell.await(net.close());
        return measurement.row("services", connections);
    }

    private void next(RawConnection connection, int number, Measurement measurement) {
        long startNanos = System.nanoTime();
        if (measurement.isOver(startNanos)) {
            connection.close();
            measurement.stopped();
            return;
        }
        connection.send(requests.get(number % requests.size()), status -> {
            if (status == OK) {
                measurement.done(startNanos, System.nanoTime());
                next(connection, number + 1, measurement);
            } else {
                measurement.error(startNanos, "status " + status);
                vertx.setTimer(1, due -> next(connection, number + 1, measurement));
            }
        });
    }
}
