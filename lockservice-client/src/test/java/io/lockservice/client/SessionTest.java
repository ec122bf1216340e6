package io.lockservice.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.fake.VirtualTime;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Leases as in Burrows, section 2.8: safe, in jeopardy, expired. */
class SessionTest {
    private static final long LEASE_MS = 12_000;
    private static final long DRIFTED_MS = 11_880;
    private static final long GRACE_MS = 45_000;

    private final ClientFixture fixture = new ClientFixture();
    private final VirtualTime.Machine machine = fixture.time.machine();
    private final LockServiceClient client =
            fixture.client(machine, ClientOptions.of(ClientFixture.A, ClientFixture.B));
    private final Session session = fixture.session(client);
    private final Told told = new Told();

    SessionTest() {
        session.addListener(told);
    }

    private void cell(FakeReplica behaviour) {
        fixture.cell.replica(ClientFixture.A, behaviour);
        fixture.cell.replica(ClientFixture.B, behaviour);
    }

    private List<Call> keepAlives() {
        return fixture.cell.calls(HttpMethod.POST, "/v1/sessions/s1/keepalive");
    }

    @Test
    void thereIsAlwaysAKeepAliveThatWaitsForAQuarterOfTheLease() {
        for (long ms = 0; ms < 10 * LEASE_MS; ms += 50) {
            fixture.time.advanceMs(50);
            assertTrue(session.remainingMs() >= LEASE_MS / 2 - 200, "half a lease is left: " + session.remainingMs());
        }
        assertEquals(40, keepAlives().size(), 1.0);
        assertEquals(List.of(), told.states);
    }

    @Test
    void whatTheSessionIsToldComesAtOnceAndIsAcknowledgedAtOnce() {
        List<String> events = new ArrayList<>();
        session.addListener(new SessionListener() {
            @Override
            public void event(Session from, Event event) {
                events.add(event.seq() + " " + event.type() + " " + event.name());
            }
        });
        fixture.time.advanceMs(1_000);
        int before = keepAlives().size();
        fixture.cell.tell("s1", "content-changed", "/ls/local/x");
        assertEquals(List.of("1 content-changed /ls/local/x"), events);
        assertEquals(before + 1, keepAlives().size());
        JsonObject next = new JsonObject(keepAlives().get(before).body());
        assertEquals(new JsonObject().put("ack", 1).put("waitMs", 3_000), next);
        fixture.time.advanceMs(1_000);
        assertEquals(before + 1, keepAlives().size(), "and that one waits again");
    }

    @Test
    void aCellThatDoesNotWaitIsNotAskedWithoutPause() {
        fixture.cell.keepAlivesWait(false);
        fixture.time.advanceMs(10 * LEASE_MS);
        assertTrue(session.isSafe());
        assertEquals(40, keepAlives().size(), 2.0);
    }

    @Test
    void aCellThatExtendsTheLeaseNoMoreIsNotAskedWithoutPause() {
        fixture.time.advanceMs(100);
        int before = keepAlives().size();
        fixture.cell.leaveMs(5_000);
        fixture.time.advanceMs(10_000);
        assertTrue(
                keepAlives().size() - before <= 12,
                "keep-alives: " + (keepAlives().size() - before));
    }

    @Test
    void anEventThatIsToldAgainAndAgainIsTakenInOnceAndMakesNoHurry() {
        List<Long> seqs = new ArrayList<>();
        session.addListener(new SessionListener() {
            @Override
            public void event(Session from, Event event) {
                seqs.add(event.seq());
            }
        });
        fixture.cell.repeatEvents();
        fixture.cell.tell("s1", "leader-changed", "");
        fixture.time.advanceMs(10 * LEASE_MS);
        assertEquals(List.of(1L), seqs);
        assertEquals(40, keepAlives().size(), 3.0);
    }

    @Test
    void theLeaseOfTheAnswerIsTheOneThatCounts() {
        fixture.cell.grantLeaseMs(60_000);
        fixture.time.advanceMs(10 * LEASE_MS);
        assertEquals(120_000 / 15_000, keepAlives().size(), 2.0);
        assertTrue(session.remainingMs() > 29_000);
    }

    @Test
    void aReplicaThatDiesUnderAWaitingKeepAliveCostsNothing() {
        fixture.time.advanceMs(4_000);
        fixture.cell.replica(ClientFixture.A, FakeReplica.SILENT);
        fixture.time.advanceMs(10 * LEASE_MS);
        assertTrue(session.isSafe());
        assertEquals(List.of(), told.states);
    }

