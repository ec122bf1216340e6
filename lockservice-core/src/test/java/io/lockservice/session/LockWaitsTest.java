package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that wait for a lock, several of them by the same session: a client that lost one call asks again. */
class LockWaitsTest {
    private static final Name LOCK = Name.parse("/ls/local/lock", LeadingAlone.CELL);

    private final LeadingAlone cell = new LeadingAlone();

    @BeforeEach
    void somebodyHoldsTheLock() {
        cell.open("holder");
        cell.open("waiter");
        assertInstanceOf(Reply.Granted.class, cell.reply(cell.call(acquire(0, false, "holder"))));
    }

    @Test
    void theEndOfAnEarlierWaitLeavesThePlaceToTheCallThatAskedAgain() {
        long lost = cell.call(acquire(1_000, false, "waiter"));
        cell.passMs(600);
        long again = cell.call(acquire(1_000, false, "waiter"));
        cell.passMs(500);
        assertEquals(ProblemCode.LOCK_HELD, problem(lost));
        assertNull(cell.answers().get(again), "its own wait is not over");

        cell.call(ClientCall.of(new Request.Release(LOCK), "holder"));
        assertInstanceOf(Reply.Granted.class, cell.reply(again));
    }

    @Test
    void aShortWaitDoesNotEndALongOneOfTheSameSession() {
        long lengthy = cell.call(acquire(5_000, true, "waiter"));
        long brief = cell.call(acquire(100, false, "waiter"));
        cell.passMs(200);
        assertEquals(ProblemCode.LOCK_HELD, problem(brief));
        assertNull(cell.answers().get(lengthy), "its own wait is not over");
        cell.passMs(5_000);
        assertEquals(new Reply.Queued(1), cell.reply(lengthy));
    }

    @Test
    void thePlaceGoesWithTheLastCallThatWaitsThere() {
        cell.call(acquire(1_000, false, "waiter"));
        cell.passMs(600);
        long again = cell.call(acquire(1_000, false, "waiter"));
        cell.passMs(1_100);
        assertEquals(ProblemCode.LOCK_HELD, problem(again));
        assertNull(cell.state().queued(LOCK, "waiter"));
    }

    private ProblemCode problem(long call) {
        Reply.Failed failed = assertInstanceOf(Reply.Failed.class, cell.reply(call));
        assertNotNull(failed.problem());
        return failed.problem().code();
    }

    private static ClientCall acquire(long waitMs, boolean keepPlace, String session) {
        return ClientCall.of(
                new Request.Acquire(LOCK, LockMode.EXCLUSIVE, waitMs, keepPlace, LockCreation.EPHEMERAL, ""), session);
    }
}
