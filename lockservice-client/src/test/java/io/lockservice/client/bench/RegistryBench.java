package io.lockservice.client.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.registry.Balancer;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.lockservice.client.registry.Service;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the registry of names does with many instances: lookups in a client's copy, over HTTP, a job's start, and how soon
 * everybody knows of a change. Needs a cell; what it registers is gone when it ends.
 */
public final class RegistryBench {
    private static final String USAGE =
            "RegistryBench INSTANCES SERVICES WATCHING-PROGRAMS CHANGES-PER-SECOND PROCESSES SECONDS URL...";
    private static final int OWNERS = 20;
    private static final long LEASE_MS = 60_000;

    private final Shape shape;
    private final PrintStream out;
    private final Vertx vertx = Vertx.vertx();
    private final List<LockServiceClient> clients = new ArrayList<>();
    private final List<Registered> instances = new ArrayList<>();

    /**
     * How large it is.
     *
     * @param watching programs that each keep a copy of every service
     * @param changesPerSecond while they watch
     * @param processes of a job, all started at once
     * @param seconds for each figure
     */
    record Shape(
            int instances,
            int services,
            int watching,
            int changesPerSecond,
            int processes,
            double seconds,
            List<String> urls) {
        List<String> names() {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < services; i++) {
                names.add("bench-" + i);
            }
            return names;
        }
    }

    /** An instance, and the registry of the program that it belongs to. */
    record Registered(NameRegistry owner, Registration registration) {}

    RegistryBench(Shape shape, PrintStream out) {
        this.shape = shape;
        this.out = out;
    }

    /** Prints a row for each figure. */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 7) {
            System.err.println(USAGE);
            System.exit(2);
        }
        Shape shape = new Shape(
                Integer.parseInt(arguments[0]),
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]),
                Double.parseDouble(arguments[5]),
                List.of(Arrays.copyOfRange(arguments, 6, arguments.length)));
        System.exit(new RegistryBench(shape, System.out).run() == 0 ? 0 : 1);
    }

    /** All of it, once; returns how much went wrong. */
    long run() throws InterruptedException {
        try {
            return measured();
        } finally {
            clients.forEach(client -> TestCell.await(client.shutdown()));
            TestCell.await(vertx.close());
        }
    }

    private long measured() throws InterruptedException {
        register();
        NameRegistry registry = NameRegistry.of(client(), "lookups");
        TestCell.await(registry.resolveAll(shape.names()));
        long errors = reads(registry, "nobody watches");
        errors += new JobStart(vertx, shape, out).run();
        try (WatchedChanges watched = new WatchedChanges(shape, instances, out)) {
            watched.start();
            errors += reads(registry, watched.watchers() + " watch, " + shape.changesPerSecond() + " changes/s");
            errors += watched.finish();
        }
        return errors;
    }

    private LockServiceClient client() {
        LockServiceClient client = LockServiceClient.connect(
                ClientOptions.of(shape.urls().toArray(String[]::new)).vertx(vertx));
        clients.add(client);
        return client;
    }

    /** Some programs with many instances each: as many sessions as there are machines in a small data centre. */
    private void register() {
        List<NameRegistry> owners = new ArrayList<>();
        for (int i = 0; i < OWNERS; i++) {
            owners.add(NameRegistry.of(
                    client(), SessionOptions.named("owner-" + i).withLeaseMs(LEASE_MS), shape.services()));
        }
        long startNanos = System.nanoTime();
        List<Future<Void>> all = new ArrayList<>();
        List<String> names = shape.names();
        for (int i = 0; i < shape.instances(); i++) {
            NameRegistry owner = owners.get(i % OWNERS);
            Instance instance = Instance.at("10.0." + i / 250 + "." + (1 + i % 250), 8080)
                    .withTags("blue", "v" + i % 3)
                    .withMetadata("zone", "z" + i % 4)
                    .withWeight(1 + i % 5);
            Registration registration = owner.register(names.get(i % names.size()), "instance-" + i, instance);
            instances.add(new Registered(owner, registration));
            all.add(registration.registered());
        }
        TestCell.await(Future.all(all));
        out.printf(
                "registered %,d instances of %d services in %.2f s%n",
                shape.instances(), shape.services(), (System.nanoTime() - startNanos) / 1e9);
    }

    private long reads(NameRegistry registry, String while_) throws InterruptedException {
        for (int threads : new int[] {1, 2}) {
            lookups(registry, threads, shape.seconds() / 2);
            out.printf(
                    "%-32s %-28s %,14.0f lookups/s%n",
                    "client's copy, threads: " + threads, while_, lookups(registry, threads, shape.seconds()));
        }
        URI follower = follower();
        long errors = overHttp(follower, "", while_);
        return errors + overHttp(follower, "?consistency=stale", while_);
    }

    private double lookups(NameRegistry registry, int threads, double seconds) throws InterruptedException {
        List<String> names = shape.names();
        LongAdder done = new LongAdder();
        long startNanos = System.nanoTime();
        long endNanos = startNanos + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Balancer balancer = Balancer.roundRobin();
            Thread asker = new Thread(() -> {
                for (int next = 0; System.nanoTime() - endNanos < 0; next++) {
                    Service service =
                            registry.resolve(names.get(next % names.size())).result();
                    if (service.choose(balancer).isEmpty()) {
                        throw new IllegalStateException(service + " is empty");
                    }
                    done.increment();
                }
            });
            askers.add(asker);
            asker.start();
        }
        for (Thread asker : askers) {
            asker.join();
        }
        return done.sum() / ((System.nanoTime() - startNanos) / 1e9);
    }

    private URI follower() {
        JsonNode cell = TestCell.await(clients.get(0).execute(Operation.get("/v1/cell")))
                .json();
        for (JsonNode replica : cell.path("replicas")) {
            if (replica.path("id").asInt() != cell.path("leader").asInt()) {
                return URI.create("http://" + replica.path("host").asText() + ":"
                        + replica.path("http").asInt());
            }
        }
        throw new IllegalStateException("the cell has no follower");
    }

    /** Sixteen connections to one replica, each asking for the next service when the last answer is there. */
    private long overHttp(URI replica, String query, String while_) {
        Measurement.Row row = new ServiceReads(vertx, replica, shape.names(), query).measure(16, shape.seconds());
        out.printf(
                "%-32s %-28s %,14.0f reads/s, p50 %.2f ms, p99 %.2f ms, errors %d %s%n",
                "HTTP, a follower" + (query.isEmpty() ? "" : ", " + query.substring(1)),
                while_,
                row.opsPerSecond(),
                row.latencies().micros(0.5) / 1e3,
                row.latencies().micros(0.99) / 1e3,
                row.errors(),
                row.errors() == 0 ? "" : row.errorKinds());
        return row.errors();
    }
}
