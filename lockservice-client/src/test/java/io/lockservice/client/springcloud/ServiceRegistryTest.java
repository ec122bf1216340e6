package io.lockservice.client.springcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Spring Cloud's registration. On virtual time, which stands still while a thread waits. */
@Timeout(60)
class ServiceRegistryTest {
    private static final LockServiceRegistration WEB =
            LockServiceRegistration.of("web", "1", Instance.at("10.0.0.1", 80));

    private final ClientFixture fixture = new ClientFixture();
    private final NameRegistry names = NameRegistry.of(fixture.client(), "web on host a");

    /** Waits for almost nothing: on this clock nothing happens meanwhile. */
    private final LockServiceServiceRegistry registry = LockServiceServiceRegistry.of(names, 1);

    private void all(FakeReplica behaviour) {
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, behaviour));
    }

    private List<String> found() {
        fixture.time.advanceMs(200);
        return fixture.cell.services().ports("web");
    }

    private String status() {
        return registry.getStatus(WEB);
    }

    @Test
    void whatIsRegisteredStaysSoUntilItIsTakenAway() {
        assertEquals("UNKNOWN", status());
        registry.register(WEB);
        assertEquals("DOWN", status(), "the cell does not have it yet");
        assertEquals(List.of("10.0.0.1:80"), found());
        assertEquals("UP", status());
        fixture.cell.endAllSessions();
        fixture.time.advanceMs(20_000);
        assertEquals(List.of("10.0.0.1:80"), found());
        registry.register(LockServiceRegistration.of("web", "1", Instance.at("10.0.0.2", 80)));
        assertEquals(List.of("10.0.0.2:80"), found());
        registry.deregister(WEB);
        assertEquals(List.of(), found());
        assertEquals("UNKNOWN", status());
        registry.deregister(WEB);
        registry.register(null);
        registry.deregister(null);
    }

    @Test
    void anApplicationStartsAlsoWhileTheCellIsAway() {
        all(FakeReplica.REFUSING);
        registry.register(WEB);
        fixture.time.advanceMs(60_000);
        assertEquals("DOWN", status());
        all(FakeReplica.UP);
        fixture.time.advanceMs(10_000);
        assertEquals("UP", status());
        all(FakeReplica.REFUSING);
        registry.deregister(WEB);
        all(FakeReplica.UP);
        fixture.time.advanceMs(30_000);
        assertEquals(List.of(), found(), "what could not be taken away at once is later");
    }

    @Test
    void whatIsOutOfServiceIsNotFound() {
        registry.register(WEB);
        assertEquals(1, found().size());
        registry.setStatus(WEB, "OUT_OF_SERVICE");
        assertEquals(List.of(), found());
        assertEquals("OUT_OF_SERVICE", status());
        registry.setStatus(WEB, "down");
        assertEquals("DOWN", status());
        registry.setStatus(WEB, "UP");
        assertEquals(1, found().size());
        assertEquals("UP", status());
        assertThrows(IllegalArgumentException.class, () -> registry.setStatus(WEB, "STARTING"));
        registry.setStatus(WEB, "DOWN");
        registry.setStatus(WEB, "UP");
        assertEquals(1, found().size(), "in the order in which it was said");
    }

    @Test
    void allIsTakenAwayAndMayComeBack() {
        registry.register(WEB);
        registry.register(LockServiceRegistration.of("web", "2", Instance.at("10.0.0.2", 80)));
        assertEquals(2, found().size());
        registry.close();
        assertEquals(List.of(), found());
        registry.register(WEB);
        assertEquals(1, found().size());
    }

    @Test
    void whoeverTakesAnInstanceAwayWaitsUntilItIs() throws Exception {
        LockServiceServiceRegistry patient = LockServiceServiceRegistry.of(names, 30_000);
        patient.register(WEB);
        assertEquals(1, found().size());
        CompletableFuture<List<String>> left = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            patient.deregister(WEB);
            left.complete(fixture.cell.services().ports("web"));
        });
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
        assertFalse(left.isDone(), "it did not wait");
        fixture.time.advanceMs(1_000);
        assertEquals(List.of(), left.get(30, TimeUnit.SECONDS));
    }
}