    @Test
    void keepAlivesHaveTheirOwnLaneAndNoIdempotencyKey() {
        fixture.time.advanceMs(LEASE_MS);
        for (Call call : keepAlives()) {
            assertEquals(Lane.KEEP_ALIVE, call.lane());
            assertFalse(call.headers().containsKey("Idempotency-Key"), "a repeat would extend nothing");
        }
    }

    @Test
    void countsTheLeaseFromTheSendingLessTheDrift() {
        fixture.cell.latencyMs(1_500);
        fixture.cell.keepAlivesWait(false);
        fixture.time.advanceMs(LEASE_MS);
        long sentAt = fixture.time.elapsedMs();
        int before = keepAlives().size();
        while (keepAlives().size() == before) {
            sentAt = fixture.time.elapsedMs();
            fixture.time.advanceMs(1);
        }
        fixture.time.advanceMs(1_500);
        long expectedMs = sentAt + 1 + DRIFTED_MS - fixture.time.elapsedMs();
        assertTrue(Math.abs(session.remainingMs() - expectedMs) <= 1, "left: " + session.remainingMs());
    }

    @Test
    void anOpeningThatTookSeveralAttemptsCountsFromTheFirst() {
        cell(FakeReplica.DEAF);
        Future<Session> second = client.openSession(SessionOptions.named("slow"));
        fixture.time.advanceMs(4_000);
        cell(FakeReplica.UP);
        fixture.time.advanceMs(4_000);
        assertTrue(ClientFixture.result(second).remainingMs() <= DRIFTED_MS - 4_000 + DRIFTED_MS / 3);
        assertEquals("s2", ClientFixture.result(second).id(), "opened once");
    }

    @Test
    void lostKeepAlivesAreJeopardy() {
        cell(FakeReplica.SILENT);
        fixture.time.advanceMs(DRIFTED_MS - 101);
        assertTrue(session.isSafe());
        fixture.time.advanceMs(1);
        assertEquals(Session.State.JEOPARDY, session.state());
        assertEquals(0, session.remainingMs());
        assertEquals(List.of("jeopardy"), told.states);
    }

    @Test
    void jeopardyEndsWhenTheCellAnswersInTime() {
        fixture.time.advanceMs(3_900);
        // The cell hears every keep-alive, the answers get lost.
        cell(FakeReplica.DEAF);
        fixture.time.advanceMs(30_000);
        assertEquals(Session.State.JEOPARDY, session.state());
        cell(FakeReplica.UP);
        fixture.time.advanceMs(3_000);
        assertEquals(Session.State.SAFE, session.state());
        assertEquals(List.of("jeopardy", "safe"), told.states);
    }

    @Test
    void theCellsWordThatItIsOverIsFinal() {
        fixture.cell.endAllSessions();
        fixture.time.advanceMs(LEASE_MS / 2);
        assertEquals(Session.State.EXPIRED, session.state());
        assertEquals(List.of("expired session-expired"), told.states);
        int sent = fixture.cell.calls().size();
        fixture.time.advanceMs(10 * LEASE_MS);
        assertEquals(sent, fixture.cell.calls().size(), "nothing is sent for a session that is over");
    }

    @Test
    void declaresItselfExpiredAfterTheGracePeriod() {
        cell(FakeReplica.REFUSING);
        fixture.time.advanceMs(DRIFTED_MS + GRACE_MS - 1_000);
        assertEquals(List.of("jeopardy"), told.states);
        fixture.time.advanceMs(1_000);
        assertEquals(List.of("jeopardy", "expired session-expired"), told.states);
        cell(FakeReplica.UP);
        fixture.time.advanceMs(10_000);
        assertEquals(Session.State.EXPIRED, session.state(), "it stays over whatever the cell says");
    }

    @Test
    void aCellThatIsBackBeforeTheLeaseEndsCostsNothing() {
        fixture.time.advanceMs(3_800);
        cell(FakeReplica.REFUSING);
        fixture.time.advanceMs(6_500);
        cell(FakeReplica.LEADERLESS);
        fixture.time.advanceMs(500);
        cell(FakeReplica.UP);
        fixture.time.advanceMs(1_500);
        assertTrue(session.isSafe());
        assertEquals(List.of(), told.states);
    }

