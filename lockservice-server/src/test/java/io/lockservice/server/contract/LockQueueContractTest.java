package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Section 3 of the contract: waiting for a lock. */
final class LockQueueContractTest extends ContractTest {
    private static final String KEEP = "{\"keepPlace\":true}";
    private static final String PATIENT = "{\"waitMs\":20000}";
    private static final String PATIENT_READER = "{\"mode\":\"shared\",\"waitMs\":20000}";

    /** Asks for a lock, and returns once the session stands in its queue. */
    private static CompletableFuture<Answer> queue(String lock, String session, String body) {
        CompletableFuture<Answer> call = begin("PUT", lock(lock), body, as(session));
        until("it waits", () -> waiters(lock).contains(session));
        return call;
    }

    private static List<String> waiters(String lock) {
        return get(lock(lock)).texts("waiters", "session");
    }

    private static void released(String lock, String session) {
        assertEquals("{\"released\":true}", release(lock, session).text());
    }

    @Test
    void withoutAWaitItTriesOnce() {
        // "`waitMs` 0 tries once"; 409 `lock-held` (`holders`, `waiters`): "`holders` is the list of GET and `waiters`
        // a
        // count"
        String lock = unique("once");
        String holder = open("holder", LONG_LEASE_MS);
        granted(lock, holder, "{\"note\":\"why\"}");
        assertEquals(202, acquire(lock, open(), KEEP).status());

        Answer refused = acquire(lock, open(), "");

        assertEquals("409 lock-held", refused.outcome());
        assertEquals(1, refused.json().getInteger("waiters"));
        assertEquals(List.of(holder), refused.texts("holders", "session"));
        assertEquals(List.of("holder"), refused.texts("holders", "client"));
        assertEquals(List.of("exclusive"), refused.texts("holders", "mode"));
        assertEquals(List.of("why"), refused.texts("holders", "note"));
        assertEquals(1, waiters(lock).size(), "who tried once does not wait");
    }

    @Test
    void waitersAreServedInTheOrderInWhichTheyCame() {
        // "up to 60,000 waits in a fair FIFO queue"
        String lock = unique("fifo");
        String holder = open();
        String first = open();
        String second = open();
        granted(lock, holder, "");
        CompletableFuture<Answer> firstCall = queue(lock, first, "{\"waitMs\":60000}");
        CompletableFuture<Answer> secondCall = queue(lock, second, PATIENT);
        assertEquals(List.of(first, second), waiters(lock));

        released(lock, holder);
        long token = ContractCell.await(firstCall).json().getLong("token");
        assertFalse(secondCall.isDone());
        assertEquals(List.of(second), waiters(lock));
        released(lock, first);
        assertTrue(ContractCell.await(secondCall).json().getLong("token") > token);
    }

    @Test
    void aReaderDoesNotOvertakeAWaitingWriter() {
        // "a shared request does not overtake a waiting exclusive one"
        String lock = unique("overtake");
        String reader = open();
        String writer = open();
        granted(lock, reader, "{\"mode\":\"shared\"}");
        CompletableFuture<Answer> write = queue(lock, writer, PATIENT);

        assertEquals(
                "409 lock-held", acquire(lock, open(), "{\"mode\":\"shared\"}").outcome());
        String late = open();
        String later = open();
        CompletableFuture<Answer> read = queue(lock, late, PATIENT_READER);
        CompletableFuture<Answer> readToo = queue(lock, later, PATIENT_READER);

        released(lock, reader);
        assertEquals("exclusive", ContractCell.await(write).json().getString("mode"));
        assertFalse(read.isDone() || readToo.isDone());
        released(lock, writer);
        assertEquals(200, ContractCell.await(read).status());
        assertEquals(200, ContractCell.await(readToo).status(), "readers are granted together");
        assertEquals(List.of(late, later), get(lock(lock)).texts("holders", "session"));
    }

    @Test
    void whenTheWaitEndsThePlaceIsGivenUp() {
        // "When the wait ends: `409 lock-held`, place given up"
        String lock = unique("ends");
        granted(lock, open(), "");
        long asked = System.nanoTime();

        Answer ended = acquire(lock, open(), "{\"waitMs\":200}");

        assertEquals("409 lock-held", ended.outcome());
        assertTrue(System.nanoTime() - asked >= 200_000_000, "it waited");
        assertEquals(1, ended.list("holders").size());
        assertEquals(0, ended.json().getInteger("waiters"));
        assertEquals(List.of(), waiters(lock));
    }

