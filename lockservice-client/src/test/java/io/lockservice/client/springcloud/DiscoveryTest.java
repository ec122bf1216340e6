package io.lockservice.client.springcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.NoLeaderException;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClient;
import reactor.core.publisher.Mono;

/** Spring Cloud's discovery. On virtual time, which stands still while a thread waits. */
@Timeout(60)
class DiscoveryTest {
    private final ClientFixture fixture = new ClientFixture();
    private final NameRegistry registry = NameRegistry.of(fixture.client(), "caller");
    private final NameRegistry offering = NameRegistry.of(fixture.client(), "web");
    private final DiscoveryClient discovery = LockServiceDiscoveryClient.of(registry, 30_000, 0);

    private void all(FakeReplica behaviour) {
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, behaviour));
    }

    private void offer(String service, String id, Instance instance) {
        offering.register(service, id, instance);
        fixture.time.advanceMs(200);
    }

    /** What a thread of its own gets, which waits until time goes on. */
    private <T> CompletableFuture<T> waiting(Callable<T> work) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                outcome.complete(work.call());
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && !outcome.isDone()) {
            Thread.onSpinWait();
        }
        assertFalse(outcome.isDone(), "it did not wait");
        return outcome;
    }

    private <T> T waited(Callable<T> work, long forMs) throws Exception {
        CompletableFuture<T> outcome = waiting(work);
        fixture.time.advanceMs(forMs);
        return outcome.get(30, TimeUnit.SECONDS);
    }

    private static Throwable causeOf(CompletableFuture<?> outcome) {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> outcome.get(30, TimeUnit.SECONDS));
        return Objects.requireNonNull(failure.getCause());
    }

    @Test
    void onlyTheFirstCallOfANameWaits() throws Exception {
        offer("web", "1", Instance.at("10.0.0.1", 80));
        List<ServiceInstance> found = waited(() -> discovery.getInstances("web"), 100);
        assertEquals(
                List.of("1"), found.stream().map(ServiceInstance::getInstanceId).toList());
        all(FakeReplica.REFUSING);
        assertEquals(found, discovery.getInstances("web"), "the cell is not needed for what is known");
        all(FakeReplica.UP);
        fixture.time.advanceMs(30_000);
        offer("web", "2", Instance.at("10.0.0.2", 80));
        assertEquals(2, discovery.getInstances("web").size(), "and it is kept up to date");
        assertEquals(List.of(), waited(() -> discovery.getInstances("nobody"), 100));
        assertThrows(IllegalArgumentException.class, () -> discovery.getInstances("a/b"));
    }

    @Test
    void thatNobodyIsThereIsOnlySaidWhereTheCellSaidSo() {
        all(FakeReplica.LEADERLESS);
        CompletableFuture<?> refused = waiting(() -> discovery.getInstances("web"));
        fixture.time.advanceMs(15_000);
        assertInstanceOf(NoLeaderException.class, causeOf(refused));
        CompletableFuture<?> probed = waiting(() -> {
            discovery.probe();
            return "well";
        });
        fixture.time.advanceMs(15_000);
        assertInstanceOf(NoLeaderException.class, causeOf(probed));
    }

    @Test
    void itWaitsForSoLongAndNoLonger() throws Exception {
        offer("web", "1", Instance.at("10.0.0.1", 80));
        DiscoveryClient hasty = LockServiceDiscoveryClient.of(registry, 1, 0);
        LockServiceException late = assertThrows(LockServiceException.class, () -> hasty.getInstances("web"));
        assertEquals("the cell did not say who offers web within 1 ms", late.detail());
        fixture.time.advanceMs(100);
        assertEquals(1, hasty.getInstances("web").size(), "the answer came all the same");
        assertThrows(IllegalArgumentException.class, () -> LockServiceDiscoveryClient.of(registry, 0, 0));
    }

    @Test
    void anEventLoopIsNotBlockedAndAsksAllTheSame() throws Exception {
        offer("web", "1", Instance.at("10.0.0.1", 80));
        Vertx vertx = Vertx.vertx();
        try {
            assertInstanceOf(IllegalStateException.class, causeOf(on(vertx, () -> discovery.getInstances("web"))));
            fixture.time.advanceMs(100);
            assertEquals(
                    1,
                    on(vertx, () -> discovery.getInstances("web"))
                            .get(30, TimeUnit.SECONDS)
                            .size());
            assertInstanceOf(IllegalStateException.class, causeOf(on(vertx, discovery::getServices)));
        } finally {
            vertx.close();
        }
    }

    private static <T> CompletableFuture<T> on(Vertx vertx, Callable<T> work) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        vertx.runOnContext(ignored -> {
            try {
                outcome.complete(work.call());
            } catch (Exception e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    @Test
    void aThreadThatIsInterruptedWaitsNoLonger() {
        Thread.currentThread().interrupt();
        assertThrows(IllegalStateException.class, () -> discovery.getInstances("web"));
        assertTrue(Thread.interrupted(), "it is still interrupted");
    }

    @Test
    void servicesAreListed() throws Exception {
        for (String each : List.of("web", "db", "mail")) {
            offer(each, "1", Instance.at("10.0.0.1", 80));
        }
        assertEquals(List.of("db", "mail", "web"), waited(discovery::getServices, 100));
        DiscoveryClient composite = new CompositeDiscoveryClient(List.of(discovery));
        assertEquals(1, waited(() -> composite.getInstances("db"), 100).size());
        assertEquals("lockservice", discovery.description());
        assertEquals(7, LockServiceDiscoveryClient.of(registry, 1, 7).getOrder());
    }

    @Test
    void anInstanceSaysWhatSpringAsks() throws Exception {
        Instance plain = Instance.at("::1", 80).withWeight(3);
        offer("web", "plain", plain);
        offer("web", "secure", Instance.at("host.example", 443).withMetadata("secure", "TRUE"));
        offer("web", "socket", Instance.at("10.0.0.1", 8443).withMetadata("scheme", "WSS"));
        offer(
                "web",
                "tagged",
                Instance.at("10.0.0.1", 80)
                        .withTags("blue", "new")
                        .withMetadata("weight", "mine")
                        .withMetadata("scheme", "no scheme"));
        List<ServiceInstance> found = waited(() -> discovery.getInstances("web"), 100);
        assertEquals(
                List.of("http://[::1]:80", "https://host.example:443", "wss://10.0.0.1:8443", "http://10.0.0.1:80"),
                found.stream().map(ServiceInstance::getUri).map(URI::toString).toList());
        assertEquals(
                List.of(false, true, true, false),
                found.stream().map(ServiceInstance::isSecure).toList());
        assertEquals(
                List.of("http", "https", "wss", "http"),
                found.stream().map(ServiceInstance::getScheme).toList());
        ServiceInstance first = found.get(0);
        assertEquals(
                List.of("web", "plain", "::1"), List.of(first.getServiceId(), first.getInstanceId(), first.getHost()));
        assertEquals(80, first.getPort());
        assertEquals(Map.of("weight", "3"), first.getMetadata());
        assertEquals(
                Map.of("weight", "mine", "scheme", "no scheme", "tags", "blue,new"),
                found.get(3).getMetadata());
        assertEquals(first, discovery.getInstances("web").get(0));
        assertEquals(first, LockServiceRegistration.of("web", "plain", plain));
    }

    @Test
    void reactiveCallersNeverWait() throws Exception {
        offer("web", "1", Instance.at("10.0.0.1", 80));
        LockServiceReactiveDiscoveryClient reactive = LockServiceReactiveDiscoveryClient.of(registry);
        Mono<String> ids = reactive.getInstances("web")
                .map(each ->
                        each.getInstanceId() + " on " + Thread.currentThread().getName())
                .single();
        assertEquals(Map.of(), registry.services(), "nothing is asked before somebody subscribes");
        CompletableFuture<String> first = ids.toFuture();
        assertFalse(first.isDone());
        fixture.time.advanceMs(100);
        String asked = first.get(30, TimeUnit.SECONDS);
        assertTrue(asked.startsWith("1 on parallel-"), asked);
        assertEquals("1 on " + Thread.currentThread().getName(), ids.block());
        CompletableFuture<List<String>> services =
                reactive.getServices().collectList().toFuture();
        fixture.time.advanceMs(100);
        assertEquals(List.of("web"), services.get(30, TimeUnit.SECONDS));
        assertInstanceOf(
                IllegalArgumentException.class,
                causeOf(reactive.getInstances("a/b").collectList().toFuture()));
        all(FakeReplica.LEADERLESS);
        CompletableFuture<?> probed = reactive.reactiveProbe().toFuture();
        fixture.time.advanceMs(15_000);
        assertInstanceOf(NoLeaderException.class, causeOf(probed));
    }
}
