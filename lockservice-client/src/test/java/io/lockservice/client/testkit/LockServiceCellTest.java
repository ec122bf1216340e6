package io.lockservice.client.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong with replicas. */
@Timeout(120)
@LockServiceTest(leaderLeaseMs = 500)
class LockServiceCellTest {
    private static final String LOCK = "/ls/local/lock";
    private static final Duration LONG = Duration.ofMinutes(1);

    private final LockServiceCell cell;
    private final LockServiceClient client;

    LockServiceCellTest(LockServiceCell cell) {
        this.cell = cell;
        this.client = cell.client();
    }

    private void serves() {
        LockServiceCell.await(
                client.execute(Operation.put("/v1/files/ls/local/x").withBody(Buffer.buffer("x"))));
    }

    private int leaderAsTold() {
        return new JsonObject(LockServiceCell.await(client.execute(Operation.get("/v1/cell")))
                        .body())
                .getInteger("leader");
    }

    @Test
    void aKilledLeaderIsReplacedAndComesBack() {
        HeldLock held =
                LockServiceCell.await(DistributedLock.of(cell.session("a")).acquire(LOCK, LockOptions.exclusive()));
        int killed = cell.killLeader();
        assertEquals(2, cell.running().size());
        serves();
        assertNotEquals(killed, cell.leader());
        assertEquals(cell.leader(), leaderAsTold());
        assertTrue(held.isHeld());
        cell.restart(killed);
        cell.awaitReady();
        assertEquals(cell.replicas(), cell.running());
        LockServiceCell.await(held.release());
    }

    @Test
    void aStoppedLeaderHandsOver() {
        int stopped = cell.stopLeader();
        serves();
        assertNotEquals(stopped, cell.leader());
        assertFalse(cell.running().contains(stopped));
        cell.stop(stopped);
        cell.kill(stopped);
    }

    @Test
    void aKilledLeaderHandsNothingOver() {
        long startNanos = System.nanoTime();
        int killed = cell.killLeader();
        assertNotEquals(killed, cell.leader());
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        assertTrue(tookMs >= 300, "the lease of the dead leader had to end first, not " + tookMs);
    }

    @Test
    void aPausedLeaderIsReplacedAndFollowsWhenItGoesOn() {
        serves();
        int paused = cell.pauseLeader(LONG);
        assertTrue(cell.running().contains(paused));
        serves();
        int next = cell.leader();
        assertNotEquals(paused, next);
        cell.resume();
        cell.awaitReady();
        assertEquals(next, cell.leader());
        serves();
    }

    @Test
    void aPauseEndsByItself() {
        int paused = cell.pauseLeader(Duration.ofMillis(20));
        cell.awaitReady();
        assertTrue(cell.running().contains(paused));
        serves();
    }

    @Test
    void leadershipMoves() {
        int former = cell.leader();
        int next = cell.transferLeadership();
        assertNotEquals(former, next);
        assertEquals(next, leaderAsTold());
        cell.transferLeadership(former);
        assertEquals(former, cell.leader());
        assertThrows(IllegalArgumentException.class, () -> cell.transferLeadership(9));
    }

    @Test
    void withoutAMajorityNothingIsDoneUntilItIsRepaired() {
        cell.killLeader();
        cell.kill(cell.running().get(0));
        LockServiceClient impatient = cell.client("impatient", options -> options.operationTimeoutMs(300));
        assertThrows(
                RuntimeException.class,
                () -> LockServiceCell.await(
                        impatient.execute(Operation.put("/v1/files/ls/local/y").withBody(Buffer.buffer("y")))));
        cell.repair();
        assertEquals(cell.replicas(), cell.running());
        serves();
    }

    @Test
    void whatTheReplicasHaveOutlivesTheDeathOfAll() {
        serves();
        cell.replicas().forEach(cell::kill);
        cell.repair();
        assertEquals(
                "x",
                LockServiceCell.await(client.execute(Operation.get("/v1/files/ls/local/x")))
                        .body()
                        .toString());
    }

    @Test
    void clientsHaveNames() {
        assertSame(cell.client("a"), cell.client("a"));
        assertNotEquals(cell.client("a"), cell.client());
        assertEquals("a", cell.network(cell.client("a")).name());
        try (LockServiceClient stranger = LockServiceClient.connect(ClientOptions.of(cell.urls()))) {
            assertThrows(IllegalArgumentException.class, () -> cell.network(stranger));
        }
    }

    @Test
    void aCellOfOneStartsSoonAndLeavesNothingBehind() throws IOException {
        List<Path> before = temporary();
        long startNanos = System.nanoTime();
        try (LockServiceCell one =
                LockServiceCell.builder().replicas(1).name("single").start()) {
            System.out.println("a cell of one replica started in " + sinceMs(startNanos) + " ms");
            assertEquals("single", one.session("a").cell());
            assertEquals(1, one.leader());
        }
        startNanos = System.nanoTime();
        LockServiceCell three = LockServiceCell.start();
        System.out.println("a cell of three replicas started in " + sinceMs(startNanos) + " ms");
        startNanos = System.nanoTime();
        three.close();
        System.out.println("and was closed in " + sinceMs(startNanos) + " ms");
        assertEquals(before, temporary());
    }

    private static long sinceMs(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private static List<Path> temporary() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(each -> each.getFileName().toString().startsWith("lockservice-cell-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everyReplicaAnswersDns() {
        NameRegistry registry = NameRegistry.of(client, "web on host-a");
        LockServiceCell.await(
                registry.register("web", "a", Instance.at("10.1.0.1", 80)).registered());
        int restarted = cell.leader();
        cell.restart(restarted);
        assertEquals(3, cell.dnsServers().length);
        Vertx vertx = Vertx.vertx();
        try {
            for (String server : cell.dnsServers()) {
                HostAndPort at = HostAndPort.parseAuthority(server, -1);
                DnsClient dns = vertx.createDnsClient(at.port(), at.host());
                assertEquals(
                        List.of("10.1.0.1"),
                        Waiting.until(() -> addresses(dns), server + " is to have heard of the service"));
            }
        } finally {
            LockServiceCell.await(vertx.close());
        }
    }

    private static @Nullable List<String> addresses(DnsClient dns) {
        return LockServiceCell.await(dns.resolveA("web.service.test.ls")
                .<@Nullable List<String>>map(found -> found)
                .otherwiseEmpty());
    }

    @Test
    void badSettingsAreRefused() {
        LockServiceCell.Builder builder = LockServiceCell.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.replicas(0));
        assertThrows(IllegalArgumentException.class, () -> builder.replicas(8));
        assertThrows(IllegalArgumentException.class, () -> builder.name("local"));
        assertThrows(IllegalArgumentException.class, () -> builder.name("a/b"));
        assertThrows(IllegalArgumentException.class, () -> builder.leaderLeaseMs(1));
        assertThrows(IllegalArgumentException.class, () -> cell.pauseLeader(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> cell.kill(4));
    }

    @Test
    void anEventLoopIsNotHeldUp() {
        Vertx vertx = Vertx.vertx();
        try {
            IllegalStateException refused = LockServiceCell.await(
                    vertx.<IllegalStateException>executeBlocking(() -> new IllegalStateException("waited"))
                            .compose(none -> {
                                try {
                                    cell.leader();
                                    return io.vertx.core.Future.failedFuture("it waited");
                                } catch (IllegalStateException e) {
                                    return io.vertx.core.Future.succeededFuture(e);
                                }
                            }));
            assertTrue(String.valueOf(refused.getMessage()).contains("event loop"));
        } finally {
            LockServiceCell.await(vertx.close());
        }
    }
}
