package io.lockservice.client.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.observe.ClientObserver;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The gate, and the barrier that counts. */
class DistributedBarrierTest extends CellTest {
    private static final String NAME = "/ls/local/app/barrier";

    private DistributedBarrier gate() {
        return DistributedBarrier.of(client(), NAME);
    }

    private DistributedDoubleBarrier barrier(int members) {
        return DistributedDoubleBarrier.of(session(12_000), NAME, members);
    }

    /** How many there are in the directory; the barrier's members are in {@code in}. */
    private void awaitChildren(String directory, int count) {
        Operation question = Operation.get("/v1/nodes" + directory + "?children=true");
        int found;
        do {
            found = TestCell.await(client().execute(question)
                    .map(response -> new JsonObject(response.body())
                            .getJsonArray("children")
                            .size())
                    .otherwise(0));
        } while (found != count);
    }

    @Test
    void aGateHoldsUpUntilItIsRemoved() {
        DistributedBarrier mine = gate();
        TestCell.await(mine.await().future());
        assertTrue(TestCell.await(mine.set()));
        assertFalse(TestCell.await(gate().set()), "it was closed");
        assertTrue(TestCell.await(gate().isSet()));
        Waiting<Void> waiting = gate().await();
        assertFalse(waiting.future().isComplete());
        cell.stop(leader());
        TestCell.await(mine.remove());
        TestCell.await(waiting.future());
        TestCell.await(mine.remove());
    }

    @Test
    void whoWaitsGoesThroughAlsoWhereTheGateIsClosedAgainAtOnce() throws Exception {
        DistributedBarrier mine = gate();
        TestCell.await(mine.set());
        CountDownLatch looked = new CountDownLatch(3);
        List<Waiting<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            LockServiceClient client = client();
            client.observers().add(new ClientObserver() {
                @Override
                public void operation(String method, String path, Outcome outcome, int retries, long nanos) {
                    looked.countDown();
                }
            });
            waiting.add(DistributedBarrier.of(client, NAME).await());
        }
        assertTrue(looked.await(60, TimeUnit.SECONDS));
        TestCell.await(mine.remove().compose(ignored -> mine.set()));
        for (Waiting<Void> each : waiting) {
            TestCell.await(each.future());
        }
        assertTrue(TestCell.await(mine.isSet()));
    }

    @Test
    void aGateOfADeadProgramOpensAndACancelledWaitEnds() {
        Vertx process = Vertx.vertx();
        Session mortal = mortalSession(process);
        DistributedBarrier gate = gate();
        TestCell.await(gate.setFor(mortal));
        Waiting<Void> cancelled = gate.await();
        Waiting<Void> waiting = gate.await();
        TestCell.await(cancelled.cancel());
        TestCell.failure(CancellationException.class, cancelled.future());
        TestCell.await(process.close());
        TestCell.await(waiting.future());
    }

    @Test
    void allBeginTogetherAndEndTogetherAgainAndAgain() throws Exception {
        List<DistributedDoubleBarrier> programs = List.of(barrier(3), barrier(3), barrier(3));
        long last = 0;
        for (int round = 0; round < 3; round++) {
            Waiting<Pass> first = programs.get(0).enter();
            Waiting<Pass> second = programs.get(1).enter();
            awaitChildren(NAME + "/in", 2);
            assertFalse(first.future().isComplete() || second.future().isComplete());
            Pass third = TestCell.await(programs.get(2).enter().future());
            Pass one = TestCell.await(first.future());
            Pass two = TestCell.await(second.future());
            assertEquals(third.round(), one.round());
            assertEquals(third.round(), two.round());
            assertTrue(one.round() > last && one.isIn());
            last = one.round();
            Waiting<Void> leaving = one.leave();
            assertFalse(one.isIn());
            TestCell.await(two.leave().cancel());
            assertFalse(leaving.future().isComplete());
            TestCell.await(third.leave().future());
            TestCell.await(leaving.future());
        }
    }

    @Test
    void aMemberThatDiesWhileItWaitsDoesNotCount() {
        Vertx process = Vertx.vertx();
        DistributedDoubleBarrier.of(mortalSession(process), NAME, 2).enter();
        awaitChildren(NAME + "/in", 1);
        TestCell.await(process.close());
        awaitChildren(NAME + "/in", 0);
        Waiting<Pass> alone = barrier(2).enter();
        awaitChildren(NAME + "/in", 1);
        cell.stop(leader());
        Pass other = TestCell.await(barrier(2).enter().future());
        assertEquals(other.round(), TestCell.await(alone.future()).round());
    }

    @Test
    void whoDiesInsideIsNotWaitedFor() throws Exception {
        Vertx process = Vertx.vertx();
        Waiting<Pass> mortal =
                DistributedDoubleBarrier.of(mortalSession(process), NAME, 2).enter();
        Pass mine = TestCell.await(barrier(2).enter().future());
        TestCell.await(mortal.future());
        TestCell.await(process.close());
        TestCell.await(mine.leave().future());
        Waiting<Pass> next = barrier(2).enter();
        Pass other = TestCell.await(barrier(2).enter().future());
        assertTrue(other.round() > mine.round());
        assertEquals(other.round(), TestCell.await(next.future()).round());
    }

    @Test
    void whoCancelsDoesNotCountAndOneTooManyWaitsForTheNextRound() {
        Waiting<Pass> cancelled = barrier(2).enter();
        awaitChildren(NAME + "/in", 1);
        TestCell.await(cancelled.cancel());
        TestCell.failure(CancellationException.class, cancelled.future());
        awaitChildren(NAME + "/in", 0);
        Waiting<Pass> first = barrier(2).enter();
        awaitChildren(NAME + "/in", 1);
        Pass second = TestCell.await(barrier(2).enter().future());
        Waiting<Pass> third = barrier(2).enter();
        awaitChildren(NAME + "/in", 3);
        Waiting<Pass> fourth = barrier(2).enter();
        awaitChildren(NAME + "/in", 4);
        assertFalse(third.future().isComplete() || fourth.future().isComplete());
        TestCell.await(first.future()).leave();
        second.leave();
        long next = TestCell.await(third.future()).round();
        assertTrue(next > second.round());
        assertEquals(next, TestCell.await(fourth.future()).round());
    }

    @Test
    void aSessionThatEndsEndsTheWaitAndTheRound() throws Exception {
        Session ending = session(12_000);
        Waiting<Pass> mine = DistributedDoubleBarrier.of(ending, NAME, 2).enter();
        Pass other = TestCell.await(barrier(2).enter().future());
        CountDownLatch lost = new CountDownLatch(1);
        TestCell.await(mine.future()).onLost(reason -> lost.countDown());
        Waiting<Pass> next = DistributedDoubleBarrier.of(ending, NAME, 2).enter();
        TestCell.await(ending.close());
        assertTrue(lost.await(60, TimeUnit.SECONDS));
        assertEquals(
                "session-closed",
                TestCell.failure(LockServiceException.class, next.future()).code());
        TestCell.await(other.leave().future());
        assertThrows(IllegalArgumentException.class, () -> barrier(101));
    }
}
