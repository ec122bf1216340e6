package io.lockservice.client.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.fake.VirtualTime;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Two latches on virtual time; either program can be paused. */
class LeaderLatchTest {
    private static final String NAME = "/ls/local/leader";
    private static final long LEASE_MS = 12_000;

    private final ClientFixture fixture = new ClientFixture();
    private final List<String> told = new ArrayList<>();
    private final VirtualTime.Machine machineOfA = fixture.time.machine();
    private final LeaderLatch a = latch("a", machineOfA);
    private final LeaderLatch b = latch("b", fixture.time.machine());

    private LeaderLatch latch(String who, VirtualTime.Machine machine) {
        LockServiceClient client =
                fixture.client(machine, ClientOptions.of(ClientFixture.A, ClientFixture.B, ClientFixture.C));
        ElectionOptions options = ElectionOptions.named("client " + who).withNote("host " + who);
        LeaderLatch latch = LeaderLatch.of(client, NAME, options);
        latch.addListener(new LatchListener() {
            @Override
            public void isLeader(Leadership leadership) {
                told.add(who + " leads with " + leadership.token());
            }

            @Override
            public void notLeader() {
                told.add(who + " does not");
            }
        });
        latch.start(candidate -> {
            Callbacks callbacks = new Callbacks(candidate, new DirectExecutor(), client.loop());
            LeaderElection election = new LeaderElection(client, null, NAME, options, callbacks);
            election.begin();
            return election;
        });
        return latch;
    }

    @Test
    void handsOverWhenItIsClosed() {
        Future<Leadership> first = a.await();
        Future<Leadership> second = b.await();
        fixture.time.advanceMs(1_000);
        Leadership leadership = ClientFixture.result(first);
        assertTrue(a.hasLeadership() && leadership.isLeader());
        assertEquals(OptionalLong.of(1), a.token());
        assertFalse(second.isComplete() || b.hasLeadership());
        assertEquals("host a", fixture.now(b.currentLeader()).orElseThrow().note());
        assertEquals(
                List.of(new Participant("s1", "client of s1", "host a", true, 1)),
                fixture.now(b.participants()).stream()
                        .filter(Participant::isLeader)
                        .toList());
        Future<Leadership> never = b.await();
        machineOfA.pause();
        Future<Void> closed = a.shutdown();
        assertFalse(a.hasLeadership() || leadership.isLeader(), "from the call on, before anything is done");
        assertEquals(List.of("a leads with 1"), told);
        machineOfA.resume();
        fixture.now(closed);
        assertTrue(ClientFixture.result(second).isLeader());
        assertEquals(2, ClientFixture.result(never).token());
        assertEquals(List.of("a leads with 1", "a does not", "b leads with 2"), told);
        assertThrows(IllegalStateException.class, a::start);
        ClientFixture.failure(CancellationException.class, fixture.now(Future.succeededFuture(a.await())));
    }

    @Test
    void aClosedLatchLetsNobodyWait() {
        fixture.time.advanceMs(1_000);
        Future<Leadership> waiting = b.await();
        Future<Void> closed = b.shutdown();
        fixture.now(closed);
        ClientFixture.failure(CancellationException.class, waiting);
        fixture.now(a.shutdown());
        assertEquals(List.of("a leads with 1", "a does not"), told);
    }

    @Test
    void whatWasAwaitedBeforeALossNeverLeadsAgain() {
        Leadership before = fixture.now(a.await());
        fixture.time.advanceMs(1_000);
        machineOfA.pause();
        while (a.hasLeadership()) {
            assertTrue(fixture.time.elapsedMs() < 2 * LEASE_MS, "not lost in time");
            fixture.time.advanceMs(1);
        }
        assertTrue(fixture.cell.holder(NAME) != null, "known before the cell gives it to others");
        fixture.time.advanceMs(LEASE_MS);
        assertTrue(b.hasLeadership());
        machineOfA.resume();
        fixture.time.advanceMs(60_000);
        assertFalse(a.hasLeadership());
        fixture.now(b.shutdown());
        Leadership after = fixture.now(a.await());
        assertTrue(after.isLeader() && after.token() > before.token());
        assertFalse(before.isLeader());
    }

    @Test
    void anAwaitOutlivesACellThatIsAwayAndNeverAnswersWithAnOldLeadership() {
        fixture.now(a.await());
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, FakeReplica.SILENT));
        fixture.time.advanceMs(90_000);
        assertFalse(a.hasLeadership());
        Future<Leadership> waiting = a.await();
        assertFalse(waiting.isComplete());
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, FakeReplica.UP));
        fixture.time.advanceMs(60_000);
        fixture.now(b.shutdown());
        fixture.time.advanceMs(1_000);
        assertTrue(ClientFixture.result(waiting).isLeader());
    }
}
