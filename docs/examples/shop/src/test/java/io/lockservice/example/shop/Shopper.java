package io.lockservice.example.shop;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Asks a storefront for tea, again and again until it is closed, and notes who answered and what failed. */
final class Shopper implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PAUSE_MS = 5;

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest tea;
    private final Set<String> pricedBy = new TreeSet<>();
    private final List<String> failures = new ArrayList<>();
    private final Thread thread = new Thread(this::shop, "shopper");
    private int answers;
    private volatile boolean closed;

    private Shopper(URI tea) {
        this.tea = HttpRequest.newBuilder(tea).timeout(PATIENCE).build();
    }

    static Shopper begin(String url) {
        Shopper shopper = new Shopper(URI.create(url));
        shopper.thread.start();
        return shopper;
    }

    /** Waits until each of these has given a price from now on. */
    synchronized void awaitPricesOf(String... programs) throws InterruptedException {
        forget();
        await(() -> pricedBy.containsAll(Set.of(programs)));
    }

    /** Who gives the prices in the next {@code count} answers. */
    synchronized Set<String> pricesOfNext(int count) throws InterruptedException {
        forget();
        int wanted = answers + count;
        await(() -> answers >= wanted);
        return Set.copyOf(pricedBy);
    }

    /** The answer that is under way may be from before. */
    private void forget() throws InterruptedException {
        int wanted = answers + 1;
        await(() -> answers >= wanted);
        pricedBy.clear();
    }

    private void await(BooleanSupplier done) throws InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!done.getAsBoolean()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMs <= 0) {
                throw new AssertionError("prices of " + pricedBy + " alone, failed: " + failures);
            }
            wait(leftMs);
        }
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    private void shop() {
        while (!closed) {
            try {
                HttpResponse<String> answer = http.send(tea, HttpResponse.BodyHandlers.ofString());
                note(answer.statusCode(), answer.body());
                // Its pace. Without one it would take the machine from those who are just starting.
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            } catch (IOException e) {
                note(0, e.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void note(int status, String body) {
        answers++;
        if (status == 200) {
            pricedBy.add(new JsonObject(body).getJsonArray("from").getString(0));
        } else {
            failures.add(status + " " + body);
        }
        notifyAll();
    }

    @Override
    public void close() {
        closed = true;
    }
}
