package io.lockservice.client.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.node.Nodes;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientMetricsTest {
    private final ClientFixture fixture = new ClientFixture();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LockServiceClient client =
            fixture.client(fixture.time.machine(), ClientOptions.of(ClientFixture.A, ClientFixture.B, ClientFixture.C));

    ClientMetricsTest() {
        ClientMetrics.of(client, Tag.of("cell", "test")).bindTo(registry);
    }

    private double gauge(String name, String... tags) {
        return registry.get("lockservice.client." + name).tags(tags).gauge().value();
    }

    private long times(String name, String... tags) {
        return registry.get("lockservice.client." + name).tags(tags).timer().count();
    }

    @Test
    void sessionsAreCountedByState() {
        assertEquals(0, gauge("sessions", "state", "safe"));
        Session session = fixture.session(client);
        assertEquals(1, gauge("sessions", "state", "safe", "cell", "test"));
        assertTrue(gauge("sessions.lease.remaining") > 11);
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, FakeReplica.REFUSING));
        fixture.time.advanceMs(13_000);
        assertEquals(0, gauge("sessions", "state", "safe"));
        assertEquals(1, gauge("sessions", "state", "jeopardy"));
        assertEquals(0, gauge("sessions.lease.remaining"));
        fixture.time.advanceMs(60_000);
        assertEquals(Session.State.EXPIRED, session.state());
        assertEquals(0, gauge("sessions", "state", "jeopardy"));
        assertEquals(
                1,
                registry.get("lockservice.client.sessions.ended")
                        .tag("reason", "expired")
                        .counter()
                        .count());
        assertTrue(times("keepalive", "outcome", "not-done") > 0);
    }

    @Test
    void keepAlivesOperationsAndLocksAreTimed() {
        Session session = fixture.session(client);
        fixture.time.advanceMs(20_000);
        assertTrue(times("keepalive", "outcome", "done") >= 4);
        HeldLock lock = fixture.now(DistributedLock.of(session).acquire("/ls/local/x", LockOptions.exclusive()));
        assertEquals(1, gauge("locks.held"));
        fixture.time.advanceMs(5_000);
        fixture.now(lock.release());
        fixture.now(lock.release());
        assertEquals(0, gauge("locks.held"));
        assertEquals(1, times("locks.hold", "end", "released"));
        double heldMs = registry.get("lockservice.client.locks.hold").timer().totalTime(TimeUnit.MILLISECONDS);
        assertTrue(heldMs >= 5_000 && heldMs < 5_300, "held for " + heldMs);
        assertEquals(1, times("operations", "method", "PUT", "resource", "locks", "outcome", "done"));
        assertEquals(1, times("operations", "method", "POST", "resource", "sessions", "outcome", "done"));
        fixture.now(session.close());
        assertEquals(
                1,
                registry.get("lockservice.client.sessions.ended")
                        .tag("reason", "closed")
                        .counter()
                        .count());
        assertTrue(registry.getMeters().stream().map(Meter::getId).allMatch(id -> "test".equals(id.getTag("cell"))));
    }

    @Test
    void aLockThatIsLostIsCountedAsLost() {
        Session session = fixture.session(client);
        fixture.now(DistributedLock.of(session).acquire("/ls/local/x", LockOptions.exclusive()));
        fixture.now(session.close());
        assertEquals(1, times("locks.hold", "end", "lost"));
        assertEquals(0, gauge("locks.held"));
    }

    @Test
    void copiesAreCountedAlsoOfSessionsThatEnded() {
        fixture.cell.serveFiles().write("/ls/local/x", "1");
        Session session =
                fixture.now(client.openSession(SessionOptions.named("test").withCache()));
        fixture.now(Nodes.of(session).getStat("/ls/local/x").future());
        fixture.now(Nodes.of(session).getStat("/ls/local/x").future());
        assertEquals(1, gauge("cache.entries"));
        assertTrue(gauge("cache.size") > 0);
        fixture.now(session.close());
        assertEquals(0, gauge("cache.entries"));
        assertEquals(1, cacheReads("hit"));
        assertEquals(1, cacheReads("miss"));
    }

    private double cacheReads(String result) {
        return registry.get("lockservice.client.cache.reads")
                .tags("result", result)
                .functionCounter()
                .count();
    }

    @Test
    void retriesAreCounted() {
        fixture.cell.replica(ClientFixture.A, FakeReplica.REFUSING);
        fixture.session(client);
        double retries = registry.get("lockservice.client.retries")
                .tag("resource", "sessions")
                .counter()
                .count();
        assertTrue(retries >= 1, "retries: " + retries);
    }

    @Test
    void servicesAndRegistrationsAreShown() {
        NameRegistry names = NameRegistry.of(client, "web on host a");
        names.register("web", "1", Instance.at("10.0.0.1", 80));
        fixture.time.advanceMs(200);
        fixture.now(names.resolve("web"));
        assertEquals(1, gauge("registry.services", "cell", "test"));
        assertEquals(1, gauge("registry.instances"));
        assertEquals(1, gauge("registry.registrations", "state", "registered"));
        assertEquals(0, gauge("registry.registrations", "state", "missing"));
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, FakeReplica.REFUSING));
        fixture.time.advanceMs(90_000);
        assertTrue(gauge("registry.age") > 60);
        assertEquals(0, gauge("registry.registrations", "state", "registered"));
        assertEquals(1, gauge("registry.registrations", "state", "missing"));
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, FakeReplica.UP));
        fixture.time.advanceMs(10_000);
        assertTrue(gauge("registry.age") < 21);
        assertEquals(1, gauge("registry.registrations", "state", "registered"));
        fixture.now(names.shutdown());
        assertEquals(0, gauge("registry.services"));
        assertEquals(0, gauge("registry.age"));
    }
}
