package io.lockservice.cell;

import static io.lockservice.api.LockMode.EXCLUSIVE;
import static io.lockservice.api.LockMode.SHARED;
import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlockTest {
    private final TestCell cell = new TestCell();

    DeadlockTest() {
        cell.open("a", "b", "c");
    }

    @Test
    void aWaitThatClosesACycleIsRefusedAndNamesIt() {
        holds("a", "l1", EXCLUSIVE);
        holds("b", "l2", EXCLUSIVE);
        holds("c", "l3", EXCLUSIVE);
        waits("a", "l2", EXCLUSIVE);
        waits("b", "l3", EXCLUSIVE);
        Problem refused = assertFailed(ProblemCode.DEADLOCK, acquire("c", "l1", EXCLUSIVE, 1_000));
        assertEquals(
                List.of("c waits for /ls/test/l1", "a waits for /ls/test/l2", "b waits for /ls/test/l3"),
                said(refused));
        assertEquals(List.of(), cell.lock("l1").waiters(), "it has no place in the queue");
        assertFailed(ProblemCode.LOCK_HELD, acquire("c", "l1", EXCLUSIVE, 0));
    }

    @Test
    void whoStandsBehindAWaiterWaitsForItToo() {
        holds("a", "l1", SHARED);
        holds("b", "l2", EXCLUSIVE);
        waits("c", "l1", EXCLUSIVE);
        waits("c", "l2", EXCLUSIVE);
        // Shared beside a, but behind c, which waits for b.
        assertFailed(ProblemCode.DEADLOCK, acquire("b", "l1", SHARED, 1_000));
    }

    @Test
    void sharedOnesDoNotWaitForEachOther() {
        holds("c", "l1", EXCLUSIVE);
        waits("a", "l1", SHARED);
        holds("b", "l2", EXCLUSIVE);
        waits("a", "l2", EXCLUSIVE);
        // Behind a in the queue, which waits for b: but both are granted together.
        waits("b", "l1", SHARED);
    }

    @Test
    void whatLooksLikeACycleButIsNoneIsLetWait() {
        holds("a", "l1", EXCLUSIVE);
        holds("b", "l2", EXCLUSIVE);
        waits("c", "l1", EXCLUSIVE);
        waits("a", "l2", EXCLUSIVE);
        cell.call(new Request.Release(name("l2")), "b");
        waits("b", "l2", EXCLUSIVE);
        waits("b", "l1", EXCLUSIVE);
    }

    @Test
    void aPlaceThatIsKeptCanCloseACycleAsWell() {
        holds("a", "l1", EXCLUSIVE);
        holds("b", "l2", EXCLUSIVE);
        waits("a", "l2", EXCLUSIVE);
        assertFailed(
                ProblemCode.DEADLOCK,
                cell.call(new Request.Acquire(name("l1"), EXCLUSIVE, 0, true, LockCreation.NEVER, ""), "b"));
    }

    @Test
    void manyWhoWaitAreLookedAtOnce() {
        holds("a", "l1", EXCLUSIVE);
        holds("b", "l2", EXCLUSIVE);
        for (int i = 0; i < 2_000; i++) {
            cell.open("s" + i);
            holds("s" + i, "own" + i, EXCLUSIVE);
            waits("s" + i, i % 2 == 0 ? "l1" : "l2", i % 3 == 0 ? SHARED : EXCLUSIVE);
        }
        waits("a", "l2", EXCLUSIVE);
        assertFailed(ProblemCode.DEADLOCK, acquire("b", "l1", EXCLUSIVE, 1_000));
    }

    private void holds(String session, String lock, LockMode mode) {
        assertInstanceOf(Reply.Granted.class, acquire(session, lock, mode, 0));
    }

    private void waits(String session, String lock, LockMode mode) {
        assertInstanceOf(Reply.Queued.class, acquire(session, lock, mode, 1_000));
    }

    private Reply acquire(String session, String lock, LockMode mode, long waitMs) {
        return cell.call(new Request.Acquire(name(lock), mode, waitMs, false, LockCreation.PERMANENT, ""), session);
    }

    private static List<String> said(Problem problem) {
        return assertInstanceOf(Problem.Cycle.class, problem.extras()).cycle().stream()
                .map(each -> each.session() + " waits for " + each.name())
                .toList();
    }
}
