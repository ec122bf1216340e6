package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code SIGSTOP} of a follower for longer than what it says by DNS may be old: when it goes on it first reads what the leader
 * and its clients sent meanwhile, and tells nobody what was so before.
 */
@Timeout(120)
final class StoppedReplicaTest {
    private static final String NAME = "web.service.test.ls.";
    private static final String BEFORE = "10.0.0.1";
    private static final String AFTER = "10.0.0.2";
    private static final int MAX_STALE_MS = 1_000;
    private static final Duration STOPPED = Duration.ofSeconds(4);
    private static final int ASKED_MEANWHILE = 100;
    private static final long POLL_NANOS = 1_000_000;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    /** The addresses; none where there are none, or it says that it does not know. */
    private static Future<List<String>> ask(DnsClient client) {
        return client.resolveA(NAME).otherwise(List.of());
    }

    private static void until(DnsClient client, String expected) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        List<String> last = List.of();
        while (!last.equals(List.of(expected))) {
            assertTrue(System.nanoTime() - endNanos < 0, last + " instead of " + expected);
            LockSupport.parkNanos(POLL_NANOS);
            last = await(ask(client));
        }
    }

    private static void register(RetryingClient client, String session, String address) throws Exception {
        String body = "{\"address\":\"" + address + "\",\"port\":80}";
        int status = client.ask("PUT", "/v1/services/web/a", session, body.getBytes(StandardCharsets.UTF_8))
                .status();
        assertTrue(status == 200 || status == 201, "status " + status);
    }

    @Test
    void whatWasSoBeforeIsNotToldWhenItGoesOn(@TempDir Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.configure("dns: {maxStaleMs: " + MAX_STALE_MS + "}");
            List<Integer> dns = cell.openDns();
            cell.startAll();
            int leader = cell.awaitLeader(0);
            int follower = leader % CellProcesses.REPLICAS + 1;
            RetryingClient client = new RetryingClient(cell, leader, () -> {});
            byte[] opened = client.ask(
                            "POST", "/v1/sessions", null, "{\"leaseMs\":600000}".getBytes(StandardCharsets.UTF_8))
                    .body();
            String session = new JsonObject(Buffer.buffer(opened)).getString("session");
            register(client, session, BEFORE);
            DnsClient asked = vertx.createDnsClient(new DnsClientOptions()
                    .setHost("127.0.0.1")
                    .setPort(dns.get(follower - 1))
                    .setQueryTimeout(20_000));
            until(asked, BEFORE);
            cell.signal(follower, "STOP");
            long stoppedNanos = System.nanoTime();
            register(client, session, AFTER);
            List<Future<List<String>>> meanwhile = new ArrayList<>();
            while (System.nanoTime() - stoppedNanos < STOPPED.toNanos()) {
                if (meanwhile.size() < ASKED_MEANWHILE) {
                    meanwhile.add(ask(asked));
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
            cell.signal(follower, "CONT");
            List<String> last = List.of();
            long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!last.equals(List.of(AFTER))) {
                assertTrue(System.nanoTime() - endNanos < 0, "it does not answer again");
                last = await(ask(asked));
                assertTrue(!last.contains(BEFORE), "it told what was so before it was stopped");
            }
            for (Future<List<String>> each : meanwhile) {
                assertTrue(!await(each).contains(BEFORE), "it told what was so before it was stopped");
            }
            assertEquals(List.of(AFTER), await(ask(asked)));
        }
    }
}
