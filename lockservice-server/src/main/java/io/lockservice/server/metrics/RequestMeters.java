package io.lockservice.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Requests of the HTTP door. The timers are made beforehand: to count one costs no look-up. */
final class RequestMeters {
    private static final List<String> KINDS = List.of("read", "write", "other");
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int OTHER = 2;

    /** By the first digit of the status; nobody is sent {@code 1xx} as a reply, so 0 is left for no reply at all. */
    private static final List<String> STATUSES = List.of("none", "1xx", "2xx", "3xx", "4xx", "5xx");

    private final Timer[][] timers = new Timer[KINDS.size()][STATUSES.size()];

    RequestMeters(MeterRegistry meters) {
        for (int kind = 0; kind < KINDS.size(); kind++) {
            for (int status = 0; status < STATUSES.size(); status++) {
                timers[kind][status] = Timer.builder("lockservice.http.requests")
                        .description("Requests and how long they took, a wait that was asked for included")
                        .tags("kind", KINDS.get(kind), "status", STATUSES.get(status))
                        .register(meters);
            }
        }
    }

    /** Any thread. */
    void ended(HttpMethod method, int status, long nanos) {
        int statusClass = Math.min(status / 100, STATUSES.size() - 1);
        timers[kind(method)][statusClass].record(nanos, TimeUnit.NANOSECONDS);
    }

    private static int kind(HttpMethod method) {
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            return READ;
        }
        boolean writes =
                method.equals(HttpMethod.PUT) || method.equals(HttpMethod.POST) || method.equals(HttpMethod.DELETE);
        return writes ? WRITE : OTHER;
    }
}
