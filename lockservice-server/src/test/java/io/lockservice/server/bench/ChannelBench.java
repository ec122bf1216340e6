package io.lockservice.server.bench;

import io.lockservice.server.EmbeddedCell;
import io.lockservice.server.FreePorts;
import io.lockservice.server.config.CellConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * One channel with as many requests under way against as many HTTP connections: pairs of acquire and release, each client its
 * own lock, and keep-alives; both asked of the leader of one embedded cell, in turn. Arguments: clients, seconds of each
 * window, rounds. Prints the medians and their ratios.
 */
public final class ChannelBench {
    private static final int REPLICAS = 3;
    private static final int FIRST_REFUSAL = 300;

    private final int clients;
    private final double seconds;
    private final int rounds;
    private final PrintStream out;
    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final NetClient net = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    private final HttpClient http = HttpClient.newHttpClient();

    private ChannelBench(int clients, double seconds, int rounds, PrintStream out) {
        this.clients = clients;
        this.seconds = seconds;
        this.rounds = rounds;
        this.out = out;
    }

    /** Measures, by default 64 clients, windows of 5 seconds, 5 rounds. */
    public static void main(String[] arguments) throws Exception {
        int clients = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 64;
        double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 5;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        run(clients, seconds, rounds, System.out);
        System.exit(0);
    }

    /** The ratio of pairs, and that of keep-alives: the channel over HTTP. */
    static List<Double> run(int clients, double seconds, int rounds, PrintStream out) throws Exception {
        Path data = Files.createTempDirectory("channel-bench");
        List<Integer> ports = FreePorts.take(2 * REPLICAS);
        List<CellConfig.Member> members = IntStream.range(0, REPLICAS)
                .mapToObj(i -> new CellConfig.Member(i + 1, "127.0.0.1", ports.get(i), ports.get(REPLICAS + i)))
                .toList();
        EmbeddedCell cell = await(EmbeddedCell.start(CellConfig.of("bench", members), data, failure -> {}));
        ChannelBench bench = new ChannelBench(clients, seconds, rounds, out);
        try {
            return bench.measure(cell);
        } finally {
            await(cell.stop());
            await(bench.vertx.close());
        }
    }

    private List<Double> measure(EmbeddedCell cell) throws Exception {
        String any = cell.replicas().get(0).url();
        List<String> sessions = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            sessions.add(
                    ask("POST", any + "/v1/sessions", "{\"leaseMs\":600000}").getString("session"));
        }
        int leader = ask("GET", any + "/v1/cell", "").getInteger("leader");
        URI uri = URI.create(cell.replicas().get(leader - 1).url());
        Promise<List<Way>> opening = Promise.promise();
        // All on one event loop.
        loop.runOnContext(turn -> HttpWay.open(net, uri.getHost(), uri.getPort(), clients)
                .compose(byHttp ->
                        ChannelWay.open(net, uri.getHost(), uri.getPort()).map(byChannel -> List.of(byHttp, byChannel)))
                .onComplete(opening));
        List<Way> ways = await(opening.future());
        List<Double> ratios = new ArrayList<>();
        for (boolean keepAlives : new boolean[] {false, true}) {
            ratios.add(ratio(keepAlives, ways, sessions));
        }
        ways.forEach(Way::close);
        return ratios;
    }

    private double ratio(boolean keepAlives, List<Way> ways, List<String> sessions) throws Exception {
        List<Double> byHttp = new ArrayList<>();
        List<Double> byChannel = new ArrayList<>();
        for (int round = -1; round < rounds; round++) {
            double http = perSecond(keepAlives, ways.get(0), sessions);
            double channel = perSecond(keepAlives, ways.get(1), sessions);
            // The first warms up.
            if (round >= 0) {
                byHttp.add(http);
                byChannel.add(channel);
            }
        }
        double ratio = median(byChannel) / median(byHttp);
        out.printf(
                "%-12s %,9.0f/s over %d HTTP connections, %,9.0f/s over one channel: ratio %.2f%n",
                keepAlives ? "keep-alives" : "lock pairs", median(byHttp), clients, median(byChannel), ratio);
        return ratio;
    }

    private double perSecond(boolean keepAlives, Way way, List<String> sessions) throws Exception {
        Run run = new Run(keepAlives, way, sessions, System.nanoTime() + (long) (seconds * 1e9));
        Promise<Long> done = Promise.promise();
        loop.runOnContext(turn -> run.start(done));
        return await(done.future()) / seconds;
    }

    private JsonObject ask(String method, String uri, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .header("Lockservice-Timeout-Ms", "30000")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return new JsonObject(http.send(request, BodyHandlers.ofString()).body());
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** One window: every client asks again as soon as it was answered. Confined to the event loop. */
    private static final class Run {
        private final boolean keepAlives;
        private final Way way;
        private final List<String> sessions;
        private final long endNanos;
        private Promise<Long> done = Promise.promise();
        private long operations;
        private int running;

        Run(boolean keepAlives, Way way, List<String> sessions, long endNanos) {
            this.keepAlives = keepAlives;
            this.way = way;
            this.sessions = sessions;
            this.endNanos = endNanos;
        }

        void start(Promise<Long> then) {
            done = then;
            running = sessions.size();
            IntStream.range(0, running).forEach(this::next);
        }

        private void next(int client) {
            if (System.nanoTime() - endNanos >= 0) {
                if (--running == 0) {
                    done.complete(operations);
                }
            } else if (keepAlives) {
                send(client, "POST", "/v1/sessions/" + sessions.get(client) + "/keepalive", () -> counted(client));
            } else {
                String lock = "/v1/locks/ls/local/bench/lock-" + client;
                send(client, "PUT", lock, () -> send(client, "DELETE", lock, () -> counted(client)));
            }
        }

        private void counted(int client) {
            operations++;
            next(client);
        }

        private void send(int client, String method, String path, Runnable then) {
            way.send(client, method, path, sessions.get(client), status -> {
                if (status >= FIRST_REFUSAL || status == 0) {
                    done.tryFail("status " + status + " for " + method + ' ' + path);
                } else {
                    then.run();
                }
            });
        }
    }
}
