package io.lockservice.client.cli.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Asks a program again and again whether it is well, in a thread of its own: well with the first good answer, not well after so
 * many bad ones in a row.
 */
final class HealthCheck {
    private static final int FIRST_BAD_STATUS = 400;

    private final HttpRequest question;
    private final long everyMs;
    private final int failures;
    private final Consumer<String> changed;
    private final Thread thread = new Thread(this::run, "health");

    /** {@code changed} is told why it is not well, or an empty text where it is; only what is new, in the check's thread. */
    HealthCheck(URI url, long everyMs, int failures, Consumer<String> changed) {
        this.question = HttpRequest.newBuilder(url)
                .timeout(Duration.ofMillis(everyMs))
                .GET()
                .build();
        this.everyMs = everyMs;
        this.failures = failures;
        this.changed = changed;
        thread.setDaemon(true);
    }

    HealthCheck begun() {
        thread.start();
        return this;
    }

    /** Asks no more. What is being told may still be told. */
    void close() {
        thread.interrupt();
    }

    private void run() {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofMillis(everyMs))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        boolean well = false;
        int bad = 0;
        try {
            while (true) {
                String problem = ask(client);
                bad = problem.isEmpty() ? 0 : bad + 1;
                if (well != problem.isEmpty() && (!well || bad >= failures)) {
                    well = !well;
                    changed.accept(problem);
                }
                Thread.sleep(everyMs);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private String ask(HttpClient client) throws InterruptedException {
        try {
            int status = client.send(question, HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            return status < FIRST_BAD_STATUS ? "" : "status " + status;
        } catch (IOException e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }
}
