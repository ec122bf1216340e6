package io.lockservice.example.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Service;
import io.lockservice.client.registry.ServiceInstance;
import io.lockservice.client.registry.ServiceListener;
import io.lockservice.client.testkit.LockServiceCell;
import io.lockservice.client.testkit.LockServiceTest;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.SrvRecord;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The programs as the README runs them: the jar, a process each, and a cell that answers DNS. */
@Timeout(120)
@LockServiceTest
class ShopIT {
    private static final Path JAR = Path.of("target", "shop.jar");
    private static final int SOME = 20;

    /** Short, for the test waits for it; long enough that a busy machine costs nobody his. */
    private static final String LEASE_MS = "3000";

    private final LockServiceCell cell;
    private final NameRegistry registry;
    private final Vertx vertx = Vertx.vertx();
    private final List<Process> started = new ArrayList<>();

    ShopIT(LockServiceCell cell) {
        this.cell = cell;
        this.registry = NameRegistry.of(cell.client(), "test");
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        LockServiceCell.await(vertx.close());
    }

    private Process run(String... arguments) throws IOException {
        // Compiled less thoroughly they start sooner.
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(Map.of(
                        "LOCKSERVICE_CELL",
                        String.join(",", cell.urls()),
                        "SHOP_DNS",
                        String.join(",", cell.dnsServers()),
                        "SHOP_DOMAIN",
                        "service.test.ls",
                        "SHOP_LEASE_MS",
                        LEASE_MS));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    @Test
    void oneIsKilledAndTheTrafficMoves() throws Exception {
        run("stock", "a");
        Process first = run("prices", "a");
        Process second = run("prices", "b");
        run("storefront", "a");
        awaitFound("stock", "a");
        awaitFound("prices", "a", "b");
        String tea = "http://" + awaitFound("storefront", "a").get(0).hostAndPort() + "/items/tea";
        try (Shopper byName = Shopper.begin(tea);
                Shopper byDns = Shopper.begin(tea + "?by=dns")) {
            byName.awaitPricesOf("prices/a", "prices/b");
            byDns.awaitPricesOf("prices/a", "prices/b");

            first.destroyForcibly().waitFor();
            assertEquals(Set.of("prices/b"), byName.pricesOfNext(SOME));
            assertEquals(Set.of("prices/b"), byDns.pricesOfNext(SOME));
            awaitFound("prices", "b");
            awaitInDns("b.prices.service.test.ls");

            // The same name again, at another port: found at once, as a new one.
            run("prices", "a");
            awaitFound("prices", "a", "b");
            byName.awaitPricesOf("prices/a", "prices/b");
            byDns.awaitPricesOf("prices/a", "prices/b");

            // One that is told to stop is found by nobody when it is gone, and takes no lease for that.
            second.destroy();
            assertEquals(143, second.waitFor());
            assertEquals(List.of("a"), registeredNow("prices"));
            assertEquals(Set.of("prices/a"), byName.pricesOfNext(SOME));
            assertEquals(Set.of("prices/a"), byDns.pricesOfNext(SOME));

            assertEquals(List.of(), byName.failures());
            assertEquals(List.of(), byDns.failures());
        }
    }

    @Test
    void aWrongCommandLineIsRefused() throws Exception {
        assertEquals(2, run("prices").waitFor());
        assertEquals(1, run("prices", "a", "192.0.2.1:1").waitFor());
    }

    /** Waits until these are the ones that are found by name. */
    private List<ServiceInstance> awaitFound(String name, String... ids) throws Exception {
        CompletableFuture<List<ServiceInstance>> found = new CompletableFuture<>();
        ServiceListener listener = change -> {
            if (ids(change.instances()).equals(Set.of(ids))) {
                found.complete(change.instances());
            }
        };
        Service service = LockServiceCell.await(registry.resolve(name));
        service.addListener(listener);
        try {
            return found.get(30, TimeUnit.SECONDS);
        } finally {
            service.removeListener(listener);
        }
    }

    private static Set<String> ids(List<ServiceInstance> instances) {
        return instances.stream().map(ServiceInstance::id).collect(Collectors.toSet());
    }

    /** What the cell says by now, asked anew. */
    private List<String> registeredNow(String name) {
        NameRegistry fresh = NameRegistry.of(cell.client(), "fresh");
        return LockServiceCell.await(fresh.resolve(name)).instances().stream()
                .map(ServiceInstance::id)
                .toList();
    }

    /** Asks all replicas until each says that this is the only one. */
    private void awaitInDns(String target) {
        for (String server : cell.dnsServers()) {
            HostAndPort at = HostAndPort.parseAuthority(server, -1);
            DnsClient dns = vertx.createDnsClient(at.port(), at.host());
            long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            List<String> targets;
            do {
                targets = LockServiceCell.await(dns.resolveSRV("_prices._tcp.service.test.ls")).stream()
                        .map(SrvRecord::target)
                        .toList();
                assertTrue(System.nanoTime() - endNanos < 0, server + " still says " + targets);
            } while (!targets.equals(List.of(target)));
        }
    }
}