    @Test
    void aKeptPlaceIsGoneOnFromByTheSameRequest() {
        // "with `"keepPlace":true` it is `202` {"queued":true,"position":n} and the same PUT again goes on from the
        // same
        // place"; "`position` counts from 1"
        String lock = unique("kept");
        String holder = open();
        String first = open();
        String second = open();
        granted(lock, holder, "");
        String body = "{\"waitMs\":50,\"keepPlace\":true}";

        Answer queued = acquire(lock, first, body);
        assertEquals("202 {\"queued\":true,\"position\":1}", queued.status() + " " + queued.text());
        assertEquals(2, acquire(lock, second, body).json().getInteger("position"));
        assertEquals(1, acquire(lock, first, body).json().getInteger("position"), "from the same place");
        assertEquals(List.of(first, second), waiters(lock));

        released(lock, holder);
        assertEquals(200, acquire(lock, first, body).status());
        assertEquals(1, acquire(lock, second, body).json().getInteger("position"));
    }

    @Test
    void aChangeOfLeaderKeepsTheOrderAndTheWaits() {
        // "The queue is part of the replicated state: a change of leader keeps the order."
        String lock = unique("moved");
        String holder = open();
        String first = open();
        String second = open();
        String third = open();
        granted(lock, holder, "");
        CompletableFuture<Answer> firstCall = queue(lock, first, PATIENT);
        assertEquals(202, acquire(lock, second, KEEP).status());
        CompletableFuture<Answer> thirdCall = queue(lock, third, PATIENT);

        moveLeader();

        assertEquals(List.of(first, second, third), waiters(lock));
        released(lock, holder);
        assertEquals(200, ContractCell.await(firstCall).status());
        released(lock, first);
        assertEquals(200, acquire(lock, second, KEEP).status());
        released(lock, second);
        assertEquals(200, ContractCell.await(thirdCall).status());
    }

    @Test
    void aGrantIsForASessionThatIsAliveThen() {
        // "A grant is decided when the log entry is applied, and only for a session that is alive then."
        String lock = unique("alive");
        String holder = open();
        String first = open();
        String second = open();
        granted(lock, holder, "");
        CompletableFuture<Answer> firstCall = queue(lock, first, PATIENT);
        CompletableFuture<Answer> secondCall = queue(lock, second, PATIENT);

        assertEquals(204, send("DELETE", session(first), "").status());
        assertEquals("410 session-expired", ContractCell.await(firstCall).outcome());
        released(lock, holder);

        assertEquals(second, ContractCell.await(secondCall).json().getString("session"));
    }

    @Test
    void whoLeavesTheQueueIsToldAndNoLongerServed() {
        // DELETE "also withdraws a waiting place"
        String lock = unique("leaves");
        String holder = open();
        String first = open();
        String second = open();
        granted(lock, holder, "");
        CompletableFuture<Answer> firstCall = queue(lock, first, PATIENT);
        CompletableFuture<Answer> secondCall = queue(lock, second, PATIENT);

        assertEquals(
                "{\"withdrawn\":true}",
                send("DELETE", lock(lock), "", as(first)).text());
        assertEquals("409 lock-held", ContractCell.await(firstCall).outcome());
        released(lock, holder);
        assertEquals(200, ContractCell.await(secondCall).status());
    }

    @Test
    void aWaitThatWouldCloseACycleIsRefusedAtOnce() {
        // "A wait that would close a cycle of sessions waiting for each other is refused at once: `409 deadlock`"
        // (`cycle`)
        String x = unique("x");
        String y = unique("y");
        String one = open("one", LONG_LEASE_MS);
        String two = open("two", LONG_LEASE_MS);
        granted(x, one, "");
        granted(y, two, "");
        CompletableFuture<Answer> waiting = queue(y, one, PATIENT);

        Answer refused = acquire(x, two, "{\"waitMs\":60000}");

        assertEquals("409 deadlock", refused.outcome());
        assertEquals(List.of(two, one), refused.texts("cycle", "session"));
        assertEquals(List.of(printed(x), printed(y)), refused.texts("cycle", "name"));
        assertEquals(List.of(), waiters(x));
        assertEquals("409 lock-held", acquire(x, two, "").outcome(), "who does not wait closes no cycle");
        released(y, two);
        assertEquals(200, ContractCell.await(waiting).status());
    }

    @Test
    void anExclusiveLockHasOneHolderHoweverManyAsk() {
        String lock = unique("one");
        List<CompletableFuture<Answer>> calls = Stream.generate(ContractTest::open)
                .limit(6)
                .map(session -> begin("PUT", lock(lock), "", as(session)))
                .toList();
        List<String> outcomes = calls.stream()
                .map(ContractCell::await)
                .map(Answer::outcome)
                .sorted()
                .toList();
        assertEquals(
                List.of("200", "409 lock-held", "409 lock-held", "409 lock-held", "409 lock-held", "409 lock-held"),
                outcomes);
        assertEquals(List.of(), waiters(lock));
    }
}
