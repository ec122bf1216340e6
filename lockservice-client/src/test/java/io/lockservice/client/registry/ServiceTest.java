package io.lockservice.client.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.NoLeaderException;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.fake.VirtualTime;
import io.lockservice.client.observe.ClientObserver;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** What is resolved stays known. On virtual time. */
class ServiceTest {
    private static final long POLL_MS = 20_000;

    private final ClientFixture fixture = new ClientFixture();
    private final VirtualTime.Machine machine = fixture.time.machine();
    private final LockServiceClient client =
            fixture.client(machine, ClientOptions.of(ClientFixture.A, ClientFixture.B, ClientFixture.C));
    private final NameRegistry registry = NameRegistry.of(client, "caller");
    private final NameRegistry offering = NameRegistry.of(fixture.client(), "web");
    private final List<String> told = new ArrayList<>();

    private void all(FakeReplica behaviour) {
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, behaviour));
    }

    private Registration offer(String id, int port) {
        Registration registration = offering.register("web", id, Instance.at("10.0.0.1", port));
        fixture.time.advanceMs(200);
        return registration;
    }

    private static List<Integer> ports(Service service) {
        return service.instances().stream().map(ServiceInstance::port).toList();
    }

    private int questions() {
        return fixture.cell.calls(HttpMethod.GET, "/v1/services").size();
    }

    private void tell(ServiceChange change) {
        change.added().forEach(each -> told.add("+" + each.id()));
        change.updated().forEach(each -> told.add("~" + each.id()));
        change.removed().forEach(each -> told.add("-" + each.id()));
    }

    @Test
    void theFirstTimeTheCellIsAskedAndThenNobody() {
        offer("1", 80);
        Service web = fixture.now(registry.resolve("web"));
        assertEquals(List.of(80), ports(web));
        int before = questions();
        assertSame(web, ClientFixture.result(registry.resolve("web")), "at once");
        assertSame(web, registry.services().get("web"));
        assertEquals(before, questions());
        assertEquals(List.of(), fixture.now(registry.resolve("nobody")).instances());
    }

    @Test
    void listenersAreToldWhatIsThereAndThenEachChange() {
        Registration one = offer("1", 80);
        Service web = fixture.now(registry.resolve("web"));
        web.addListener(this::tell);
        web.addListener(change -> {
            throw new IllegalStateException("a listener that fails");
        });
        Registration two = offer("2", 81);
        two.update(Instance.at("10.0.0.1", 82).withTags("blue"));
        fixture.time.advanceMs(200);
        one.deregister();
        fixture.time.advanceMs(200);
        assertEquals(List.of("+1", "+2", "~2", "-1"), told);
        assertEquals(1, web.instances("blue").size());
        assertEquals(0, web.instances("green").size());
    }

    @Test
    void whileTheCellIsAwayTheLastThatWasKnownStaysAndGrowsOld() {
        offer("1", 80);
        Service web = fixture.now(registry.resolve("web"));
        web.addListener(this::tell);
        fixture.time.advanceMs(5 * POLL_MS);
        assertTrue(web.ageMs() <= POLL_MS + 100, "while all is well: " + web.ageMs());
        all(FakeReplica.REFUSING);
        long awayMs = fixture.time.elapsedMs();
        fixture.time.advanceMs(600_000);
        assertEquals(List.of(80), ports(web));
        assertSame(web, ClientFixture.result(registry.resolve("web")));
        assertTrue(web.ageMs() >= fixture.time.elapsedMs() - awayMs, "it says how old it is: " + web.ageMs());
        int before = questions();
        fixture.time.advanceMs(60_000);
        assertTrue(questions() - before < 200, "calls in a minute: " + (questions() - before));
        all(FakeReplica.UP);
        fixture.time.advanceMs(10_000);
        // A call that was begun before the cell came back may have been answered as of then.
        assertTrue(web.ageMs() <= POLL_MS + 1_000, "it is kept up to date again: " + web.ageMs());
        assertEquals(List.of("+1"), told.subList(0, 1));
    }

    @Test
    void whatChangedWhileTheCellWasAwayIsToldWhenItIsBack() {
        Registration one = offer("1", 80);
        Service web = fixture.now(registry.resolve("web"));
        web.addListener(this::tell);
        machine.pause();
        one.deregister();
        offer("2", 81);
        fixture.time.advanceMs(60_000);
        assertEquals(List.of(80), ports(web));
        assertTrue(web.ageMs() >= 60_000, "a pause of the program counts, at once");
        machine.resume();
        fixture.time.advanceMs(30_000);
        assertEquals(List.of("+1", "+2", "-1"), told);
    }

    @Test
    void aCellThatWasMadeAnewIsFollowed() {
        offer("1", 80);
        for (int i = 0; i < 5; i++) {
            offer("x" + i, 90 + i);
        }
        Service web = fixture.now(registry.resolve("web"));
        all(FakeReplica.REFUSING);
        fixture.time.advanceMs(60_000);
        fixture.cell.services().startAnew();
        fixture.cell.endAllSessions();
        all(FakeReplica.UP);
        fixture.time.advanceMs(60_000);
        assertEquals(6, web.instances().size(), "those who offer registered again, and that was seen");
        assertTrue(web.ageMs() <= POLL_MS + 100);
    }

    @Test
    void aQuietServiceIsAskedForOnceAPollAndABusyOneTenTimesASecondAtMost() {
        Registration one = offer("1", 80);
        Service web = fixture.now(registry.resolve("web"));
        int before = questions();
        fixture.time.advanceMs(10 * POLL_MS);
        // The one who offers looks every 10 s whether it is still there.
        assertTrue(questions() - before <= 10 + 20 + 2, "questions: " + (questions() - before));
        before = questions();
        for (int i = 0; i < 1_000; i++) {
            one.update(Instance.at("10.0.0.1", 1_000 + i));
            fixture.time.advanceMs(10);
        }
        assertTrue(questions() - before <= 105, "questions in 10 s: " + (questions() - before));
        fixture.time.advanceMs(1_000);
        assertEquals(List.of(1_999), ports(web));
    }

    @Test
    void manyAreAskedForTogether() {
        offer("1", 80);
        int before = questions();
        Map<String, Service> all = fixture.now(registry.resolveAll(List.of("web", "db", "web", "a,b")));
        assertEquals(List.of("web", "db", "a,b"), List.copyOf(all.keySet()));
        assertEquals(List.of(80), ports(Objects.requireNonNull(all.get("web"))));
        assertEquals(
                1,
                fixture.cell.calls(HttpMethod.GET, "/v1/services?names=web,db").size());
        fixture.time.advanceMs(100);
        offer("2", 81);
        assertEquals(List.of(80, 81), ports(Objects.requireNonNull(all.get("web"))));
        assertTrue(questions() - before > 3, "each is polled");
        assertSame(all.get("db"), ClientFixture.result(registry.resolve("db")));
    }

    @Test
    void whoIsThereIsListedOverSeveralPages() {
        assertEquals(List.of(), fixture.now(registry.names()));
        for (String each : List.of("web", "db", "stock", "mail", "orders")) {
            offering.register(each, "1", Instance.at("10.0.0.1", 80));
        }
        offer("2", 81);
        assertEquals(List.of("db", "mail", "orders", "stock", "web"), fixture.now(registry.names()));
        assertEquals(Map.of(), registry.services(), "a list keeps nothing up to date");
        all(FakeReplica.LEADERLESS);
        Future<List<String>> refused = registry.names();
        fixture.time.advanceMs(15_000);
        ClientFixture.failure(NoLeaderException.class, refused);
        fixture.now(registry.shutdown());
        ClientFixture.failure(CancellationException.class, registry.names());
    }

    @Test
    void whatCannotBeResolvedSaysWhyAndCanBeAskedAgain() {
        all(FakeReplica.LEADERLESS);
        Future<Service> first = registry.resolve("web");
        Future<Service> second = registry.resolve("web");
        fixture.time.advanceMs(15_000);
        ClientFixture.failure(NoLeaderException.class, first);
        ClientFixture.failure(NoLeaderException.class, second);
        all(FakeReplica.UP);
        assertEquals(List.of(), fixture.now(registry.resolve("web")).instances());
    }

    @Test
    void noMoreAreKeptThanAllowed() {
        NameRegistry small = NameRegistry.of(client, SessionOptions.named("small"), 2);
        Service a = fixture.now(small.resolve("a"));
        fixture.now(small.resolve("b"));
        Future<Service> c = small.resolve("c");
        fixture.time.advanceMs(100);
        assertEquals(
                "too-many-services",
                ClientFixture.failure(LockServiceException.class, c).code());
        a.close();
        fixture.now(small.resolve("c"));
        a.close();
        fixture.time.advanceMs(POLL_MS);
        int before = fixture.cell.calls(HttpMethod.GET, "/v1/services/a").size();
        fixture.time.advanceMs(10 * POLL_MS);
        assertEquals(
                before, fixture.cell.calls(HttpMethod.GET, "/v1/services/a").size(), "not asked for any more");
        fixture.now(small.shutdown());
        Future<Service> late = small.resolve("d");
        fixture.time.advanceMs(100);
        assertTrue(late.failed());
    }

    @Test
    void whatWaitsAtTheCellIsGivenUpWithTheService() {
        List<String> ended = new ArrayList<>();
        client.observers().add(new ClientObserver() {
            @Override
            public void operation(String method, String path, Outcome outcome, int retries, long nanos) {
                ended.add(path.replaceFirst("since=.*", "since") + " " + outcome);
            }
        });
        Service web = fixture.now(registry.resolve("web"));
        fixture.time.advanceMs(1_000);
        ended.clear();
        web.close();
        fixture.time.advanceMs(10);
        assertEquals(List.of("/v1/services/web?waitMs=20000&since CANCELLED"), ended);
        fixture.time.advanceMs(60_000);
        assertEquals(1, ended.size());
    }

    @Test
    void whoIsResolvedAnewIsAnother() {
        Service first = fixture.now(registry.resolve("web"));
        first.close();
        assertNotSame(first, fixture.now(registry.resolve("web")));
    }

    @Test
    void balancersChoose() {
        List<ServiceInstance> instances = List.of(
                new ServiceInstance("web", "1", Instance.at("a", 1).withMetadata("zone", "x"), "s1"),
                new ServiceInstance(
                        "web", "2", Instance.at("b", 2).withWeight(9).withMetadata("zone", "y"), "s1"));
        Balancer turns = Balancer.roundRobin(new Random(1));
        assertEquals(Map.of("1", 50, "2", 50), counted(turns, instances));
        Map<String, Integer> weighted = counted(Balancer.weighted(new Random(1)), instances);
        assertTrue(weighted.getOrDefault("1", 0) > 2 && weighted.getOrDefault("2", 0) > 80, weighted::toString);
        assertEquals(Map.of("2", 100), counted(Balancer.nearest("zone", "y", turns), instances));
        assertEquals(2, counted(Balancer.nearest("zone", "z", turns), instances).size(), "none is near");
        for (Balancer each : List.of(turns, Balancer.weighted(), Balancer.nearest("zone", "y", turns))) {
            assertTrue(each.choose(List.of()).isEmpty());
        }
    }

    private static Map<String, Integer> counted(Balancer balancer, List<ServiceInstance> instances) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            counts.merge(balancer.choose(instances).orElseThrow().id(), 1, Integer::sum);
        }
        return counts;
    }
}