    @Test
    void aPausedProcessSeesAtOnceThatItIsNotSafe() {
        machine.pause();
        // The keep-alive that waits counts when the cell answers it.
        fixture.time.advanceMs(LEASE_MS + LEASE_MS / 4);
        // Not resumed yet: no timer has run and no listener was told.
        assertEquals(List.of(), told.states);
        assertFalse(session.isSafe());
        assertEquals(0, session.remainingMs());
        machine.resume();
        fixture.time.advanceMs(1_000);
        assertEquals("jeopardy", told.states.get(0));
        assertEquals(Session.State.EXPIRED, session.state(), "the cell ended it meanwhile and says so");
    }

    @Test
    void anAnswerFromBeforeAPauseExtendsNothingThatIsOver() {
        fixture.cell.latencyMs(100);
        while (keepAlives().isEmpty()) {
            fixture.time.advanceMs(10);
        }
        machine.pause();
        fixture.time.advanceMs(DRIFTED_MS + 100);
        machine.resume();
        assertFalse(session.isSafe(), "the answer waited in the socket as long as the lease");
        assertEquals(List.of("jeopardy"), told.states);
    }

    @Test
    void anAnswerReadAfterTheLeaseTellsJeopardyFirst() {
        fixture.time.advanceMs(2_900);
        machine.pause();
        fixture.time.advanceMs(9_500);
        machine.resume();
        fixture.time.advanceMs(100);
        assertTrue(session.isSafe());
        assertEquals(List.of("jeopardy", "safe"), told.states);
    }

    @Test
    void closingReleasesAtOnceAndIsToldAsClosed() {
        Future<Void> closed = session.close();
        assertFalse(session.isSafe(), "from the call on");
        fixture.time.advanceMs(100);
        assertTrue(closed.succeeded());
        assertEquals(1, fixture.cell.calls(HttpMethod.DELETE, "/v1/sessions/s1").size());
        assertEquals(List.of("expired session-closed"), told.states);
        fixture.now(session.close());
        assertEquals(1, fixture.cell.calls(HttpMethod.DELETE, "/v1/sessions/s1").size());
    }

    @Test
    void callsWithinASessionThatIsOverFailAtOnce() {
        fixture.cell.endAllSessions();
        Future<?> first = session.execute(Operation.put("/v1/locks/ls/local/x"));
        fixture.time.advanceMs(10);
        ClientFixture.failure(SessionExpiredException.class, first);
        assertEquals(Session.State.EXPIRED, session.state(), "a call is as good a word as a keep-alive");
        int sent = fixture.cell.calls().size();
        ClientFixture.failure(SessionExpiredException.class, session.execute(Operation.put("/v1/locks/ls/local/x")));
        assertEquals(sent, fixture.cell.calls().size());
    }

    @Test
    void aListenerAddedTooLateIsToldAtOnceAndOneThatThrowsHarmsNobody() {
        session.addListener(new SessionListener() {
            @Override
            public void expired(Session over, SessionExpiredException reason) {
                throw new IllegalStateException("planted");
            }
        });
        Told after = new Told();
        session.addListener(after);
        fixture.cell.endAllSessions();
        fixture.time.advanceMs(LEASE_MS);
        Told late = new Told();
        session.addListener(late);
        assertEquals(List.of("expired session-expired"), after.states);
        assertEquals(List.of("expired session-expired"), late.states);
    }

    @Test
    void aSuspendedMachineSeesItWhenItWakesBeforeAnythingElseRuns() {
        List<String> order = new ArrayList<>();
        session.addListener(new SessionListener() {
            @Override
            public void jeopardy(Session from) {
                order.add("jeopardy");
            }
        });
        fixture.cell.latencyMs(500);
        client.execute(Operation.get("/v1/cell")).onSuccess(response -> order.add("handler " + session.state()));
        client.loop().after(200, () -> order.add("timer " + session.state()));
        machine.suspend();
        fixture.time.advanceMs(LEASE_MS);
        assertFalse(session.isSafe(), "its clock stood still, the wall clock did not");
        machine.wake();
        fixture.time.advanceMs(200);
        assertEquals(List.of("jeopardy", "handler JEOPARDY", "timer JEOPARDY"), order);
    }

