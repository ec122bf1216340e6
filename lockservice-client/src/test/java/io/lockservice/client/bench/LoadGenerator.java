package io.lockservice.client.bench;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/**
 * Measures a cell: each client has one connection and one session, and does one operation after the other. An operation of
 * {@code lock-cycle} is acquiring and releasing the client's own lock, one of {@code write} is writing 256 bytes to the
 * client's own file. Prints a table and a line of JSON for each row.
 */
public final class LoadGenerator {
    private static final long LEASE_MS = 60_000;
    private static final int CONTENT_BYTES = 256;

    private final LoadOptions options;
    private final PrintStream out;
    private final Vertx vertx;
    private final LockServiceClient client;
    private final NetClient net;

    private LoadGenerator(LoadOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
        this.client = LockServiceClient.connect(
                ClientOptions.of(options.addresses().toArray(String[]::new)).vertx(vertx));
        this.net = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    }

    /** Measures what the arguments say; see {@link LoadOptions#USAGE}. */
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        run(LoadOptions.parse(arguments), System.out);
    }

    static List<Measurement.Row> run(LoadOptions options, PrintStream out)
            throws ExecutionException, InterruptedException {
        LoadGenerator generator = new LoadGenerator(options, out);
        try {
            return generator.measure();
        } finally {
            generator.client.close();
            await(generator.vertx.close());
        }
    }

    private List<Measurement.Row> measure() throws ExecutionException, InterruptedException {
        List<Measurement.Row> rows = new ArrayList<>();
        out.print(Measurement.Row.TITLES);
        for (String workload : options.workloads()) {
            for (int clients : options.clients()) {
                double warm = rows.isEmpty() ? options.firstWarmSeconds() : options.warmSeconds();
                Measurement.Row row = measure(workload, clients, warm);
                rows.add(row);
                out.print(row.line());
                out.println(row.json(options.target()));
            }
        }
        return rows;
    }

    private Measurement.Row measure(String workload, int clients, double warmSeconds)
            throws ExecutionException, InterruptedException {
        List<Session> sessions = sessions(clients);
        List<URI> addresses = addresses();
        Measurement measurement = new Measurement(clients, warmSeconds, options.seconds());
        client.loop().execute(() -> {
            for (int i = 0; i < clients; i++) {
                List<RequestBytes> requests =
                        requests(workload, i, sessions.get(i).id());
                new LoadClient(vertx, net, addresses, requests, measurement).start(i);
            }
        });
        await(measurement.allStopped());
        await(Future.join(sessions.stream().map(Session::close).toList()));
        return measurement.row(workload, clients);
    }

    private List<Session> sessions(int clients) throws ExecutionException, InterruptedException {
        List<Future<Session>> opening = IntStream.range(0, clients)
                .mapToObj(i ->
                        client.openSession(SessionOptions.named("load-" + i).withLeaseMs(LEASE_MS)))
                .toList();
        await(Future.join(opening));
        return opening.stream().map(Future::result).toList();
    }

    /** All replicas in turn, or the leader first for everybody. */
    private List<URI> addresses() throws ExecutionException, InterruptedException {
        List<URI> all = options.addresses().stream().map(URI::create).toList();
        if (!options.followLeader()) {
            return all;
        }
        JsonObject cell =
                new JsonObject(await(client.execute(Operation.get("/v1/cell"))).body());
        for (Object each : cell.getJsonArray("replicas")) {
            if (each instanceof JsonObject replica
                    && replica.getInteger("id").equals(cell.getInteger("leader"))
                    && replica.getInteger("http") != null) {
                return List.of(URI.create("http://" + replica.getString("host") + ":" + replica.getInteger("http")));
            }
        }
        throw new IllegalStateException("the cell does not say who leads: " + cell.encode());
    }

    private static List<RequestBytes> requests(String workload, int client, String session) {
        byte[] none = {};
        return switch (workload) {
            case "lock-cycle" -> {
                String lock = "/v1/locks/ls/local/load/lock-" + client;
                yield List.of(
                        new RequestBytes("PUT " + lock, session, "a", none),
                        new RequestBytes("DELETE " + lock, session, "r", none));
            }
            case "write" -> {
                byte[] content = new byte[CONTENT_BYTES];
                new Random(client).nextBytes(content);
                String file = "/v1/files/ls/local/load/file-" + client + "?parents=true";
                yield List.of(new RequestBytes("PUT " + file, session, "w", content));
            }
            default ->
                throw new IllegalArgumentException("there is no workload " + workload + "\n" + LoadOptions.USAGE);
        };
    }

    private static <T> T await(Future<T> future) throws ExecutionException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get();
    }
}
