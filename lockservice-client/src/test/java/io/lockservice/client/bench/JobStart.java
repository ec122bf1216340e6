package io.lockservice.client.bench;

import io.lockservice.client.cell.TestCell;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A job of many processes starts (Burrows 2006, section 4.1: "3 thousand processes, 9 million requests at once"): each opens a
 * connection of its own to a replica, and asks for a hundred names at once. All that time counts, from the first connect on.
 */
final class JobStart {
    private static final int NAMES = 100;
    private static final int OK = 200;

    private final Vertx vertx;
    private final RegistryBench.Shape shape;
    private final PrintStream out;
    private final byte[] request;
    private final Latencies latencies = new Latencies();
    private final Promise<Void> all = Promise.promise();
    private int left;
    private int errors;

    JobStart(Vertx vertx, RegistryBench.Shape shape, PrintStream out) {
        this.vertx = vertx;
        this.shape = shape;
        this.out = out;
        List<String> names = new ArrayList<>(shape.names().subList(0, Math.min(NAMES, shape.services())));
        while (names.size() < NAMES) {
            names.add("nobody-" + names.size());
        }
        this.request = ServiceReads.request("/v1/services?names=" + String.join(",", names));
    }

    /** Once; returns how many processes did not get their answer. */
    int run() {
        left = shape.processes();
        NetClient net = vertx.createNetClient();
        Context context = vertx.getOrCreateContext();
        long startNanos = System.nanoTime();
        context.runOnContext(here -> {
            for (int i = 0; i < shape.processes(); i++) {
                URI replica = URI.create(shape.urls().get(i % shape.urls().size()));
                RawConnection.open(net, replica.getHost(), replica.getPort())
                        .onFailure(failure -> answered(startNanos, RawConnection.BROKEN))
                        .onSuccess(connection -> connection.send(request, status -> {
                            answered(startNanos, status);
                            connection.close();
                        }));
            }
        });
        TestCell.await(all.future());
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        TestCell.await(net.close());
        out.printf(
                "job start: %,d processes, %d names each: %.2f s for all, p50 %.0f ms, p99 %.0f ms, errors %d%n",
                shape.processes(), NAMES, seconds, latencies.micros(0.5) / 1e3, latencies.micros(0.99) / 1e3, errors);
        return errors;
    }

    private void answered(long startNanos, int status) {
        if (status == OK) {
            latencies.add(System.nanoTime() - startNanos);
        } else {
            errors++;
        }
        left--;
        if (left == 0) {
            all.complete();
        }
    }
}
