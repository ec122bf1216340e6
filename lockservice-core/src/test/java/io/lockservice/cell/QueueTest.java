package io.lockservice.cell;

import static io.lockservice.api.LockMode.EXCLUSIVE;
import static io.lockservice.api.LockMode.SHARED;
import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Grant;
import io.lockservice.api.LockCreation;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueueTest {
    private final TestCell cell = new TestCell();

    @BeforeEach
    void openSessions() {
        cell.open("a", "b", "c", "d", "e");
    }

    @Test
    void waitersAreGrantedInTheOrderInWhichTheyCame() {
        cell.exclusive("a", "lock");
        assertEquals(1, cell.wait("c", "lock", EXCLUSIVE));
        assertEquals(2, cell.wait("b", "lock", EXCLUSIVE));
        cell.release("a", "lock");
        assertEquals(
                List.of("c"), cell.last().grants().stream().map(Grant::session).toList());
        assertEquals(1, cell.queued("b", "lock").position());
        cell.release("c", "lock");
        assertTrue(cell.holds("b", "lock"));
    }

    @Test
    void aReleaseGrantsTheNextInTheSameRevision() {
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        long revision = cell.machine.revision();
        cell.release("a", "lock");
        assertEquals(revision + 1, cell.machine.revision());
        assertEquals(List.of(Event.Type.LOCK_RELEASED, Event.Type.LOCK_ACQUIRED), cell.events());
        assertEquals(
                List.of(1, 2), cell.last().events().stream().map(Event::index).toList());
        assertEquals(2, cell.lock("lock").lockGeneration());
    }

    @Test
    void aRunOfSharedWaitersIsGrantedTogetherAndStopsAtAnExclusiveOne() {
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", SHARED);
        cell.wait("c", "lock", SHARED);
        cell.wait("d", "lock", EXCLUSIVE);
        cell.wait("e", "lock", SHARED);
        cell.release("a", "lock");
        assertEquals(
                List.of("b", "c"),
                cell.last().grants().stream().map(Grant::session).toList());
        cell.release("b", "lock");
        assertEquals(List.of(), cell.last().grants());
        cell.release("c", "lock");
        assertTrue(cell.holds("d", "lock"));
        assertFalse(cell.holds("e", "lock"));
    }

    @Test
    void aSharedRequestDoesNotOvertakeAWaitingExclusiveOne() {
        cell.shared("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        assertFailed(ProblemCode.LOCK_HELD, cell.tryAcquire("c", "lock", SHARED));
        assertEquals(2, cell.wait("c", "lock", SHARED));
    }

    @Test
    void aWaiterThatAsksAgainKeepsItsPlaceAndTicket() {
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        cell.wait("c", "lock", EXCLUSIVE);
        long ticket = cell.ticket("b", "lock");
        long revision = cell.machine.revision();
        assertEquals(1, cell.wait("b", "lock", EXCLUSIVE));
        assertEquals(ticket, cell.ticket("b", "lock"));
        assertEquals(revision, cell.machine.revision());
        assertEquals(List.of(), cell.last().events());
    }

    @Test
    void aWaiterThatWantsTheOtherModeGoesToTheEnd() {
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        cell.wait("c", "lock", EXCLUSIVE);
        long ticket = cell.ticket("b", "lock");
        assertEquals(2, cell.wait("b", "lock", SHARED));
        assertNotEquals(ticket, cell.ticket("b", "lock"));
        assertEquals(
                List.of(ticket),
                cell.last().withdrawn().stream().map(Applied.Place::ticket).toList());
    }

    @Test
    void aWaiterThatWantsTheOtherModeIsGrantedWhereItsOwnPlaceWasInTheWay() {
        cell.shared("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        cell.wait("c", "lock", SHARED);
        Reply reply = cell.call(TestCell.acquire("lock", SHARED, 1_000), "b");
        assertInstanceOf(Reply.Granted.class, reply);
        assertEquals(
                List.of("c", "b"),
                cell.last().grants().stream().map(Grant::session).toList());
    }

    @Test
    void tryingOnceGivesUpThePlaceAndLetsSharedFollowersIn() {
        cell.shared("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        cell.wait("c", "lock", SHARED);
        Problem problem = assertFailed(ProblemCode.LOCK_HELD, cell.tryAcquire("b", "lock", EXCLUSIVE));
        assertEquals(
                List.of("a", "c"),
                assertInstanceOf(Problem.Held.class, problem.extras()).holders().stream()
                        .map(Reply.Holder::session)
                        .toList());
        assertNull(cell.place("b", "lock"));
        assertTrue(cell.holds("c", "lock"));
    }

    @Test
    void keepPlaceAloneIsEnoughToQueue() {
        cell.exclusive("a", "lock");
        Request.Acquire keep = new Request.Acquire(name("lock"), EXCLUSIVE, 0, true, LockCreation.EPHEMERAL, "");
        assertEquals(new Reply.Queued(1), cell.call(keep, "b"));
        assertEquals(new Reply.Queued(1), cell.call(keep, "b"));
    }

    @Test
    void queueingIsAVisibleChangeAndTellsTheHolder() {
        cell.exclusive("a", "lock");
        long revision = cell.machine.revision();
        cell.wait("b", "lock", EXCLUSIVE);
        assertEquals(revision + 1, cell.machine.revision());
        assertEquals(List.of(Event.Type.LOCK_REQUESTED), cell.events());
        assertEquals(
                List.of(new Reply.Waiter("b", "b-client", EXCLUSIVE, -1)),
                cell.lock("lock").waiters());
    }

    @Test
    void withdrawingTakesThatVeryPlaceAndNoLaterOne() {
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        long old = cell.ticket("b", "lock");
        cell.withdraw("b", "lock");
        Applied.Place place = cell.last().withdrawn().get(0);
        assertEquals(List.of("/ls/test/lock", "b", old), List.of(place.name(), place.session(), place.ticket()));
        assertEquals(ProblemCode.LOCK_HELD, place.problem().code());
        assertEquals(
                0,
                assertInstanceOf(Problem.Held.class, place.problem().extras()).waiters());

        cell.wait("b", "lock", EXCLUSIVE);
        long revision = cell.machine.revision();
        cell.apply(new Command.Withdraw(name("lock"), "b", old));
        assertEquals(revision, cell.machine.revision());
        assertEquals(1, cell.lock("lock").waiters().size());
    }

    @Test
    void withdrawingAnExclusivePlaceLetsSharedFollowersIn() {
        cell.shared("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        cell.wait("c", "lock", SHARED);
        cell.withdraw("b", "lock");
        assertTrue(cell.holds("c", "lock"));
    }

    @Test
    void withdrawingAfterTheGrantOrTheNodeIsGoneDoesNothing() {
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        long ticket = cell.ticket("b", "lock");
        cell.release("a", "lock");
        cell.apply(new Command.Withdraw(name("lock"), "b", ticket));
        assertTrue(cell.holds("b", "lock"));
        cell.release("b", "lock");
        assertFalse(cell.exists("lock"));
        long revision = cell.machine.revision();
        cell.apply(new Command.Withdraw(name("lock"), "b", ticket));
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void releasingAsAWaiterGivesUpThePlace() {
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        assertEquals(new Reply.Released(true), cell.release("b", "lock"));
        assertEquals(1, cell.last().withdrawn().size());
        assertFailed(ProblemCode.NOT_HELD, cell.release("b", "lock"));
    }

    @Test
    void releasingWhatIsNeitherHeldNorWaitedForIsRefused() {
        cell.write("f", "");
        long revision = cell.machine.revision();
        assertFailed(ProblemCode.NOT_HELD, cell.release("a", "f"));
        assertFailed(ProblemCode.NOT_HELD, cell.release("a", "missing"));
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void aForcedReleasePutsAllHoldersOutAndTheQueueGoesOn() {
        long token = cell.shared("a", "lock").token();
        cell.shared("b", "lock");
        cell.wait("c", "lock", EXCLUSIVE);
        Reply reply = cell.call(new Request.ForceRelease(name("lock")));
        assertEquals(
                List.of(
                        new Reply.Holder("a", "a-client", SHARED, token, -1, ""),
                        new Reply.Holder("b", "b-client", SHARED, token + 1, -1, "")),
                assertInstanceOf(Reply.ForceReleased.class, reply).holders());
        assertFalse(cell.holds("a", "lock"));
        assertTrue(cell.holds("c", "lock"));
    }

    @Test
    void aForcedReleaseOfAFreeLockChangesNothing() {
        cell.write("f", "");
        long revision = cell.machine.revision();
        assertEquals(new Reply.ForceReleased(List.of()), cell.call(new Request.ForceRelease(name("f"))));
        assertEquals(revision, cell.machine.revision());
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.call(new Request.ForceRelease(name("missing"))));
    }

    @Test
    void deletingANodeEndsItsHoldsAndWaits() {
        cell.write("f", "");
        cell.exclusive("a", "f");
        cell.wait("b", "f", EXCLUSIVE);
        cell.delete("f", false);
        assertEquals(List.of(Event.Type.LOCK_RELEASED, Event.Type.NODE_DELETED), cell.events());
        assertEquals(
                ProblemCode.NO_SUCH_NODE,
                cell.last().withdrawn().get(0).problem().code());
        assertFalse(cell.holds("a", "f"));
        assertNull(cell.place("b", "f"));
    }
}
