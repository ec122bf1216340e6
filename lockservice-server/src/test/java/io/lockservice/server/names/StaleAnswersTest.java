package io.lockservice.server.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.FreePorts;
import io.lockservice.server.ReplicaServer;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.config.ConfigFile;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsException;
import io.vertx.core.dns.DnsResponseCode;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica that the others left alone answers as long as it may, then says that it cannot, and answers again with them. */
@Timeout(120)
final class StaleAnswersTest {
    private static final String NAME = "nobody.service.paris.ls.";
    private static final long POLL_NANOS = 10_000_000;

    private final Vertx vertx = Vertx.vertx();
    private final List<ReplicaServer> running = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() throws Exception {
        for (ReplicaServer each : running) {
            stop(each);
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void stop(ReplicaServer replica) throws Exception {
        replica.stop().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private CellConfig config() throws Exception {
        List<Integer> ports = FreePorts.take(9);
        StringBuilder text = new StringBuilder("cell: paris\ndns: {maxStaleMs: 1000}\nreplicas:\n");
        for (int i = 0; i < 3; i++) {
            text.append("- {id: ")
                    .append(i + 1)
                    .append(", host: 127.0.0.1, bus: ")
                    .append(ports.get(3 * i));
            text.append(", http: ").append(ports.get(3 * i + 1));
            text.append(", dns: ").append(ports.get(3 * i + 2)).append("}\n");
        }
        Path file = directory.resolve("cell.yaml");
        Files.writeString(file, text.toString());
        return ConfigFile.read(file);
    }

    private ReplicaServer start(CellConfig config, int id) throws Exception {
        ReplicaServer replica = ReplicaServer.start(config, id, directory.resolve("replica-" + id), failure -> {})
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        running.add(replica);
        return replica;
    }

    private static DnsResponseCode ask(DnsClient client) {
        return ask(client, NAME);
    }

    private static DnsResponseCode ask(DnsClient client, String name) {
        try {
            client.resolveA(name).toCompletionStage().toCompletableFuture().join();
            return DnsResponseCode.NOERROR;
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof DnsException told) {
                return told.code();
            }
            throw refused;
        }
    }

    private static void until(DnsClient client, DnsResponseCode expected) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (ask(client) != expected) {
            assertTrue(System.nanoTime() - endNanos < 0, "it is not answered with " + expected);
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Test
    void whoHearsFromNoLeaderForTooLongSaysSo() throws Exception {
        CellConfig config = config();
        ReplicaServer alone = start(config, 1);
        DnsClient client = vertx.createDnsClient(alone.dnsPort(), "127.0.0.1");
        assertEquals(DnsResponseCode.SERVFAIL, ask(client), "the cell has not begun");
        ReplicaServer second = start(config, 2);
        ReplicaServer third = start(config, 3);
        until(client, DnsResponseCode.NXDOMAIN);
        running.remove(second);
        running.remove(third);
        stop(second);
        stop(third);
        until(client, DnsResponseCode.SERVFAIL);
        start(config, 2);
        until(client, DnsResponseCode.NXDOMAIN);
    }

    private static JsonObject send(String method, String url, String body, String session) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Lockservice-Timeout-Ms", "30000");
        if (!session.isEmpty()) {
            request.header("Lockservice-Session", session);
        }
        String answer = HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return new JsonObject(answer);
    }

    /** It has its state from its disk, and reads the services out of it: before that there is none, which would be a lie. */
    @Test
    void whoWasStartedAgainKnowsOfNothingUntilItHasReadIt() throws Exception {
        CellConfig config = config();
        ReplicaServer first = start(config, 1);
        start(config, 2);
        ReplicaServer third = start(config, 3);
        String session = send("POST", first.url() + "/v1/sessions", "{\"leaseMs\":600000}", "")
                .getString("session");
        send("PUT", first.url() + "/v1/services/web/a", "{\"address\":\"10.0.0.1\",\"port\":80}", session);
        for (int round = 0; round < 3; round++) {
            running.remove(third);
            stop(third);
            third = start(config, 3);
            DnsClient client = vertx.createDnsClient(third.dnsPort(), "127.0.0.1");
            DnsResponseCode told = ask(client, "a.web.service.paris.ls.");
            long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (told != DnsResponseCode.NOERROR) {
                assertEquals(DnsResponseCode.SERVFAIL, told);
                assertTrue(System.nanoTime() - endNanos < 0, "it does not answer");
                told = ask(client, "a.web.service.paris.ls.");
            }
        }
    }
}
