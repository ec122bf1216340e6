package io.lockservice.client.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** One row: what was done between the end of the warm-up and the end. Confined to the event loop until it is over. */
final class Measurement {
    private final Latencies latencies = new Latencies();
    private final Map<String, Integer> errors = new TreeMap<>();
    private final Promise<Void> allStopped = Promise.promise();
    private final long beginNanos;
    private final long endNanos;
    private int running;
    private double cpuAtBegin;

    Measurement(int clients, double warmSeconds, double seconds) {
        running = clients;
        beginNanos = System.nanoTime() + (long) (warmSeconds * 1e9);
        endNanos = beginNanos + (long) (seconds * 1e9);
    }

    boolean isOver(long nowNanos) {
        return nowNanos - endNanos >= 0;
    }

    void done(long startNanos, long nowNanos) {
        if (startNanos - beginNanos >= 0 && nowNanos - endNanos <= 0) {
            if (latencies.count() == 0) {
                cpuAtBegin = cpuSeconds();
            }
            latencies.add(nowNanos - startNanos);
        }
    }

    void error(long startNanos, String what) {
        if (startNanos - beginNanos >= 0) {
            errors.merge(what, 1, Integer::sum);
        }
    }

    void stopped() {
        running--;
        if (running == 0) {
            allStopped.complete();
        }
    }

    Future<Void> allStopped() {
        return allStopped.future();
    }

    /** The row; to be called once all have stopped. */
    Row row(String workload, int clients) {
        double seconds = (endNanos - beginNanos) / 1e9;
        double cpuShare = latencies.count() == 0 ? 0 : (cpuSeconds() - cpuAtBegin) / seconds;
        int failed = errors.values().stream().mapToInt(Integer::intValue).sum();
        return new Row(workload, clients, seconds, latencies, failed, errors.toString(), cpuShare);
    }

    private static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime() / (double) TimeUnit.SECONDS.toNanos(1)
                : 0;
    }

    /**
     * A row of results.
     *
     * @param cpuShare cores this process used meanwhile
     */
    record Row(
            String workload,
            int clients,
            double seconds,
            Latencies latencies,
            int errors,
            String errorKinds,
            double cpuShare) {
        static final String TITLES = "%-12s %8s %10s %9s %9s %9s %7s%n"
                .formatted("workload", "clients", "ops/s", "p50 ms", "p99 ms", "max ms", "errors");

        double opsPerSecond() {
            return Math.rint(latencies.count() / seconds);
        }

        String line() {
            return "%-12s %8d %10.0f %9.2f %9.2f %9.2f %7d %s%n"
                    .formatted(
                            workload,
                            clients,
                            opsPerSecond(),
                            latencies.micros(0.5) / 1e3,
                            latencies.micros(0.99) / 1e3,
                            latencies.micros(1) / 1e3,
                            errors,
                            errors == 0 ? "" : errorKinds);
        }

        String json(String target) {
            return ("{\"target\":\"%s\",\"workload\":\"%s\",\"clients\":%d,\"ops\":%d,\"seconds\":%.3f,\"ops_per_s\":%.1f,"
                            + "\"p50_us\":%d,\"p99_us\":%d,\"max_us\":%d,\"errors\":%d,\"generator_cpu_share\":%.3f}")
                    .formatted(
                            target,
                            workload,
                            clients,
                            latencies.count(),
                            seconds,
                            opsPerSecond(),
                            latencies.micros(0.5),
                            latencies.micros(0.99),
                            latencies.micros(1),
                            errors,
                            cpuShare);
        }
    }
}
