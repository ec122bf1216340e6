package io.lockservice.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GatewayTest {
    private static final int SELF = 1;
    private static final long INCARNATION = 7;
    private static final long MS = 1_000_000;
    private static final Request READ = new Request.GetStat(new Name("/ls/sim/f"), false);
    private static final Request WRITE = new Request.DeleteNode(new Name("/ls/sim/f"), false, Condition.NONE);

    private static final Gateway.Leadership BY_TWO = new Gateway.Leadership(2, 1);
    private static final Reply DONE = new Reply.Done();

    private final Host host = new Host();
    private final Gateway gateway = new Gateway(SELF, INCARNATION, 3, host);

    @Test
    void aCallGoesToTheLeaderAndAgainAfterAWhileWithTheSameOrigin() {
        host.leader = 2;
        call(1, WRITE, 5_000, 0);
        look(0, 299);
        assertEquals(List.of("2<-1/1"), host.brought());
        look(300, 800);
        assertEquals(List.of("2<-1/1", "2<-1/1"), host.brought());
        assertTrue(host.responses.isEmpty());
    }

    @Test
    void repeatsBecomeRarerButNeverEnd() {
        host.leader = 2;
        call(1, WRITE, 60_000, 0);
        look(0, 59_900);
        int repeats = host.brought().size();
        assertTrue(repeats > 25 && repeats < 35, "brought " + repeats + " times in a minute");
    }

    @Test
    void aCallWithoutALeaderIsBroughtToTheFirstOneThereIs() {
        call(1, WRITE, 5_000, 0);
        look(0, 500);
        assertEquals(List.of(), host.brought());
        host.leader = 3;
        gateway.look(501 * MS);
        assertEquals(List.of("3<-1/1"), host.brought());
    }

    @Test
    void aNewLeaderIsAskedAtOnceForEverythingThatIsOpen() {
        host.leader = 2;
        call(1, WRITE, 5_000, 0);
        call(2, READ, 5_000, 0);
        gateway.look(0);
        host.leader = 3;
        gateway.look(1 * MS);
        assertEquals(List.of("2<-1/1", "2<-2/1", "3<-1/1", "3<-2/1"), host.brought());
    }

    @Test
    void aReplicaThatLeadsAgainIsAskedAgain() {
        host.leader = SELF;
        call(1, WRITE, 5_000, 0);
        gateway.look(0);
        gateway.forgetOwnLeadership();
        gateway.look(1 * MS);
        assertEquals(List.of("1<-1/1", "1<-1/1"), host.brought());
    }

    @Test
    void anotherLeadershipOfTheSameReplicaIsAskedAgain() {
        host.leader = 2;
        call(1, WRITE, 5_000, 0);
        host.sequence = 2;
        gateway.look(1 * MS);
        assertEquals(List.of("2<-1/1", "2<-1/1"), host.brought());
        assertEquals(List.of(1L, 2L), host.sequences);
    }

    @Test
    void whoIsToldThatItsCallWasForAnEarlierLeadershipAsksThePresentOne() {
        host.leader = 2;
        call(1, WRITE, 5_000, 0);
        gateway.outdated(INCARNATION - 1, 2, 7);
        gateway.outdated(INCARNATION, 3, 7);
        gateway.outdated(INCARNATION, 2, 1);
        gateway.look(1 * MS);
        assertEquals(List.of(1L), host.sequences);
        gateway.outdated(INCARNATION, 2, 7);
        gateway.outdated(INCARNATION, 2, 7);
        gateway.look(2 * MS);
        host.sequence = 7;
        gateway.look(3 * MS);
        assertEquals(List.of(1L, 7L), host.sequences);
    }

    @Test
    void whatIsHandledHereIsNotAskedForAgainInAHurry() {
        host.leader = SELF;
        call(1, WRITE, 5_000, 0);
        look(0, 1_999);
        assertEquals(1, host.brought().size());
        look(2_000, 2_000);
        assertEquals(2, host.brought().size());
    }

    @Test
    void aKeepAliveEndsWithItsClientAndNothingElseDoes() {
        host.leader = 2;
        call(1, keepAlive(), 5_000, 0);
        call(2, WRITE, 5_000, 0);
        gateway.gone(1);
        gateway.gone(2);
        gateway.gone(3);
        assertEquals(List.of("2<-1"), host.gone);
        look(0, 400);
        assertEquals(List.of("2<-1/2", "2<-2/2", "2<-2/2"), host.brought());
    }

    @Test
    void thatALeaderRefusedCountsOnlyIfNobodyElseWasAskedSince() {
        List<String> given = new ArrayList<>();
        Reply refusal = new Reply.Failed(new Problem(ProblemCode.OVERLOADED, "nothing was done"));
        host.leader = 2;
        call(1, WRITE, 5_000, 0);
        call(2, WRITE, 5_000, 0);
        gateway.answered(INCARNATION, 1, BY_TWO, refusal, () -> given.add("asked nobody else"));
        host.leader = 3;
        gateway.look(1 * MS);
        gateway.answered(INCARNATION, 2, BY_TWO, refusal, () -> given.add("another may do it"));
        gateway.answered(INCARNATION, 2, BY_TWO, DONE, () -> given.add("it was done"));
        assertEquals(List.of("asked nobody else", "it was done"), given);
    }

    @Test
    void whatTheOriginHasAnsweredIsToldWithLaterCalls() {
        host.leader = 2;
        call(1, WRITE, 5_000, 0);
        call(2, WRITE, 5_000, 0);
        answer(1);
        call(3, WRITE, 5_000, 0);
        answer(2);
        answer(3);
        call(4, WRITE, 5_000, 0);
        assertEquals(List.of("2<-1/1", "2<-2/1", "2<-3/2", "2<-4/4"), host.brought());
    }

    @Test
    void anOpenReadHoldsNothingBack() {
        host.leader = 2;
        call(1, READ, 5_000, 0);
        call(2, WRITE, 5_000, 0);
        assertEquals(List.of("2<-1/2", "2<-2/2"), host.brought());
    }

    @Test
    void anAnswerThatComesTwiceOrToAnEarlierProcessIsDropped() {
        host.leader = 2;
        call(1, WRITE, 5_000, 0);
        List<String> given = new ArrayList<>();
        gateway.answered(INCARNATION - 1, 1, BY_TWO, DONE, () -> given.add("earlier process"));
        gateway.answered(INCARNATION, 1, BY_TWO, DONE, () -> given.add("first"));
        gateway.answered(INCARNATION, 1, BY_TWO, DONE, () -> given.add("second"));
        assertEquals(List.of("first"), given);
    }

    @Test
    void aCallWhoseTimeIsOverIsAnsweredAndNotBroughtAgain() {
        host.leader = 2;
        call(1, WRITE, 1_000, 0);
        look(0, 1_000);
        assertEquals(ProblemCode.NO_LEADER, host.problem(1));
        int brought = host.brought().size();
        look(1_001, 5_000);
        assertEquals(brought, host.brought().size());
    }

    /** A forced removal may well have stopped the cell that should have answered it. */
    @Test
    void onlyWhatCannotHaveBeenDoneIsSaidNotToHaveBeen() {
        call(1, READ, 1_000, 0);
        call(2, new Request.RemoveReplica(3, true), 1_000, 0);
        look(0, 1_000);
        assertTrue(host.detail(1).contains("nothing was changed"), host.detail(1));
        assertTrue(host.detail(2).contains("nothing was changed"), "nobody was asked: " + host.detail(2));
        host.leader = 2;
        call(3, new Request.RemoveReplica(3, true), 1_000, 1_001);
        call(4, WRITE, 1_000, 1_001);
        look(1_001, 2_001);
        assertTrue(host.detail(3).contains("not known whether the cell was changed"), host.detail(3));
        assertTrue(host.detail(4).contains("not known whether the write was done"), host.detail(4));
    }

    @Test
    void theTimeACallMayWaitForALockComesBeforeTheClientsPatience() {
        host.leader = 2;
        Request acquire = new Request.Acquire(
                new Name("/ls/sim/l"), LockMode.EXCLUSIVE, 10_000, false, LockCreation.PERMANENT, "");
        call(1, acquire, 1_000, 0);
        look(0, 10_900);
        assertTrue(host.responses.isEmpty());
        assertEquals(List.of(10_000L, 9_700L), host.waitLeftMs.subList(0, 2));
        look(10_901, 11_000);
        assertEquals(ProblemCode.NO_LEADER, host.problem(1));
    }

    @Test
    void keepAlivesHaveRoomHoweverManyOtherCallsAreOpen() {
        host.leader = 2;
        for (int call = 1; call <= 4; call++) {
            call(call, WRITE, 5_000, 0);
        }
        assertEquals(ProblemCode.OVERLOADED, host.problem(4));
        call(5, keepAlive(), 5_000, 0);
        assertEquals("2<-5/1", host.brought().get(3));
    }

    @Test
    void otherCallsHaveRoomHoweverManyKeepAlivesAreOpen() {
        host.leader = 2;
        for (int call = 1; call <= 4; call++) {
            call(call, keepAlive(), 5_000, 0);
        }
        assertEquals(ProblemCode.OVERLOADED, host.problem(4));
        call(5, WRITE, 5_000, 0);
        assertEquals("2<-5/5", host.brought().get(3));
    }

    @Test
    void thereIsRoomAgainOnceCallsAreAnswered() {
        host.leader = 2;
        for (int call = 1; call <= 10; call++) {
            call(call, WRITE, 5_000, 0);
            answer(call);
        }
        call(11, keepAlive(), 5_000, 0);
        answer(11);
        call(12, WRITE, 5_000, 0);
        assertTrue(host.responses.isEmpty());
    }

    @Test
    void contentOfOpenCallsIsBounded() {
        host.leader = 2;
        Content half = new Content(new byte[(int) Gateway.MAX_OPEN_BYTES / 2]);
        Request write = new Request.WriteFile(new Name("/ls/sim/f"), half, Condition.NONE, false, false);
        call(1, write, 5_000, 0);
        answer(1);
        call(2, write, 5_000, 0);
        call(3, write, 5_000, 0);
        assertTrue(host.responses.isEmpty());
        call(
                4,
                new Request.WriteFile(new Name("/ls/sim/f"), new Content(new byte[1]), Condition.NONE, false, false),
                5_000,
                0);
        assertEquals(ProblemCode.OVERLOADED, host.problem(4));
    }

    private static Request keepAlive() {
        return new Request.KeepAlive("s", 1_000, 0);
    }

    private void call(long callId, Request request, long timeoutMs, long nowMs) {
        gateway.called(callId, ClientCall.of(request), timeoutMs, nowMs * MS);
    }

    private void answer(long callId) {
        gateway.answered(INCARNATION, callId, BY_TWO, DONE, () -> {});
    }

    private void look(long fromMs, long throughMs) {
        for (long ms = fromMs; ms <= throughMs; ms++) {
            gateway.look(ms * MS);
        }
    }

    /** Notes what is brought where, as {@code leader<-call/answeredBelow}, and what is answered. */
    private static final class Host implements GatewayHost {
        private int leader;
        private long sequence = 1;
        private final List<Long> sequences = new ArrayList<>();
        private final List<String> gone = new ArrayList<>();
        private final List<String> brought = new ArrayList<>();
        private final List<Long> waitLeftMs = new ArrayList<>();
        private final Map<Long, Reply> responses = new TreeMap<>();

        List<String> brought() {
            return brought;
        }

        String detail(long callId) {
            return assertInstanceOf(Reply.Failed.class, responses.get(callId))
                    .problem()
                    .detail();
        }

        ProblemCode problem(long callId) {
            return assertInstanceOf(Reply.Failed.class, responses.get(callId))
                    .problem()
                    .code();
        }

        @Override
        public int leader() {
            return leader;
        }

        @Override
        public void handleHere(Origin origin, ClientCall call, long left) {
            forward(SELF, sequence, origin, call, left);
        }

        @Override
        public long leaderSequence() {
            return sequence;
        }

        @Override
        public void forward(int to, long of, Origin origin, ClientCall call, long left) {
            sequences.add(of);
            assertEquals(SELF, origin.replicaId());
            assertEquals(INCARNATION, origin.incarnation());
            brought.add(to + "<-" + origin.callId() + "/" + origin.answeredBelow());
            waitLeftMs.add(left);
        }

        @Override
        public void gone(int to, long callId) {
            gone.add(to + "<-" + callId);
        }

        @Override
        public void respond(long callId, Reply reply) {
            responses.put(callId, reply);
        }
    }
}
