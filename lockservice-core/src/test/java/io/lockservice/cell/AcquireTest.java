package io.lockservice.cell;

import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Grant;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcquireTest {
    private final TestCell cell = new TestCell();

    @BeforeEach
    void openSessions() {
        cell.open("a", "b", "c");
    }

    @Test
    void aMissingNodeIsMadeWithItsParentsAndGoesWhenNobodyHoldsIt() {
        Grant grant = cell.exclusive("a", "x/y/lock");
        assertEquals(NodeKind.DIRECTORY, cell.stat("x/y").kind());
        assertFalse(cell.stat("x/y").ephemeral());
        Stat stat = cell.stat("x/y/lock");
        assertEquals(NodeKind.FILE, stat.kind());
        assertTrue(stat.ephemeral());
        assertNull(stat.owner());
        assertEquals(grant.instance(), stat.instance());

        assertEquals(new Reply.Released(false), cell.release("a", "x/y/lock"));
        assertFalse(cell.exists("x/y/lock"));
        assertTrue(cell.exists("x/y"));
    }

    @Test
    void aPermanentLockNodeStays() {
        cell.call(new Request.Acquire(name("lock"), LockMode.SHARED, 0, false, LockCreation.PERMANENT, ""), "a");
        cell.release("a", "lock");
        assertFalse(cell.stat("lock").ephemeral());
    }

    @Test
    void withCreateNeverAMissingNodeIsRefused() {
        Request.Acquire never = new Request.Acquire(name("x/lock"), LockMode.SHARED, 0, false, LockCreation.NEVER, "");
        long revision = cell.machine.revision();
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.call(never, "a"));
        assertFalse(cell.exists("x"));
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void aFileCannotBeAParentOfALock() {
        cell.write("f", "");
        assertFailed(ProblemCode.NOT_A_DIRECTORY, cell.tryAcquire("a", "f/x/lock", LockMode.SHARED));
        assertFalse(cell.exists("f/x"));
    }

    @Test
    void everyNodeIsALockAlsoDirectoriesAndTheRoot() {
        cell.mkdir("d");
        cell.exclusive("a", "d");
        cell.exclusive("b", "");
        cell.release("a", "d");
        assertTrue(cell.exists("d"));
        assertEquals(1, cell.stat("d").lockGeneration());
    }

    @Test
    void anExclusiveHolderIsAlone() {
        Grant grant = cell.exclusive("a", "lock");
        for (LockMode mode : LockMode.values()) {
            Problem problem = assertFailed(ProblemCode.LOCK_HELD, cell.tryAcquire("b", "lock", mode));
            Problem.Held held = assertInstanceOf(Problem.Held.class, problem.extras());
            assertEquals(
                    List.of(new Reply.Holder("a", "a-client", LockMode.EXCLUSIVE, grant.token(), -1, "")),
                    held.holders());
            assertEquals(0, held.waiters());
        }
        assertTrue(cell.holds("a", "lock"));
        assertFalse(cell.holds("b", "lock"));
    }

    @Test
    void sharedHoldersAreTogetherInOneGeneration() {
        Grant first = cell.shared("a", "lock");
        Grant second = cell.shared("b", "lock");
        assertEquals(first.lockGeneration(), second.lockGeneration());
        assertEquals(first.token() + 1, second.token());
        assertFailed(ProblemCode.LOCK_HELD, cell.tryAcquire("c", "lock", LockMode.EXCLUSIVE));
        assertEquals(2, cell.lock("lock").holders().size());
        assertEquals(LockMode.SHARED, cell.lock("lock").mode());
    }

    @Test
    void askingAgainInTheSameModeGivesTheSameGrantAndChangesNothing() {
        Grant grant = cell.exclusive("a", "lock");
        long revision = cell.machine.revision();
        assertEquals(grant, cell.exclusive("a", "lock"));
        assertEquals(revision, cell.machine.revision());
        assertEquals(List.of(), cell.last().grants());
        assertEquals(List.of(), cell.last().events());
    }

    @Test
    void askingAgainInTheOtherModeIsRefusedAtOnceAlsoWithAWait() {
        cell.shared("a", "lock");
        Request.Acquire upgrade = TestCell.acquire("lock", LockMode.EXCLUSIVE, 1_000);
        assertFailed(ProblemCode.LOCK_HELD, cell.call(upgrade, "a"));
        assertNull(cell.place("a", "lock"));
        assertTrue(cell.holds("a", "lock"));
    }

    @Test
    void tokensGrowOverAllLocksAlsoWhenNodesAreMadeAgain() {
        long first = cell.exclusive("a", "x").token();
        cell.release("a", "x");
        Grant again = cell.exclusive("a", "x");
        Grant other = cell.exclusive("a", "y");
        assertEquals(List.of(first + 1, first + 2), List.of(again.token(), other.token()));
        assertEquals(other.token(), cell.machine.lastToken());
        assertEquals(1, again.lockGeneration());
    }

    @Test
    void theLockGenerationGrowsWithEveryChangeFromFreeToHeld() {
        cell.write("f", "");
        assertEquals(1, cell.exclusive("a", "f").lockGeneration());
        cell.release("a", "f");
        assertEquals(2, cell.shared("a", "f").lockGeneration());
        assertEquals(2, cell.shared("b", "f").lockGeneration());
        cell.release("a", "f");
        assertEquals(2, cell.shared("a", "f").lockGeneration());
        cell.release("a", "f");
        cell.release("b", "f");
        assertEquals(3, cell.exclusive("c", "f").lockGeneration());
    }

    @Test
    void aGrantSaysEverythingAndIsReportedWithItsEvent() {
        cell.write("f", "");
        Grant grant = cell.exclusive("a", "f");
        Sequencer sequencer =
                new Sequencer("/ls/test/f", LockMode.EXCLUSIVE, cell.stat("f").instance(), 1, grant.token());
        assertEquals(
                new Grant(
                        "/ls/test/f",
                        LockMode.EXCLUSIVE,
                        "a",
                        sequencer,
                        grant.token(),
                        1,
                        cell.stat("f").instance()),
                grant);
        assertEquals(List.of(grant), cell.last().grants());
        assertEquals(
                List.of(new Event(
                        cell.machine.revision(),
                        1,
                        Event.Type.LOCK_ACQUIRED,
                        "/ls/test/f",
                        cell.stat("f"),
                        "a",
                        grant.token())),
                cell.last().events());
        assertEquals(grant, cell.machine.held(name("f"), "a"));
    }

    @Test
    void aRefusalTellsTheHolderThatSomebodyWantsTheLock() {
        cell.exclusive("a", "lock");
        long revision = cell.machine.revision();
        cell.tryAcquire("b", "lock", LockMode.SHARED);
        assertEquals(
                List.of(new Event(
                        revision + 1, 1, Event.Type.LOCK_REQUESTED, "/ls/test/lock", cell.stat("lock"), "b", 0)),
                cell.last().events());
        assertEquals(revision + 1, cell.machine.revision());
    }

    @Test
    void acquiringAndReleasingNeedASession() {
        Request.Acquire acquire = TestCell.acquire("lock", LockMode.SHARED, 0);
        assertFailed(ProblemCode.SESSION_REQUIRED, cell.call(acquire));
        assertFailed(ProblemCode.SESSION_REQUIRED, cell.call(new Request.Release(name("lock"))));
    }

    @Test
    void aNoteIsShownToOthers() {
        cell.call(
                new Request.Acquire(name("lock"), LockMode.SHARED, 0, false, LockCreation.EPHEMERAL, "nightly run"),
                "a");
        assertEquals("nightly run", cell.lock("lock").holders().get(0).note());
    }
}
