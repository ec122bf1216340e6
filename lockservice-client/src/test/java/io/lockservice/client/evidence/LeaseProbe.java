package io.lockservice.client.evidence;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks the cell all the time what is left of the lease of one session. */
final class LeaseProbe implements AutoCloseable {
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReplicaProcesses cell;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofMillis(500)).build();
    private final String session;
    private final List<Probe> probes = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "lease probe");
    private volatile boolean stopping;

    /**
     * An answer.
     *
     * @param sentNanos when it was asked
     * @param answeredNanos when the answer came
     * @param remainingMs what was left; -1 where the session is over
     */
    record Probe(long sentNanos, long answeredNanos, long remainingMs) {
        /** It does not end before. */
        long leastNanos() {
            return sentNanos + TimeUnit.MILLISECONDS.toNanos(remainingMs);
        }

        /** If nothing extends it the lease is over then. */
        long mostNanos() {
            return answeredNanos + TimeUnit.MILLISECONDS.toNanos(remainingMs + 1);
        }
    }

    LeaseProbe(ReplicaProcesses cell, String session) {
        this.cell = cell;
        this.session = session;
    }

    /** Asks once here, so that there is an answer, and then goes on. */
    LeaseProbe start() throws InterruptedException {
        for (int turn = 0; probes.isEmpty(); turn++) {
            ask(turn);
        }
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void run() {
        try {
            for (int turn = 0; !stopping; turn++) {
                ask(turn);
                LockSupport.parkNanos(REST_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(int turn) throws InterruptedException {
        long sentNanos = System.nanoTime();
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(cell.uri(1 + turn % ReplicaProcesses.ALL.size(), "/v1/sessions/" + session))
                            .header("Lockservice-Timeout-Ms", "300")
                            .timeout(Duration.ofSeconds(1))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            long nowNanos = System.nanoTime();
            if (answer.statusCode() == 200) {
                long remainingMs =
                        JSON.readTree(answer.body()).path("remainingMs").asLong(-1);
                if (remainingMs >= 0) {
                    probes.add(new Probe(sentNanos, nowNanos, remainingMs));
                }
            } else if (answer.statusCode() < 500 && answer.statusCode() != 429) {
                probes.add(new Probe(sentNanos, nowNanos, -1));
                stopping = true;
            }
        } catch (IOException noAnswer) {
            // Another replica is asked next.
        }
    }

    /** All so far, in the order in which they were asked. */
    List<Probe> probes() {
        return probes;
    }

    /** Asks no more. */
    @Override
    public void close() {
        stopping = true;
    }
}
