package io.lockservice.client.stork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.NoLeaderException;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.smallrye.stork.Stork;
import io.smallrye.stork.api.Metadata;
import io.smallrye.stork.api.NoServiceInstanceFoundException;
import io.smallrye.stork.api.Service;
import io.smallrye.stork.api.ServiceInstance;
import io.smallrye.stork.api.ServiceRegistrar;
import io.smallrye.stork.api.observability.NoopObservationCollector;
import io.smallrye.stork.integration.ObservableStorkInfrastructure;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real Stork with a fake cell, on virtual time. */
@Timeout(60)
class StorkTest {
    private final ClientFixture fixture = new ClientFixture();
    private final NameRegistry registry = NameRegistry.of(fixture.client(), "caller");
    private final NameRegistry offering = NameRegistry.of(fixture.client(), "web");

    @AfterEach
    void shutDown() {
        Stork.shutdown();
        TestConfiguration.clear();
    }

    private void all(FakeReplica behaviour) {
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, behaviour));
    }

    private Registration offer(String id, Instance instance) {
        Registration registration = offering.register("web", id, instance);
        fixture.time.advanceMs(200);
        return registration;
    }

    private Service service(String name) {
        Stork.initialize(LockServiceInfrastructure.of(registry));
        return Stork.getInstance().getService(name);
    }

    private <T> T later(CompletableFuture<T> answer) throws Exception {
        assertFalse(answer.isDone(), "at once");
        fixture.time.advanceMs(200);
        return answer.get(30, TimeUnit.SECONDS);
    }

    private List<ServiceInstance> found(Service service) throws Exception {
        return later(service.getInstances().subscribeAsCompletionStage());
    }

    private static List<ServiceInstance> known(Service service) {
        return service.getInstances().subscribeAsCompletionStage().join();
    }

    private static Throwable causeOf(CompletableFuture<?> answer) {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> answer.get(30, TimeUnit.SECONDS));
        return Objects.requireNonNull(failure.getCause());
    }

    @Test
    void onlyTheFirstQuestionGoesToTheCell() throws Exception {
        offer("1", Instance.at("10.0.0.1", 80));
        TestConfiguration.discover("web", Map.of());
        Service web = service("web");
        assertEquals(Map.of(), registry.services(), "nothing is asked before somebody subscribes");
        List<ServiceInstance> first = found(web);
        assertEquals("10.0.0.1", first.get(0).getHost());
        all(FakeReplica.REFUSING);
        assertSame(first, known(web), "the cell is not needed for what is known");
        all(FakeReplica.UP);
        fixture.time.advanceMs(30_000);
        offer("2", Instance.at("10.0.0.2", 80));
        assertEquals(2, known(web).size(), "and it is kept up to date");
    }

    @Test
    void loadBalancersKnowAnInstanceAgain() throws Exception {
        Registration one = offer("1", Instance.at("10.0.0.1", 80));
        offer("2", Instance.at("10.0.0.2", 80));
        TestConfiguration.discover("web", Map.of());
        Service web = service("web");
        List<Long> first = found(web).stream().map(ServiceInstance::getId).toList();
        assertNotEquals(first.get(0), first.get(1));
        one.update(Instance.at("10.0.0.1", 80).withWeight(9));
        fixture.time.advanceMs(200);
        assertEquals(first, known(web).stream().map(ServiceInstance::getId).toList());
        one.update(Instance.at("10.0.0.3", 80));
        fixture.time.advanceMs(200);
        List<Long> moved = known(web).stream().map(ServiceInstance::getId).toList();
        assertTrue(moved.get(0) > first.get(1), "an instance elsewhere is another");
        assertEquals(first.get(1), moved.get(1));
        List<String> chosen = List.of(select(web), select(web), select(web), select(web));
        assertEquals(List.of("10.0.0.2", "10.0.0.3", "10.0.0.2", "10.0.0.3"), chosen, "Stork's round robin");
    }

    private static String select(Service service) {
        return service.selectInstance().subscribeAsCompletionStage().join().getHost();
    }

    @Test
    void anInstanceSaysWhatStorkAsks() throws Exception {
        offer("plain", Instance.at("::1", 80).withWeight(3));
        offer(
                "secure",
                Instance.at("host.example", 443)
                        .withTags("blue", "new")
                        .withMetadata("scheme", "HTTPS")
                        .withMetadata("path", "v1"));
        offer("other", Instance.at("10.0.0.1", 443).withMetadata("secure", "true"));
        TestConfiguration.discover("web", Map.of());
        TestConfiguration.discover("all over tls", Map.of("service", "web", "secure", "true"));
        TestConfiguration.discover("blue", Map.of("service", "web", "tag", "blue"));
        List<ServiceInstance> found = found(service("web"));
        assertEquals(
                List.of("10.0.0.1", "::1", "host.example"),
                found.stream().map(ServiceInstance::getHost).toList());
        assertEquals(
                List.of(true, false, true),
                found.stream().map(ServiceInstance::isSecure).toList());
        assertEquals(80, found.get(1).getPort());
        assertEquals(Map.of("weight", "3"), found.get(1).getLabels());
        assertEquals("v1", found.get(2).getPath().orElseThrow());
        assertTrue(found.get(1).getPath().isEmpty());
        assertEquals(
                Map.of("scheme", "HTTPS", "path", "v1", "weight", "1", "tags", "blue,new"),
                found.get(2).getLabels());
        assertEquals(
                List.of(true, true, true),
                known(service("all over tls")).stream()
                        .map(ServiceInstance::isSecure)
                        .toList());
        assertEquals(
                List.of("host.example"),
                known(service("blue")).stream().map(ServiceInstance::getHost).toList());
    }

    @Test
    void whatCannotBeFoundSaysWhy() throws Exception {
        TestConfiguration.discover("web", Map.of());
        TestConfiguration.discover("bad", Map.of("service", "a/b"));
        all(FakeReplica.LEADERLESS);
        CompletableFuture<?> refused = service("web").getInstances().subscribeAsCompletionStage();
        fixture.time.advanceMs(15_000);
        assertInstanceOf(NoLeaderException.class, causeOf(refused));
        all(FakeReplica.UP);
        assertEquals(List.of(), found(service("web")));
        assertInstanceOf(
                NoServiceInstanceFoundException.class,
                causeOf(service("web").selectInstance().subscribeAsCompletionStage()));
        assertInstanceOf(
                IllegalArgumentException.class,
                causeOf(service("bad").getInstances().subscribeAsCompletionStage()));
    }

    @Test
    void aConfigurationThatCannotBeMeantSoIsRefused() {
        assertRefused(Map.of("tags", "blue"), "knows no [tags]");
        assertRefused(Map.of(), "say urls, or begin with");
        assertRefused(Map.of("urls", "no url"), "no url");
    }

    private static void assertRefused(Map<String, String> parameters, String why) {
        TestConfiguration.clear();
        TestConfiguration.discover("web", parameters);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, Stork::initialize);
        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused::getMessage);
    }

    @Test
    void registrarsNeedAClientNameOfTheirOwn() {
        TestConfiguration.register("web", Map.of("urls", "http://a:1"));
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, Stork::initialize);
        assertTrue(String.valueOf(refused.getMessage()).contains("urls and client go together"), refused::getMessage);
    }

    @Test
    void whatIsRegisteredStaysSoUntilItIsDeregistered() throws Exception {
        TestConfiguration.register("web", Map.of());
        Service web = service("web");
        CompletableFuture<Void> registered = web.registerInstance(new ServiceRegistrar.RegistrarOptions(
                        "web", "10.0.0.1", 80, List.of("blue"), Map.of("zone", "a")))
                .subscribeAsCompletionStage();
        later(registered);
        fixture.cell.endAllSessions();
        fixture.time.advanceMs(20_000);
        assertEquals(List.of("10.0.0.1:80"), fixture.cell.services().ports("web"));
        later(web.registerInstance("web", "10.0.0.2", 80).subscribeAsCompletionStage());
        assertEquals(2, fixture.cell.services().ports("web").size(), "each place is an instance of its own");
        Instance seen = fixture.now(registry.resolve("web")).instances().get(0).instance();
        assertEquals(List.of("blue"), seen.tags());
        assertEquals(Map.of("zone", "a"), seen.metadata());
        later(web.deregisterServiceInstance("web").subscribeAsCompletionStage());
        assertEquals(List.of(), fixture.cell.services().ports("web"));
        web.deregisterServiceInstance("web").subscribeAsCompletionStage().get(30, TimeUnit.SECONDS);
        later(web.registerInstance("web", "10.0.0.1", 80).subscribeAsCompletionStage());
        assertEquals(List.of("10.0.0.1:80"), fixture.cell.services().ports("web"), "and it may come back");
        assertThrows(IllegalArgumentException.class, () -> web.registerInstance("web", " ", 80));
        assertInstanceOf(
                IllegalArgumentException.class,
                causeOf(web.registerInstance("web", "10.0.0.2", 0).subscribeAsCompletionStage()));
    }

    @Test
    @SuppressWarnings("unchecked")
    void anInstanceWithANameMoves() throws Exception {
        TestConfiguration.register("web", Map.of("instance", "host-a"));
        ServiceRegistrar<Metadata.DefaultMetadataKey> registrar = service("web").getServiceRegistrar();
        later(registrar.registerServiceInstance("web", "10.0.0.1", 80).subscribeAsCompletionStage());
        Metadata<Metadata.DefaultMetadataKey> metadata = Metadata.of(Metadata.DefaultMetadataKey.class)
                .with(Metadata.DefaultMetadataKey.GENERIC_METADATA_KEY, 7);
        later(registrar.registerServiceInstance("web", metadata, "10.0.0.2", 81).subscribeAsCompletionStage());
        assertEquals(List.of("10.0.0.2:81"), fixture.cell.services().ports("web"));
        assertEquals(
                Map.of("generic", "7"),
                fixture.now(registry.resolve("web")).instances().get(0).metadata());
    }

    @Test
    void whatHadToBeAskedForComesWhereItMayBeWorkedWith() throws Exception {
        TestConfiguration.discover("web", Map.of());
        Service web = service("web");
        CompletableFuture<Thread> thread =
                web.getInstances().map(ignored -> Thread.currentThread()).subscribeAsCompletionStage();
        assertNotEquals(Thread.currentThread(), later(thread), "not on the loop, which here is this thread");
        TestConfiguration.discover("other", Map.of());
        Stork.shutdown();
        Service other = service("other");
        CompletableFuture<Boolean> onContext = new CompletableFuture<>();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        Vertx vertx = Vertx.vertx();
        vertx.runOnContext(ignored -> {
            other.getInstances()
                    .subscribe()
                    .with(
                            found -> onContext.complete(Vertx.currentContext() != null),
                            onContext::completeExceptionally);
            asked.complete(null);
        });
        asked.get(30, TimeUnit.SECONDS);
        fixture.time.advanceMs(200);
        assertTrue(onContext.get(30, TimeUnit.SECONDS), "who has a context has it there");
        vertx.close();
    }

    @Test
    void allElseIsAsTheGivenInfrastructureHasIt() {
        ObservableStorkInfrastructure others = new ObservableStorkInfrastructure(new NoopObservationCollector());
        LockServiceInfrastructure own = LockServiceInfrastructure.of(registry);
        LockServiceInfrastructure over = LockServiceInfrastructure.of(registry, others);
        StringBuilder mine = own.get(StringBuilder.class, StringBuilder::new);
        assertSame(mine, own.get(StringBuilder.class, StringBuilder::new), "made once");
        assertSame(
                others.get(StringBuilder.class, StringBuilder::new), over.get(StringBuilder.class, StringBuilder::new));
        assertSame(registry, over.get(NameRegistry.class, () -> offering));
        assertSame(others.getObservationCollector(), over.getObservationCollector());
    }
}
