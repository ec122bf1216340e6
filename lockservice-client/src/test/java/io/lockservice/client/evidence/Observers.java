package io.lockservice.client.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockservice.client.registry.Balancer;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Service;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks for one service all the time: every replica by HTTP and by DNS, and a client's copy. One thread for each. */
final class Observers implements AutoCloseable {
    private static final long HTTP_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final long DNS_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long COPY_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int DNS_TIMEOUT_MS = 400;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReplicaProcesses cell;
    private final String service;
    private final NameRegistry registry;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofMillis(500)).build();
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final Map<Place, String> sessions = new ConcurrentHashMap<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    /** One question. */
    private interface Question {
        Seen ask() throws Exception;
    }

    Observers(ReplicaProcesses cell, String service, NameRegistry registry) {
        this.cell = cell;
        this.service = service;
        this.registry = registry;
    }

    void start() throws IOException {
        for (int replica : ReplicaProcesses.ALL) {
            repeat(new Seen.View(Seen.Kind.HTTP, replica), HTTP_REST_NANOS, () -> byHttp(replica));
            SrvQuestion question = new SrvQuestion(replica, cell.dnsPort(replica), service, DNS_TIMEOUT_MS);
            repeat(new Seen.View(Seen.Kind.DNS, replica), DNS_REST_NANOS, question::ask);
        }
        Balancer balancer = Balancer.roundRobin();
        repeat(new Seen.View(Seen.Kind.COPY, 0), COPY_REST_NANOS, () -> copied(balancer));
    }

    private void repeat(Seen.View view, long restNanos, Question question) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!stopping) {
                            seen.add(question.ask());
                            LockSupport.parkNanos(restNanos);
                        }
                    } catch (Exception | AssertionError e) {
                        failures.add(new AssertionError(view + " fails", e));
                    }
                },
                view.toString());
        thread.setDaemon(true);
        thread.start();
    }

    private Seen byHttp(int replica) throws InterruptedException {
        Seen.View view = new Seen.View(Seen.Kind.HTTP, replica);
        long sentNanos = System.nanoTime();
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(cell.uri(replica, "/v1/services/" + service))
                            .header("Lockservice-Timeout-Ms", "1000")
                            .timeout(Duration.ofSeconds(2))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            long nowNanos = System.nanoTime();
            if (answer.statusCode() != 200) {
                return new Seen(view, sentNanos, nowNanos, Seen.Outcome.REFUSED, Set.of(), 0);
            }
            Set<Place> places = new HashSet<>();
            for (JsonNode each : JSON.readTree(answer.body()).path("instances")) {
                Place place = new Place(
                        service, each.path("id").asText(), each.path("port").asInt());
                places.add(place);
                sessions.put(place, each.path("session").asText());
            }
            return new Seen(view, sentNanos, nowNanos, Seen.Outcome.ANSWER, places, 0);
        } catch (IOException noAnswer) {
            return new Seen(view, sentNanos, System.nanoTime(), Seen.Outcome.SILENCE, Set.of(), 0);
        }
    }

    /** As a program does that calls one: resolves what is known, and chooses. Never waits. */
    private Seen copied(Balancer balancer) {
        long sentNanos = System.nanoTime();
        Future<Service> resolved = registry.resolve(service);
        if (!resolved.succeeded()) {
            throw new AssertionError("what is known was not resolved at once", resolved.cause());
        }
        Service known = resolved.result();
        known.choose(balancer);
        Set<Place> places = known.instances().stream()
                .map(each -> new Place(service, each.id(), each.port()))
                .collect(Collectors.toSet());
        long ageMs = known.ageMs();
        return new Seen(
                new Seen.View(Seen.Kind.COPY, 0), sentNanos, System.nanoTime(), Seen.Outcome.ANSWER, places, ageMs);
    }

    /** The session that an instance was seen with by HTTP, null where it was not. */
    @Nullable
    String session(Place place) {
        return sessions.get(place);
    }

    /** All views at once: the last answer of each, of those that were asked after {@code nanos}. */
    Map<Seen.View, Seen> lastSince(long nanos) {
        check();
        return seen.stream()
                .filter(each -> each.sentNanos() > nanos)
                .collect(Collectors.toMap(Seen::view, each -> each, (before, after) -> after));
    }

    /** All until now, which are forgotten. */
    List<Seen> take() {
        check();
        List<Seen> all = new ArrayList<>();
        for (Seen next = seen.poll(); next != null; next = seen.poll()) {
            all.add(next);
        }
        return all;
    }

    private void check() {
        Throwable failure = failures.peek();
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    /** Asks no more. */
    @Override
    public void close() {
        stopping = true;
    }
}
