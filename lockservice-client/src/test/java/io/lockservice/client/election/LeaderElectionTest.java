package io.lockservice.client.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.fake.VirtualTime;
import io.lockservice.client.transport.Lane;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two programs and one office. The cell's model and both programs' clocks are one; either program can be paused. */
class LeaderElectionTest {
    private static final String NAME = "/ls/local/leader";
    private static final long LEASE_MS = 12_000;

    private final ClientFixture fixture = new ClientFixture();
    private final List<String> office = new ArrayList<>();
    private final Program a = new Program("a");
    private final Program b = new Program("b");

    private void all(FakeReplica behaviour) {
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, behaviour));
    }

    @Test
    void electsOneAndTheNextWhenItCloses() {
        a.run();
        b.run();
        fixture.time.advanceMs(60_000);
        assertEquals(List.of("a leads with 1"), office);
        assertTrue(a.leads());
        Future<Void> closed = a.election().shutdown();
        fixture.time.advanceMs(100);
        assertTrue(closed.succeeded());
        assertEquals(List.of("a leads with 1", "a stopped", "b leads with 2"), office);
        assertFalse(a.leads());
        assertTrue(b.leads());
    }

    @Test
    void resigningGoesToTheEndOfTheQueue() {
        a.run();
        b.run();
        fixture.time.advanceMs(1_000);
        fixture.now(a.election().resign());
        fixture.now(b.election().resign());
        assertEquals(List.of("a leads with 1", "a stopped", "b leads with 2", "b stopped", "a leads with 3"), office);
    }

    @Test
    void resigningWithoutLeadingDoesNothing() {
        a.run();
        b.run();
        fixture.time.advanceMs(1_000);
        fixture.now(b.election().resign());
        assertEquals(List.of("a leads with 1"), office);
    }

    @Test
    void isToldToStopBeforeTheLeaseCanHaveEnded() {
        a.run();
        fixture.time.advanceMs(1_000);
        all(FakeReplica.SILENT);
        while (a.leads()) {
            fixture.time.advanceMs(1);
        }
        assertEquals(List.of("a leads with 1", "a stopped"), office, "told in the very millisecond");
        assertEquals(11_880 - 1_000, fixture.time.elapsedMs(), "the drift and the margin before the cell's end");
        assertTrue(fixture.cell.holder(NAME) != null, "in the cell it still leads");
    }

    @Test
    void aPausedLeaderDoesNotLeadAndTheNextOneDoes() {
        a.run();
        b.run();
        fixture.time.advanceMs(1_000);
        a.machine.pause();
        // Its last keep-alive still waits in the cell, and counts when that answers it.
        fixture.time.advanceMs(LEASE_MS + LEASE_MS / 4 + 100);
        assertFalse(a.leads(), "seen by its own clock, before anything could be told");
        assertEquals(List.of("a leads with 1", "b leads with 2"), office);
        a.machine.resume();
        fixture.time.advanceMs(60_000);
        assertEquals(List.of("a leads with 1", "b leads with 2", "a stopped"), office);
        assertTrue(b.leads());
    }

    @Test
    void opensANewSessionByItselfAndLeadsAgainWithALargerToken() {
        a.run();
        fixture.time.advanceMs(1_000);
        fixture.cell.endAllSessions();
        fixture.time.advanceMs(20_000);
        assertEquals(List.of("a leads with 1", "a stopped", "a leads with 2"), office);
        assertEquals(
                2,
                fixture.cell.calls(HttpMethod.POST, "/v1/sessions").stream()
                        .filter(call -> call.path().equals("/v1/sessions"))
                        .count());
    }

    @Test
    void aLeaderInDoubtStopsAndIsElectedAnewOnceTheSessionIsSafe() {
        a.run();
        fixture.time.advanceMs(1_000);
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.DEAF);
        fixture.time.advanceMs(20_000);
        assertEquals("a stopped", office.get(1));
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.UP);
        fixture.time.advanceMs(10_000);
        assertEquals(List.of("a leads with 1", "a stopped", "a leads with 2"), office);
    }

    @ParameterizedTest
    @ValueSource(longs = {5_000, 30_000, 120_000, 3_600_000})
    void leadsAgainSoonAfterTheCellIsBack(long deadMs) {
        a.run();
        fixture.time.advanceMs(1_000);
        all(FakeReplica.REFUSING);
        fixture.time.advanceMs(deadMs);
        assertEquals(deadMs < 8_000, a.leads());
        all(FakeReplica.UP);
        fixture.time.advanceMs(5_000);
        assertTrue(a.leads());
    }

    @Test
    void anOperatorCanUnseatALeader() {
        a.run();
        b.run();
        fixture.time.advanceMs(1_000);
        fixture.cell.forceRelease(NAME);
        fixture.time.advanceMs(6_000);
        assertEquals(List.of("a leads with 1", "b leads with 2", "a stopped"), office);
    }

    @Test
    void aLeadershipThatEndedNeverBeginsAgain() {
        a.run();
        fixture.time.advanceMs(1_000);
        Leadership leadership = a.election().leadership().orElseThrow();
        assertTrue(leadership.remainingMs() > 5_000);
        fixture.now(a.election().resign());
        fixture.time.advanceMs(10_000);
        assertTrue(a.leads());
        assertFalse(leadership.isLeader());
        assertEquals(0, leadership.remainingMs());
        assertEquals(1, leadership.token());
    }

    @Test
    void workThatFailsGivesTheOfficeUp() {
        a.failsWhenElected = true;
        a.run();
        b.run();
        fixture.time.advanceMs(1_000);
        assertEquals(List.of("a leads with 1", "a stopped", "b leads with 2"), office);
    }

    @Test
    void candidatesThatAllFailDoNotSpin() {
        a.failsWhenElected = true;
        a.run();
        fixture.time.advanceMs(60_000);
        assertTrue(office.size() <= 20, "elected and stopped in a minute: " + office.size());
    }

    @Test
    void everybodyCanSeeWhoLeads() {
        assertEquals(Optional.empty(), fixture.now(LeaderElection.currentLeader(b.client, NAME)));
        a.run();
        fixture.time.advanceMs(1_000);
        Leader leader =
                fixture.now(LeaderElection.currentLeader(b.client, NAME)).orElseThrow();
        assertEquals("http://a:80", leader.note());
        assertEquals(1, leader.token());
    }

    @Test
    void closingTheClientStopsTheLeaderFirst() {
        a.run();
        b.run();
        fixture.time.advanceMs(1_000);
        fixture.now(a.client.shutdown());
        assertEquals(List.of("a leads with 1", "a stopped", "b leads with 2"), office);
    }

    @Test
    void aSessionOfTheProgramsOwnIsUsedAndItsClosingEndsTheCandidacy() {
        Session session = fixture.session(a.client);
        LeaderElection election = LeaderElectionTest.candidacy(a, session);
        fixture.time.advanceMs(1_000);
        assertEquals(session.id(), fixture.cell.holder(NAME));
        fixture.now(session.close());
        fixture.time.advanceMs(60_000);
        assertEquals(List.of("a leads with 1", "a stopped"), office);
        fixture.now(election.shutdown());
    }

    @Test
    void whateverHappensPeriodsDoNotOverlap() {
        a.run();
        b.run();
        for (int i = 0; i < 40; i++) {
            Program paused = i % 2 == 0 ? a : b;
            paused.machine.pause();
            fixture.time.advanceMs(1_000L * (i % 17));
            paused.machine.resume();
            all(i % 3 == 0 ? FakeReplica.SILENT : i % 3 == 1 ? FakeReplica.DEAF : FakeReplica.LEADERLESS);
            fixture.time.advanceMs(1_300L * (i % 11));
            all(FakeReplica.UP);
            for (int second = 0; second < 20; second++) {
                fixture.time.advanceMs(1_000);
                assertFalse(a.leads() && b.leads(), () -> "two leaders: " + office);
            }
        }
        assertTrue(office.size() > 20, "something happened: " + office.size());
        long last = 0;
        for (String entry : office) {
            if (entry.contains("leads with ")) {
                long token = Long.parseLong(entry.substring(entry.lastIndexOf(' ') + 1));
                assertTrue(token > last, () -> "tokens only grow: " + office);
                last = token;
            }
        }
    }

    private static LeaderElection candidacy(Program program, @Nullable Session session) {
        Callbacks callbacks = new Callbacks(program, new DirectExecutor(), program.client.loop());
        ElectionOptions options = ElectionOptions.named(program.name).withNote("http://" + program.name + ":80");
        LeaderElection election = new LeaderElection(program.client, session, NAME, options, callbacks);
        election.begin();
        return election;
    }

    /** A program that writes down what it is told. */
    private final class Program implements Candidate {
        private final String name;
        private final VirtualTime.Machine machine = fixture.time.machine();
        private final LockServiceClient client =
                fixture.client(machine, ClientOptions.of(ClientFixture.A, ClientFixture.B, ClientFixture.C));
        private boolean failsWhenElected;
        private @Nullable LeaderElection election;

        Program(String name) {
            this.name = name;
        }

        void run() {
            election = candidacy(this, null);
        }

        LeaderElection election() {
            LeaderElection now = election;
            if (now == null) {
                throw new AssertionError("not running");
            }
            return now;
        }

        boolean leads() {
            return election().leadership().isPresent();
        }

        @Override
        public void elected(Leadership leadership) {
            office.add(name + " leads with " + leadership.token());
            if (failsWhenElected) {
                throw new IllegalStateException("planted");
            }
        }

        @Override
        public void revoked() {
            office.add(name + " stopped");
        }
    }
}
