package io.lockservice.client.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.fake.VirtualTime;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** What is registered stays registered. On virtual time. */
class RegistrationTest {
    private static final Instance HERE = Instance.at("10.0.0.1", 80);
    private static final Instance THERE = Instance.at("10.0.0.2", 80).withWeight(3);
    private static final long LEASE_MS = 12_000;

    private final ClientFixture fixture = new ClientFixture();
    private final VirtualTime.Machine machine = fixture.time.machine();
    private final LockServiceClient client =
            fixture.client(machine, ClientOptions.of(ClientFixture.A, ClientFixture.B, ClientFixture.C));
    private final NameRegistry registry = NameRegistry.of(client, "web on host a");
    private final List<String> told = new ArrayList<>();

    private void all(FakeReplica behaviour) {
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, behaviour));
    }

    private Registration registered(NameRegistry with, Instance instance) {
        Registration registration = with.register("web", "1", instance);
        registration.addListener(new Told());
        fixture.time.advanceMs(100);
        return registration;
    }

    private NameRegistry other(String clientName) {
        return NameRegistry.of(fixture.client(), clientName);
    }

    private List<String> owners() {
        return fixture.cell.services().sessions("web");
    }

    private int puts() {
        return fixture.cell.calls(HttpMethod.PUT, "/v1/services").size();
    }

    private final class Told implements RegistrationListener {
        @Override
        public void registered(Registration registration) {
            told.add("registered");
        }

        @Override
        public void lost(Registration registration, LockServiceException reason) {
            told.add("lost " + reason.code());
        }

        @Override
        public void refused(Registration registration, LockServiceException reason) {
            told.add("refused " + (reason instanceof InstanceTakenException taken ? taken.owner() : reason.code()));
        }
    }

    @Test
    void itIsRegisteredOnceAndStaysSo() {
        Registration registration = registered(registry, HERE);
        assertTrue(registration.isRegistered());
        ClientFixture.result(registration.registered());
        assertEquals(List.of("10.0.0.1:80"), fixture.cell.services().ports("web"));
        fixture.time.advanceMs(600_000);
        assertEquals(List.of("registered"), told);
        assertEquals(1, puts(), "nothing is written where nothing changes");
        assertThrows(IllegalStateException.class, () -> registry.register("web", "1", THERE));
    }

    @Test
    void afterItsSessionEndedItIsRegisteredAgain() {
        Registration registration = registered(registry, HERE);
        fixture.cell.endAllSessions();
        fixture.time.advanceMs(LEASE_MS);
        assertEquals(List.of("registered", "lost session-expired", "registered"), told);
        assertTrue(registration.isRegistered());
        assertEquals(List.of("s2"), owners());
    }

    @Test
    void afterAPauseOfTheProgramItIsRegisteredAgain() {
        Registration registration = registered(registry, HERE);
        machine.pause();
        fixture.time.advanceMs(LEASE_MS + 60_000);
        assertFalse(registration.isRegistered());
        assertEquals(List.of(), owners());
        machine.resume();
        fixture.time.advanceMs(10_000);
        assertEquals(List.of("registered", "lost session-expired", "registered"), told);
        assertEquals(List.of("s2"), owners());
    }

    @Test
    void aCellThatWasAwayForLongHasItAgainAndWasNotStormed() {
        registered(registry, HERE);
        registry.register("web", "2", THERE);
        fixture.time.advanceMs(100);
        all(FakeReplica.REFUSING);
        fixture.time.advanceMs(3_600_000);
        assertEquals(List.of(), owners());
        int before = fixture.cell.calls().size();
        fixture.time.advanceMs(60_000);
        int tries = fixture.cell.calls().size() - before;
        assertTrue(tries < 300, "calls in a minute to a cell that is away: " + tries);
        all(FakeReplica.UP);
        fixture.time.advanceMs(15_000);
        assertEquals(2, owners().size());
        assertEquals("registered", told.get(told.size() - 1));
    }

    @Test
    void anEntryThatWasDeletedIsMadeAgain() {
        registered(registry, HERE);
        fixture.cell.services().delete("web", "1");
        fixture.time.advanceMs(15_000);
        assertEquals(List.of("registered", "lost registration-lost", "registered"), told);
        assertEquals(List.of("s1"), owners());
    }

    @Test
    void anotherClientsInstanceIsToldWithItsOwnerAndWaitedFor() {
        NameRegistry others = other("web on host b");
        Registration theirs = others.register("web", "1", THERE);
        fixture.time.advanceMs(100);
        Registration mine = registered(registry, HERE);
        fixture.time.advanceMs(60_000);
        assertEquals(List.of("refused s1"), told, "told once");
        assertTrue(puts() < 30, "asked with pauses: " + puts());
        assertFalse(mine.isRegistered());
        fixture.now(theirs.deregister());
        fixture.time.advanceMs(5_000);
        assertEquals(List.of("refused s1", "registered"), told);
        assertEquals(List.of("10.0.0.1:80"), fixture.cell.services().ports("web"));
    }

    @Test
    void aProgramThatStartedAgainTakesOverAtOnceAndTheOldOneKeepsQuiet() {
        Registration old = registered(registry, HERE);
        NameRegistry again = other("web on host a");
        Registration next = again.register("web", "1", THERE);
        fixture.time.advanceMs(100);
        assertTrue(next.isRegistered());
        assertEquals(List.of("10.0.0.2:80"), fixture.cell.services().ports("web"));
        fixture.time.advanceMs(60_000);
        assertEquals(List.of("registered", "lost node-exists"), told);
        assertFalse(old.isRegistered());
        assertEquals(2, puts(), "two programs of one name do not take it from each other for ever");
        fixture.now(again.shutdown());
        fixture.time.advanceMs(15_000);
        assertTrue(old.isRegistered());
        assertEquals(List.of("10.0.0.1:80"), fixture.cell.services().ports("web"));
    }

    @Test
    void whatIsWantedLastIsWhatTheCellHas() {
        Registration registration = registered(registry, HERE);
        all(FakeReplica.DEAF);
        Future<Void> updated = registration.update(THERE);
        fixture.time.advanceMs(1_000);
        registration.update(HERE.withTags("blue"));
        fixture.time.advanceMs(15_000);
        assertFalse(updated.isComplete(), "nobody answered");
        all(FakeReplica.UP);
        fixture.time.advanceMs(20_000);
        ClientFixture.result(updated);
        Service seen = fixture.now(registry.resolve("web"));
        assertEquals(
                List.of(HERE.withTags("blue")),
                seen.instances().stream().map(ServiceInstance::instance).toList());
        fixture.time.advanceMs(60_000);
        assertEquals(List.of("blue"), seen.instances().get(0).tags());
    }

    @Test
    void deregisteringLeavesOthersAlone() {
        Registration old = registered(registry, HERE);
        Registration next = other("web on host a").register("web", "1", THERE);
        fixture.time.advanceMs(100);
        fixture.now(old.deregister());
        assertTrue(next.isRegistered());
        assertEquals(List.of("10.0.0.2:80"), fixture.cell.services().ports("web"));
        ClientFixture.failure(CancellationException.class, old.registered());
    }

    @Test
    void whatIsDeregisteredWhileTheCellIsAwayDoesNotComeBack() {
        Registration registration = registered(registry, HERE);
        all(FakeReplica.DEAF);
        registration.update(THERE);
        fixture.time.advanceMs(50);
        Future<Void> gone = registration.deregister();
        Registration again = registry.register("web", "1", HERE.withWeight(7));
        fixture.time.advanceMs(5_000);
        assertFalse(gone.isComplete());
        all(FakeReplica.UP);
        fixture.time.advanceMs(20_000);
        ClientFixture.result(gone);
        assertTrue(again.isRegistered());
        assertEquals(7, fixture.now(registry.resolve("web")).instances().get(0).weight());
        fixture.now(again.deregister());
        fixture.time.advanceMs(60_000);
        assertEquals(List.of(), owners());
        assertEquals(List.of("registered"), told);
    }

    @Test
    void allEndsWithTheClient() {
        Registration registration = registered(registry, HERE);
        fixture.now(client.shutdown());
        assertEquals(List.of(), owners());
        assertFalse(registration.isRegistered());
        assertEquals(List.of("registered"), told);
        assertThrows(IllegalStateException.class, () -> registry.register("web", "2", HERE));
        int before = fixture.cell.calls().size();
        fixture.time.advanceMs(60_000);
        assertEquals(before, fixture.cell.calls().size());
    }

    @Test
    void aSessionThatIsBeingOpenedIsClosedToo() {
        registry.register("web", "1", HERE);
        // The question is on its way, and its answer is not there yet.
        fixture.now(client.shutdown());
        fixture.time.advanceMs(1_000);
        assertEquals(1, fixture.cell.calls(HttpMethod.DELETE, "/v1/sessions").size());
    }

    @Test
    void namesAndInstancesAreCheckedHere() {
        assertThrows(IllegalArgumentException.class, () -> registry.register("a/b", "1", HERE));
        assertThrows(IllegalArgumentException.class, () -> registry.register("web", "", HERE));
        assertThrows(IllegalArgumentException.class, () -> Instance.at("10.0.0.1", 0));
        assertThrows(IllegalArgumentException.class, () -> Instance.at(" ", 1));
        assertThrows(IllegalArgumentException.class, () -> HERE.withWeight(0));
        assertEquals("[::1]:80", Instance.at("::1", 80).hostAndPort());
    }
}
