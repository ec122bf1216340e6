package io.lockservice.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailoverTest {
    private static final Operation WRITE = Operation.put("/v1/files/ls/local/x");
    private static final Operation READ = Operation.get("/v1/files/ls/local/x");

    private final ClientFixture fixture = new ClientFixture();
    private final LockServiceClient client = fixture.client();

    private List<String> asked() {
        return fixture.cell.calls().stream()
                .filter(call -> call.lane() != Lane.KEEP_ALIVE)
                .map(call -> call.address().toString())
                .toList();
    }

    private void all(FakeReplica behaviour) {
        List.of(ClientFixture.A, ClientFixture.B, ClientFixture.C).forEach(url -> fixture.cell.replica(url, behaviour));
    }

    @Test
    void asksTheFirstAddressAndSticksToIt() {
        fixture.now(client.execute(READ));
        fixture.now(client.execute(WRITE));
        assertEquals(List.of(ClientFixture.A, ClientFixture.A), asked());
    }

    @Test
    void goesToTheNextAtOnceWhereNothingListensAndStaysThere() {
        fixture.cell.replica(ClientFixture.A, FakeReplica.REFUSING);
        Future<Response> first = client.execute(WRITE);
        fixture.time.advanceMs(2);
        assertTrue(first.succeeded(), "no pause before a replica that has not been tried");
        fixture.cell.replica(ClientFixture.A, FakeReplica.UP);
        fixture.time.advanceMs(10_000);
        fixture.now(client.execute(WRITE));
        assertEquals(List.of(ClientFixture.A, ClientFixture.B, ClientFixture.B), asked());
    }

    @Test
    void whatIsUnderWayWhenTheClientIsClosedEndsThen() {
        all(FakeReplica.SILENT);
        Future<Response> write = client.execute(WRITE);
        Future<Response> read = client.execute(READ);
        fixture.time.advanceMs(100);
        assertFalse(write.isComplete());
        client.shutdown();
        fixture.time.advanceMs(100);
        ClientFixture.failure(OutcomeUnknownException.class, write);
        assertEquals(
                "client-closed",
                ClientFixture.failure(LockServiceException.class, read).code());
        Future<Response> late = client.execute(WRITE);
        fixture.time.advanceMs(1);
        LockServiceException refused = ClientFixture.failure(LockServiceException.class, late);
        assertEquals("client-closed", refused.code());
        assertTrue(Problems.isDefinite(refused), "or who tries until it is known would go on for ever");
    }

    @Test
    void goesAroundInOrder() {
        fixture.cell.replica(ClientFixture.A, FakeReplica.REFUSING);
        fixture.cell.replica(ClientFixture.B, FakeReplica.LEADERLESS);
        fixture.now(client.execute(WRITE));
        assertEquals(List.of(ClientFixture.A, ClientFixture.B, ClientFixture.C), asked());
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeReplica.class,
            names = {"DEAF", "SILENT", "LEADERLESS"})
    void repeatsAWriteWithTheSameKeyAndDoesItOnce(FakeReplica trouble) {
        all(trouble);
        Future<Response> write = client.execute(WRITE);
        fixture.time.advanceMs(5_000);
        assertFalse(write.isComplete());
        all(FakeReplica.UP);
        fixture.time.advanceMs(5_000);
        assertTrue(write.succeeded());
        List<String> keys = fixture.cell.calls().stream()
                .map(call -> call.headers().get("Idempotency-Key"))
                .distinct()
                .toList();
        assertTrue(fixture.cell.calls().size() > 1);
        assertEquals(List.of("client1.1"), keys);
        assertEquals(1, fixture.cell.done("PUT /v1/files/ls/local/x"));
    }

    @Test
    void givesEachWriteItsOwnKeyAndReadsNone() {
        fixture.now(client.execute(WRITE));
        fixture.now(client.execute(WRITE));
        fixture.now(client.execute(READ));
        assertEquals("client1.1", fixture.cell.calls().get(0).headers().get("Idempotency-Key"));
        assertEquals("client1.2", fixture.cell.calls().get(1).headers().get("Idempotency-Key"));
        assertFalse(fixture.cell.calls().get(2).headers().containsKey("Idempotency-Key"));
    }

    @Test
    void saysThatTheOutcomeIsUnknownWhereTheWriteMayHaveArrived() {
        all(FakeReplica.DEAF);
        Future<Response> write = client.execute(WRITE);
        fixture.time.advanceMs(9_900);
        assertFalse(write.isComplete(), "it is tried until its deadline");
        fixture.time.advanceMs(100);
        OutcomeUnknownException unknown = ClientFixture.failure(OutcomeUnknownException.class, write);
        assertTrue(unknown.outcomeUnknown());
        assertEquals("client1.1", unknown.idempotencyKey());
    }

    @Test
    void aRefusalThatSaysNothingOfEarlierAttemptsLeavesTheirOutcomeUnknown() {
        fixture.cell.replica(ClientFixture.A, FakeReplica.DEAF);
        fixture.cell.replica(ClientFixture.B, FakeReplica.FULL);
        Future<Response> write = client.execute(WRITE);
        fixture.time.advanceMs(10_000);
        assertEquals(1, fixture.cell.done("PUT /v1/files/ls/local/x"), "it was done");
        ClientFixture.failure(OutcomeUnknownException.class, write);
        fixture.cell.replica(ClientFixture.A, FakeReplica.FULL);
        Future<Response> first = client.execute(WRITE);
        fixture.time.advanceMs(10_000);
        assertEquals(
                "storage-full",
                ClientFixture.failure(LockServiceException.class, first).code());
    }

    @Test
    void settlesAnUnknownOutcomeByTheSameKey() {
        all(FakeReplica.DEAF);
        Future<Response> write = client.execute(WRITE);
        fixture.time.advanceMs(10_000);
        all(FakeReplica.UP);
        String key = ClientFixture.failure(OutcomeUnknownException.class, write).idempotencyKey();
        fixture.now(client.execute(WRITE.idempotencyKey(key)));
        assertEquals(1, fixture.cell.done("PUT /v1/files/ls/local/x"));
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeReplica.class,
            names = {"REFUSING", "OVERLOADED"})
    void saysThatNothingWasDoneWhereNothingCanHaveArrived(FakeReplica trouble) {
        all(trouble);
        Future<Response> write = client.execute(WRITE);
        fixture.time.advanceMs(10_000);
        NoLeaderException none = ClientFixture.failure(NoLeaderException.class, write);
        assertFalse(none.outcomeUnknown());
        assertEquals(trouble == FakeReplica.REFUSING ? "unreachable" : "overloaded", none.code());
    }

    @Test
    void aReadIsNeverOfUnknownOutcome() {
        all(FakeReplica.SILENT);
        Future<Response> read = client.execute(READ);
        fixture.time.advanceMs(10_000);
        assertFalse(ClientFixture.failure(NoLeaderException.class, read).outcomeUnknown());
    }

    @Test
    void waitsAsAnOverloadedReplicaAsks() {
        fixture.cell.replica(ClientFixture.A, FakeReplica.OVERLOADED);
        Future<Response> write = client.execute(WRITE);
        fixture.time.advanceMs(990);
        assertEquals(1, asked().size());
        fixture.time.advanceMs(100);
        assertTrue(write.succeeded());
    }

    @Test
    void aThousandCallsOfADeadCellAreFewConnectsEach() {
        all(FakeReplica.REFUSING);
        List<Future<Response>> writes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            writes.add(client.execute(WRITE));
        }
        fixture.time.advanceMs(10_000);
        assertTrue(writes.stream().allMatch(Future::failed));
        int each = asked().size() / 1_000;
        assertTrue(each >= 5 && each <= 25, "connects for each call in ten seconds: " + each);
    }

    @Test
    void pausesGrowToTheCapAndNoFurther() {
        all(FakeReplica.REFUSING);
        List<Long> at = new ArrayList<>();
        client.execute(WRITE.withinMs(60_000));
        int before = 0;
        for (int i = 0; i < 59_000; i++) {
            fixture.time.advanceMs(1);
            if (asked().size() > before) {
                before = asked().size();
                at.add(fixture.time.elapsedMs());
            }
        }
        long longest = 0;
        for (int i = 1; i < at.size(); i++) {
            longest = Math.max(longest, at.get(i) - at.get(i - 1));
        }
        assertTrue(longest <= 2_000 && longest > 1_000, "longest pause " + longest);
        assertTrue(at.size() < 100, "attempts in a minute: " + at.size());
    }

    @Test
    void leavesAReplicaThatDoesNotAnswer() {
        fixture.cell.replica(ClientFixture.A, FakeReplica.SILENT);
        Future<Response> first = client.execute(WRITE);
        fixture.time.advanceMs(2_999);
        assertEquals(List.of(ClientFixture.A), asked());
        fixture.time.advanceMs(10);
        assertTrue(first.succeeded());
        fixture.now(client.execute(WRITE));
        assertEquals(List.of(ClientFixture.A, ClientFixture.B, ClientFixture.B), asked());
    }

    @Test
    void prefersTheLeaderOnceItIsTold() {
        fixture.cell.leader(ClientFixture.C);
        fixture.session(client);
        fixture.now(client.execute(WRITE));
        assertEquals(List.of(ClientFixture.A, ClientFixture.C), asked());
    }

    @Test
    void asksWhoLeadsWhenTheEpochGrows() {
        fixture.cell.leader(ClientFixture.C);
        fixture.session(client);
        fixture.cell.leader(ClientFixture.B);
        fixture.now(client.execute(WRITE));
        fixture.now(client.execute(WRITE));
        assertEquals(List.of(ClientFixture.A, ClientFixture.C, ClientFixture.C, ClientFixture.B), asked());
        assertEquals(1, fixture.cell.calls(HttpMethod.GET, "/v1/cell").size());
    }

    @Test
    void aLeaderNobodyCanReachDoesNotStandInTheWay() {
        fixture.cell.leader("http://10.0.0.1:9");
        fixture.cell.replica("http://10.0.0.1:9", FakeReplica.REFUSING);
        fixture.session(client);
        fixture.cell.calls().clear();
        for (int i = 0; i < 100; i++) {
            fixture.now(client.execute(WRITE));
        }
        long toLeader = asked().stream().filter("http://10.0.0.1:9"::equals).count();
        assertTrue(toLeader >= 1 && toLeader <= 8, "tried in vain: " + toLeader);
    }

    @Test
    void aLateAnswerToAnEarlierAttemptCounts() {
        fixture.cell.latencyMs(3_500);
        Future<Response> write = client.execute(WRITE);
        fixture.time.advanceMs(3_600);
        assertTrue(write.succeeded());
        assertEquals(2, asked().size());
        fixture.time.advanceMs(10_000);
        assertEquals(1, fixture.cell.done("PUT /v1/files/ls/local/x"));
    }

    @Test
    void tellsTheReplicaALimitBelowItsOwn() {
        fixture.now(client.execute(WRITE));
        Call call = fixture.cell.calls().get(0);
        assertEquals(3_000, call.timeoutMs());
        assertEquals("2250", call.headers().get("Lockservice-Timeout-Ms"));
    }

    @Test
    void aLeaderIsReachedWhereItsAddressIsTranslatedTo() {
        fixture.cell.leader("http://inside:9");
        ClientOptions options = ClientOptions.of(ClientFixture.A)
                .addressTranslator(
                        inside -> Address.parse(inside.host().equals("inside") ? ClientFixture.C : inside.toString()));
        LockServiceClient outside = fixture.client(fixture.time.machine(), options);
        fixture.session(outside);
        fixture.now(outside.execute(READ));
        assertEquals(List.of(ClientFixture.A, ClientFixture.C), asked());
    }
}
