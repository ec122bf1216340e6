package io.lockservice.cell;

import static io.lockservice.api.LockMode.EXCLUSIVE;
import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static io.lockservice.cell.TestCell.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.cell.repeat.OriginOutcomes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OriginRepeatTest {
    private static final int REPLICA = 2;

    private final TestCell cell = new TestCell();
    private long lastWait = 100;

    @BeforeEach
    void openSessions() {
        cell.startEpoch();
        cell.open("a", "b", "c");
    }

    @Test
    void whatAnEarlierLeaderProposedIsNotDoneOnceAnotherHasBegun() {
        Command.Client left = new Command.Client(
                cell.machine.epoch(), new Origin(REPLICA, 2, 1, 1), ClientCall.of(TestCell.file("f", "")));
        cell.startEpoch();
        long digest = cell.machine.digest();
        assertNull(cell.apply(left).reply());
        assertEquals(digest, cell.machine.digest(), "nothing is remembered of it either");
        Command.Client again = new Command.Client(cell.machine.epoch(), left.origin(), left.call());
        assertInstanceOf(Reply.Written.class, TestCell.reply(cell.apply(again)));
    }

    @Test
    void aRepeatedCallGetsTheFirstOutcomeAndChangesNothing() {
        Command.Client write = client(5, 1, TestCell.file("f", "1"), null);
        Reply first = send(write);
        long revision = cell.machine.revision();
        assertEquals(first, send(write));
        assertEquals(revision, cell.machine.revision());
        assertEquals(1, cell.stat("f").contentGeneration());
        assertEquals(List.of(), cell.last().events());
    }

    @Test
    void aRefusalIsRememberedToo() {
        Command.Client delete = client(5, 1, new Request.Release(name("f")), "a");
        Reply first = send(delete);
        assertFailed(ProblemCode.NOT_HELD, first);
        cell.exclusive("a", "f");
        assertEquals(first, send(delete));
        assertTrue(cell.holds("a", "f"));
    }

    @Test
    void otherReplicasAndCallsAreOtherCalls() {
        send(client(5, 1, TestCell.file("f", ""), null));
        send(client(6, 1, TestCell.file("f", ""), null));
        reply(cell.apply(new Command.Client(
                cell.machine.epoch(), new Origin(3, 1, 5, 1), ClientCall.of(TestCell.file("f", "")))));
        assertEquals(3, cell.stat("f").contentGeneration());
    }

    @Test
    void callsBelowTheOldestOpenOneAreRefusedAndNeverExecuted() {
        send(client(5, 1, TestCell.file("f", ""), null));
        send(client(9, 7, TestCell.file("g", ""), null));
        long revision = cell.machine.revision();
        assertFailed(ProblemCode.NO_LEADER, send(client(5, 1, TestCell.file("f", ""), null)));
        assertFailed(ProblemCode.NO_LEADER, send(client(6, 1, TestCell.file("f", ""), null)));
        assertEquals(revision, cell.machine.revision());
        assertInstanceOf(Reply.Written.class, send(client(7, 7, TestCell.file("f", ""), null)));
    }

    @Test
    void aNewIncarnationReplacesTheOldOneAndTheOldOneIsRefused() {
        send(client(5, 1, TestCell.file("f", ""), null));
        Command.Client restarted = new Command.Client(
                cell.machine.epoch(), new Origin(REPLICA, 2, 1, 1), ClientCall.of(TestCell.file("f", "")));
        assertInstanceOf(Reply.Written.class, send(restarted));
        assertEquals(2, cell.stat("f").contentGeneration());
        assertFailed(ProblemCode.NO_LEADER, send(client(5, 1, TestCell.file("f", ""), null)));
        assertFailed(ProblemCode.NO_LEADER, send(client(6, 1, TestCell.file("f", ""), null)));
        assertEquals(2, cell.stat("f").contentGeneration());
    }

    @Test
    void onlyTheNewestOutcomesOfAReplicaAreKept() {
        for (long call = 1; call <= OriginOutcomes.KEPT + 1; call++) {
            send(client(call, 1, new Request.Release(name("f")), "a"));
        }
        assertFailed(ProblemCode.NO_LEADER, send(client(1, 1, new Request.Release(name("f")), "a")));
        assertFailed(ProblemCode.NOT_HELD, send(client(2, 1, new Request.Release(name("f")), "a")));
    }

    @Test
    void aCallThatWaitsIsKnownHoweverManyCallsWereMadeSince() {
        cell.exclusive("a", "lock");
        Command.Client wait = waitingCall("b");
        send(wait);
        makeCalls(1_000);
        assertEquals(new Reply.Queued(1), send(wait));
        cell.release("a", "lock");
        assertInstanceOf(Reply.Granted.class, send(wait));
    }

    @Test
    void aWaitThatEndedIsForgottenWithItsAge() {
        cell.exclusive("a", "lock");
        Command.Client wait = waitingCall("b");
        send(wait);
        cell.release("a", "lock");
        makeCalls(1_000);
        assertFailed(ProblemCode.NO_LEADER, send(wait));
    }

    @Test
    void aCallThatWaitedIsForgottenOnceItsOriginHasAnsweredIt() {
        cell.exclusive("a", "lock");
        Command.Client wait = waitingCall("b");
        send(wait);
        makeCalls(1_000);
        long later = 2_000 + OriginOutcomes.KEPT;
        send(client(later, later, new Request.Release(name("f")), "a"));
        assertFailed(ProblemCode.NO_LEADER, send(wait));
    }

    /** Makes as many calls as outcomes are kept, while the oldest call is still open. */
    private void makeCalls(long fromCall) {
        for (long call = fromCall; call <= fromCall + OriginOutcomes.KEPT; call++) {
            send(client(call, 1, new Request.Release(name("f")), "a"));
        }
    }

    @Test
    void aRepeatedWaitTellsTheCurrentPosition() {
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        Command.Client wait = waitingCall("c");
        assertEquals(new Reply.Queued(2), send(wait));
        cell.withdraw("b", "lock");
        assertEquals(new Reply.Queued(1), send(wait));
        assertEquals(1, cell.lock("lock").waiters().size());
    }

    @Test
    void aRepeatedWaitThatWasGrantedTellsTheGrant() {
        cell.exclusive("a", "lock");
        Command.Client wait = waitingCall("b");
        send(wait);
        cell.release("a", "lock");
        Reply.Granted granted = assertInstanceOf(Reply.Granted.class, send(wait));
        assertEquals(cell.machine.held(name("lock"), "b"), granted.grant());
        cell.release("b", "lock");
        assertEquals(granted, send(wait));
        assertFalse(cell.holds("b", "lock"));
    }

    @Test
    void aRepeatedWaitTellsHowItEnded() {
        cell.write("lock", "");
        cell.exclusive("a", "lock");
        Command.Client withdrawn = waitingCall("b");
        send(withdrawn);
        cell.withdraw("b", "lock");
        assertFailed(ProblemCode.LOCK_HELD, send(withdrawn));

        Command.Client expired = waitingCall("c");
        send(expired);
        cell.expire("c");
        assertFailed(ProblemCode.SESSION_EXPIRED, send(expired));

        Command.Client deleted = waitingCall("b");
        send(deleted);
        cell.delete("lock", false);
        assertFailed(ProblemCode.NO_SUCH_NODE, send(deleted));
        assertFailed(ProblemCode.LOCK_HELD, send(withdrawn));
    }

    @Test
    void callsThatWaitAtTheSamePlaceEndTogether() {
        cell.exclusive("a", "lock");
        Command.Client first = waitingCall("b");
        Command.Client second = waitingCall("b");
        send(first);
        assertEquals(new Reply.Queued(1), send(second));
        cell.release("a", "lock");
        assertEquals(send(first), send(second));
        assertInstanceOf(Reply.Granted.class, send(first));
    }

    @Test
    void forgettingAWaitingCallLeavesItsPlaceAndOtherCallsAlone() {
        cell.exclusive("a", "lock");
        Command.Client first = waitingCall("b");
        Command.Client second = waitingCall("b");
        send(first);
        send(second);
        send(client(200, second.origin().callId(), TestCell.file("f", ""), null));
        assertFailed(ProblemCode.NO_LEADER, send(first));
        assertEquals(new Reply.Queued(1), send(second));
        cell.release("a", "lock");
        assertInstanceOf(Reply.Granted.class, send(second));
    }

    private Command.Client waitingCall(String session) {
        lastWait++;
        return client(lastWait, 1, TestCell.acquire("lock", EXCLUSIVE, 1_000), session);
    }

    private Reply send(Command.Client command) {
        return reply(cell.apply(command));
    }

    private Command.Client client(long callId, long answeredBelow, Request.Write request, @Nullable String session) {
        ClientCall call = session == null ? ClientCall.of(request) : ClientCall.of(request, session);
        return new Command.Client(cell.machine.epoch(), new Origin(REPLICA, 1, callId, answeredBelow), call);
    }
}
