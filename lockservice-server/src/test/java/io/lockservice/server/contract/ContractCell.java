package io.lockservice.server.contract;

import io.lockservice.server.EmbeddedCell;
import io.lockservice.server.FreePorts;
import io.lockservice.server.ReplicaServer;
import io.lockservice.server.config.CellConfig;
import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Three replicas in this process. Each request goes to the next of them: the contract holds at every one. */
public final class ContractCell implements AutoCloseable {
    public static final String NAME = "paris";
    public static final int REPLICAS = 3;

    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EmbeddedCell cell;
    private final List<String> urls;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger next = new AtomicInteger();

    ContractCell(Path data) {
        List<Integer> ports = FreePorts.take(3 * REPLICAS);
        List<CellConfig.Member> members = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
            members.add(new CellConfig.Member(
                    i + 1, HOST, HOST, ports.get(i), ports.get(REPLICAS + i), ports.get(2 * REPLICAS + i)));
        }
        cell = await(EmbeddedCell.start(CellConfig.of(NAME, members), data, failure -> {})
                .toCompletionStage()
                .toCompletableFuture());
        urls = cell.replicas().stream().map(ReplicaServer::url).toList();
    }

    /** Where the replicas answer, in the order of their ids. */
    public List<String> urls() {
        return urls;
    }

    /** Where the replicas answer DNS, in the order of their ids. */
    public List<Integer> dnsPorts() {
        return cell.replicas().stream().map(ReplicaServer::dnsPort).toList();
    }

    /** Sends a request to the next replica and does not wait for the answer. */
    public CompletableFuture<Answer> begin(String method, String target, byte[] body, String... headers) {
        return begin(Math.floorMod(next.getAndIncrement(), REPLICAS) + 1, method, target, body, headers);
    }

    /** Sends a request to the replica with this id and does not wait for the answer. */
    public CompletableFuture<Answer> begin(int replica, String method, String target, byte[] body, String... headers) {
        return http.sendAsync(request(replica, method, target, body, headers), BodyHandlers.ofByteArray())
                .thenApply(Answer::of);
    }

    /** Opens a stream of events at the replica with this id. */
    public EventReader stream(int replica, String target, String... headers) {
        HttpRequest request = request(replica, "GET", target, new byte[0], headers);
        return new EventReader(await(http.sendAsync(request, BodyHandlers.ofInputStream())));
    }

    private HttpRequest request(int replica, String method, String target, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(urls.get(replica - 1) + target))
                .timeout(PATIENCE)
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        for (String header : headers) {
            int colon = header.indexOf(": ");
            request.header(header.substring(0, colon), header.substring(colon + 2));
        }
        return request.build();
    }

    public static <T> T await(CompletableFuture<T> result) {
        try {
            return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Override
    public void close() {
        Future<Void> stopped = cell.stop();
        await(stopped.toCompletionStage().toCompletableFuture());
    }
}