    @Test
    void aMachineThatWakesWithNothingToDoSaysSoSoon() {
        fixture.time.advanceMs(3_100);
        machine.suspend();
        fixture.time.advanceMs(20_000);
        machine.wake();
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.SILENT);
        fixture.time.advanceMs(250);
        assertEquals("jeopardy", told.states.get(0));
    }

    @Test
    void anAnswerToAKeepAliveFromBeforeTheSuspensionCountsFromBeforeIt() {
        fixture.time.advanceMs(3_100);
        machine.suspend();
        fixture.time.advanceMs(6_000);
        machine.wake();
        assertTrue(session.isSafe());
        assertTrue(session.remainingMs() <= DRIFTED_MS - 6_000, "left: " + session.remainingMs());
    }

    @Test
    void whatIsDoneInASessionInJeopardyWaitsUntilItIsSafe() {
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.DEAF);
        fixture.time.advanceMs(LEASE_MS);
        Future<?> write = session.execute(Operation.put("/v1/files/ls/local/x"));
        fixture.time.advanceMs(2_000);
        assertFalse(write.isComplete());
        assertEquals(0, fixture.cell.done("PUT /v1/files/ls/local/x"));
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.UP);
        fixture.time.advanceMs(2_000);
        assertTrue(write.succeeded());
        assertEquals(1, fixture.cell.done("PUT /v1/files/ls/local/x"));
    }

    @Test
    void whatIsDoneInASessionInJeopardyFailsWhenItsTimeIsOverOrTheSessionIs() {
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.DEAF);
        fixture.time.advanceMs(LEASE_MS);
        Future<?> late = session.execute(Operation.put("/v1/files/ls/local/x"));
        Future<?> lost = session.execute(Operation.put("/v1/files/ls/local/y").withinMs(300_000));
        Pending<?> cancelled = session.begin(Operation.put("/v1/files/ls/local/z"));
        cancelled.cancel();
        ClientFixture.failure(CancellationException.class, cancelled.future());
        fixture.time.advanceMs(10_000);
        assertEquals(
                "in-jeopardy",
                ClientFixture.failure(NoLeaderException.class, late).code());
        fixture.time.advanceMs(50_000);
        ClientFixture.failure(SessionExpiredException.class, lost);
        assertEquals(0, fixture.cell.calls(HttpMethod.PUT, "/v1/files").size(), "nothing was sent");
    }

    @Test
    void aCallAfterTheGracePeriodIsNotSentThoughNobodyHasNoticedYet() {
        cell(FakeReplica.DEAF);
        fixture.time.advanceMs(DRIFTED_MS + 1_000);
        assertEquals(Session.State.JEOPARDY, session.state());
        machine.pause();
        Future<Response> call =
                session.execute(Operation.put("/v1/files/ls/local/x").withinMs(10 * GRACE_MS));
        fixture.time.advanceMs(GRACE_MS);
        cell(FakeReplica.UP);
        assertEquals(Session.State.EXPIRED, session.state());
        machine.resume();
        fixture.time.advanceMs(1_000);
        ClientFixture.failure(SessionExpiredException.class, call);
        assertEquals(0, fixture.cell.calls(HttpMethod.PUT, "/v1/files").size(), "nothing was sent");
    }

    @Test
    void aWaitingCallThatIsCancelledByTheEndOfAnotherIsNotSent() {
        cell(FakeReplica.DEAF);
        fixture.time.advanceMs(DRIFTED_MS + 1_000);
        assertEquals(Session.State.JEOPARDY, session.state());
        Operation write = Operation.put("/v1/files/ls/local/x");
        Pending<Response> first = session.begin(write.withinMs(5_000));
        Pending<Response> second = session.begin(write.withinMs(60_000));
        first.future().onFailure(late -> second.cancel());
        cell(FakeReplica.UP);
        fixture.cell.latencyMs(10);
        int before = keepAlives().size();
        while (keepAlives().size() == before) {
            fixture.time.advanceMs(1);
        }
        machine.pause();
        fixture.time.advanceMs(5_001);
        machine.resume();
        assertTrue(session.isSafe());
        fixture.time.advanceMs(1_000);
        ClientFixture.failure(NoLeaderException.class, first.future());
        ClientFixture.failure(CancellationException.class, second.future());
        assertEquals(0, fixture.cell.calls(HttpMethod.PUT, "/v1/files").size(), "nothing was sent");
    }

    private static final class Told implements SessionListener {
        private final List<String> states = new ArrayList<>();

        @Override
        public void jeopardy(Session from) {
            states.add("jeopardy");
        }

        @Override
        public void safe(Session from) {
            states.add("safe");
        }

        @Override
        public void expired(Session from, SessionExpiredException reason) {
            states.add("expired " + reason.code());
        }
    }
}
