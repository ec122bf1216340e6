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

import io.lockservice.api.Condition;
import io.lockservice.api.Grant;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.api.event.Event;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A lock whose holder expired is kept from everybody for a while (Burrows, section 2.4). */
class LockDelayTest {
    private static final long DELAY_MS = 15_000;

    private final TestCell cell = new TestCell();

    LockDelayTest() {
        open("a", "client-a");
        open("b", "client-b");
        open("c", "client-b");
    }

    @Test
    void whoseHolderExpiredIsGrantedToNobodyUntilTheDelayIsOver() {
        Grant grant = delayed("a", EXCLUSIVE);
        assertEquals(List.of(new Applied.Delay(name("lock"), grant.token(), DELAY_MS)), expire("a"));
        assertEquals(InvalidSequencer.SESSION_ENDED, cell.whyInvalid(grant.sequencer()));
        Problem refused = assertFailed(ProblemCode.LOCK_DELAYED, acquire("b", SHARED, 0));
        assertEquals(new Problem.Delayed(List.of(grant.token()), -1), refused.extras());
        assertEquals(
                List.of(Event.Type.LOCK_REQUESTED),
                cell.last().events().stream().map(Event::type).toList());
        cell.apply(new Command.EndLockDelay(name("lock"), grant.token() + 1));
        assertTrue(cell.machine.isDelayed(name("lock"), grant.token()), "another delay is over");
        cell.apply(new Command.EndLockDelay(name("lock"), grant.token()));
        assertFalse(cell.machine.isDelayed(name("lock"), grant.token()));
        assertInstanceOf(Reply.Granted.class, acquire("b", SHARED, 0));
    }

    @Test
    void whoWaitsKeepsItsPlaceAndIsGrantedWhenItIsOver() {
        Grant grant = delayed("a", EXCLUSIVE);
        assertInstanceOf(Reply.Queued.class, acquire("b", EXCLUSIVE, 1_000));
        expire("a");
        assertEquals(List.of(), cell.last().grants());
        assertInstanceOf(Reply.Queued.class, acquire("c", EXCLUSIVE, 1_000));
        cell.apply(new Command.EndLockDelay(name("lock"), grant.token()));
        assertEquals(
                List.of("b"), cell.last().grants().stream().map(Grant::session).toList());
    }

    @Test
    void aWaitThatEndsMeanwhileIsToldSo() {
        delayed("a", EXCLUSIVE);
        acquire("b", EXCLUSIVE, 1_000);
        expire("a");
        cell.apply(new Command.Withdraw(name("lock"), "b", cell.ticket("b", "lock")));
        assertEquals(
                ProblemCode.LOCK_DELAYED,
                cell.last().withdrawn().get(0).problem().code());
    }

    @Test
    void whoClosesItsSessionOrReleasesLeavesNoDelay() {
        delayed("a", EXCLUSIVE);
        cell.call(new Request.Release(name("lock")), "a");
        delayed("a", EXCLUSIVE);
        cell.call(new Request.CloseSession("a", 0));
        assertEquals(List.of(), cell.last().delays());
        assertInstanceOf(Reply.Granted.class, acquire("b", EXCLUSIVE, 0));
    }

    @Test
    void theDelayOfASharedHoldKeepsNewcomersOutThoughOthersHoldIt() {
        Grant first = delayed("a", SHARED);
        Grant second = delayed("b", SHARED);
        expire("a");
        assertNull(cell.whyInvalid(second.sequencer()), "who holds it goes on");
        assertFailed(ProblemCode.LOCK_DELAYED, acquire("c", SHARED, 0));
        assertFailed(ProblemCode.LOCK_HELD, acquire("c", EXCLUSIVE, 0));
        cell.apply(new Command.EndLockDelay(name("lock"), first.token()));
        assertInstanceOf(Reply.Granted.class, acquire("c", SHARED, 0));
    }

    @Test
    void anEphemeralLockFileStaysForTheDelayAndGoesWithIt() {
        Grant grant = granted(cell.call(
                new Request.Acquire(name("gone"), EXCLUSIVE, 0, false, LockCreation.EPHEMERAL, "", DELAY_MS, null),
                "a"));
        expire("a");
        assertInstanceOf(Reply.Node.class, cell.query(new Request.GetStat(name("gone"), false)));
        cell.apply(new Command.EndLockDelay(name("gone"), grant.token()));
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.query(new Request.GetStat(name("gone"), false)));
    }

    @Test
    void theFileOfTheSessionItselfStaysForTheDelayToo() {
        cell.call(new Request.WriteFile(name("own"), TestCell.content("x"), Condition.NONE, false, true), "a");
        Grant grant = granted(cell.call(
                new Request.Acquire(name("own"), EXCLUSIVE, 0, false, LockCreation.NEVER, "", DELAY_MS, null), "a"));
        expire("a");
        assertFailed(
                ProblemCode.LOCK_DELAYED,
                cell.call(new Request.Acquire(name("own"), EXCLUSIVE, 0, false, LockCreation.EPHEMERAL, ""), "b"));
        cell.apply(new Command.EndLockDelay(name("own"), grant.token()));
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.query(new Request.GetStat(name("own"), false)));
    }

    @Test
    void theSameClientThatProvesItsHoldHasItBackAtOnceAndBeforeAllWhoWait() {
        Grant old = delayed("b", EXCLUSIVE);
        acquire("a", EXCLUSIVE, 1_000);
        expire("b");
        Grant again = granted(reclaim("c", EXCLUSIVE, old.sequencer()));
        assertTrue(again.token() > old.token());
        assertEquals(old.lockGeneration() + 1, again.lockGeneration());
        assertEquals(InvalidSequencer.SUPERSEDED, cell.whyInvalid(old.sequencer()));
        assertFalse(cell.machine.isDelayed(name("lock"), old.token()));
        cell.call(new Request.Release(name("lock")), "c");
        assertEquals(
                List.of("a"), cell.last().grants().stream().map(Grant::session).toList());
    }

    @Test
    void whoWaitedAndReclaimsLeavesTheQueue() {
        Grant old = delayed("b", EXCLUSIVE);
        acquire("c", EXCLUSIVE, 1_000);
        expire("b");
        granted(reclaim("c", EXCLUSIVE, old.sequencer()));
        assertEquals(List.of(), cell.lock("lock").waiters());
    }

    @Test
    void whatDoesNotFitGetsWhatAnybodyGets() {
        Grant old = delayed("b", EXCLUSIVE);
        expire("b");
        Sequencer s = old.sequencer();
        assertFailed(ProblemCode.LOCK_DELAYED, reclaim("a", EXCLUSIVE, s));
        assertFailed(ProblemCode.LOCK_DELAYED, reclaim("c", SHARED, s));
        assertFailed(ProblemCode.LOCK_DELAYED, reclaim("c", EXCLUSIVE, null));
        for (Sequencer wrong : List.of(
                new Sequencer(s.name(), SHARED, s.instance(), s.lockGeneration(), s.token()),
                new Sequencer(s.name(), s.mode(), s.instance() + 1, s.lockGeneration(), s.token()),
                new Sequencer(s.name(), s.mode(), s.instance(), s.lockGeneration() + 1, s.token()),
                new Sequencer(s.name(), s.mode(), s.instance(), s.lockGeneration(), s.token() + 1),
                new Sequencer(s.name() + "x", s.mode(), s.instance(), s.lockGeneration(), s.token()))) {
            assertFailed(ProblemCode.LOCK_DELAYED, reclaim("c", EXCLUSIVE, wrong));
        }
        assertInstanceOf(Reply.Granted.class, reclaim("c", EXCLUSIVE, s));
    }

    @Test
    void aClientWithoutANameIsNotKnownAgain() {
        open("x", "");
        open("y", "");
        Grant old = delayed("x", EXCLUSIVE);
        expire("x");
        assertFailed(ProblemCode.LOCK_DELAYED, reclaim("y", EXCLUSIVE, old.sequencer()));
    }

    @Test
    void anOperatorMayOverrideTheDelay() {
        delayed("a", EXCLUSIVE);
        acquire("b", EXCLUSIVE, 1_000);
        expire("a");
        cell.call(new Request.ForceRelease(name("lock")));
        assertEquals(
                List.of("b"), cell.last().grants().stream().map(Grant::session).toList());
    }

    @Test
    void whoIsGrantedFromTheQueueHasTheDelayItAskedFor() {
        delayed("a", EXCLUSIVE);
        cell.call(new Request.Acquire(name("lock"), EXCLUSIVE, 1_000, false, LockCreation.NEVER, "", 7, null), "b");
        cell.call(new Request.Release(name("lock")), "a");
        assertEquals(7, expire("b").get(0).delayMs());
    }

    private void open(String session, String client) {
        cell.call(new Request.OpenSession(session, client, 10_000, Map.of()));
    }

    private List<Applied.Delay> expire(String session) {
        return cell.apply(new Command.ExpireSessions(cell.machine.epoch(), List.of(session)))
                .delays();
    }

    private Grant delayed(String session, LockMode mode) {
        return granted(cell.call(
                new Request.Acquire(name("lock"), mode, 0, false, LockCreation.PERMANENT, "", DELAY_MS, null),
                session));
    }

    private Reply acquire(String session, LockMode mode, long waitMs) {
        return cell.call(new Request.Acquire(name("lock"), mode, waitMs, false, LockCreation.PERMANENT, ""), session);
    }

    private Reply reclaim(String session, LockMode mode, @Nullable Sequencer proof) {
        return cell.call(
                new Request.Acquire(name("lock"), mode, 0, false, LockCreation.PERMANENT, "", 0, proof), session);
    }

    private static Grant granted(Reply reply) {
        Grant grant = assertInstanceOf(Reply.Granted.class, reply).grant();
        assertNotEquals(0, grant.token());
        return grant;
    }
}
