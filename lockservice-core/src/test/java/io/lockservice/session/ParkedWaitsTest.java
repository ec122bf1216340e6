package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Grant;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.repeat.Origin;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParkedWaitsTest {
    private static final long MS = 1_000_000;
    private static final Name LOCK = new Name("/ls/sim/l");
    private static final Grant GRANT = new Grant(
            LOCK.path(), LockMode.EXCLUSIVE, "s", new Sequencer(LOCK.path(), LockMode.EXCLUSIVE, 1, 1, 1), 1, 1, 1);
    private static final Command WITHDRAW = new Command.Withdraw(LOCK, "s", 7);

    private final Host host = new Host();
    private final LockWaits waits = new LockWaits(host);

    @Test
    void aWaitThatEndsGivesItsPlaceUpByACommandUntilThatIsDecided() {
        park(1, false, 100);
        tick(99);
        assertEquals(List.of(), host.proposed);
        tick(100);
        tick(340);
        assertEquals(List.of(WITHDRAW), host.proposed);
        tick(350);
        assertEquals(List.of(WITHDRAW, WITHDRAW), host.proposed);
        assertEquals(List.of(), host.answers);
        lost();
        assertEquals(List.of("1 Failed"), host.answers);
        tick(10_000);
        assertEquals(2, host.proposed.size());
    }

    @Test
    void aGrantDecidedMeanwhileIsNotLost() {
        park(1, false, 100);
        tick(100);
        granted();
        assertEquals(List.of("1 Granted"), host.answers);
    }

    @Test
    void aKeptPlaceIsToldAndStays() {
        park(1, true, 100);
        tick(100);
        assertEquals(List.of("1 Queued"), host.answers);
        assertEquals(List.of(), host.proposed);
        assertFalse(waits.isParked(new CallKey(1, 1, 1)));
        granted();
        assertEquals(1, host.answers.size());
    }

    @Test
    void twoCallsAtOnePlaceAreToldTogether() {
        park(1, false, 100);
        park(2, false, 200);
        granted();
        assertEquals(List.of("1 Granted", "2 Granted"), host.answers);
        tick(1_000);
        assertEquals(List.of(), host.proposed);
    }

    @Test
    void whoLeadsNoMoreTellsNobody() {
        park(1, false, 100);
        waits.clear();
        granted();
        tick(1_000);
        assertEquals(List.of(), host.answers);
        assertEquals(List.of(), host.proposed);
    }

    @Test
    void aCallWhoseWaitEndsLeavesThePlaceToAnotherOfItsSession() {
        park(1, false, 100);
        park(2, false, 200);
        tick(100);
        assertEquals(List.of("1 Failed"), host.answers);
        assertEquals(List.of(), host.proposed);
        tick(200);
        assertEquals(List.of(WITHDRAW), host.proposed);
    }

    @Test
    void repeatsOfOneCallAreToldTheSameWhicheverCameLast() {
        park(1, false, 200, "key");
        park(2, false, 100, "key");
        tick(100);
        assertEquals(List.of(), host.answers, "nobody is refused what a repeat may still get");
        granted();
        assertEquals(List.of("1 Granted", "2 Granted"), host.answers);
    }

    @Test
    void repeatsOfOneCallGiveTheirPlaceUpTogether() {
        park(1, false, 100, "key");
        park(2, false, 100, "key");
        tick(100);
        assertEquals(List.of(), host.answers);
        assertEquals(WITHDRAW, host.proposed.get(0));
        lost();
        assertEquals(List.of("1 Failed", "2 Failed"), host.answers);
    }

    @Test
    void repeatsOfOneCallAreRefusedTogetherWhereAnotherWaitsOn() {
        park(1, false, 50, "key");
        park(2, false, 100, "key");
        park(3, false, 200);
        tick(50);
        assertEquals(List.of(), host.answers);
        tick(100);
        assertEquals(List.of("1 Failed", "2 Failed"), host.answers);
        granted();
        assertEquals("3 Granted", host.answers.get(2));
    }

    private void park(long callId, boolean keepPlace, long endMs) {
        park(callId, keepPlace, endMs, null);
    }

    private void park(long callId, boolean keepPlace, long endMs, @Nullable String key) {
        Request.Acquire acquire =
                new Request.Acquire(LOCK, LockMode.EXCLUSIVE, 100, keepPlace, LockCreation.PERMANENT, "");
        ClientCall.Idempotency idempotency = key == null ? null : new ClientCall.Idempotency(key, 1);
        ClientCall call = new ClientCall(acquire, ClientCall.ANONYMOUS, "s", idempotency, null);
        waits.park(new Origin(1, 1, callId, 1), call, 7, endMs * MS);
    }

    private void tick(long nowMs) {
        waits.tick(nowMs * MS, new LockWaits.Places() {
            @Override
            public Integer positionOf(Name name, String session) {
                return 1;
            }

            @Override
            public Problem refusal(Name name) {
                return new Problem(ProblemCode.LOCK_HELD, "another call of the session waits on");
            }
        });
    }

    private void granted() {
        waits.granted(GRANT, 1_000);
    }

    private void lost() {
        waits.lost(new Applied.Place(LOCK.path(), "s", 7, Problem.noSuchNode(LOCK)));
    }

    private static final class Host extends SureLeader {
        private final List<String> answers = new ArrayList<>();
        private final List<Command> proposed = new ArrayList<>();

        @Override
        public boolean propose(Command command) {
            proposed.add(command);
            return true;
        }

        @Override
        public void answer(Origin origin, Reply reply) {
            answers.add(origin.callId() + " " + reply.getClass().getSimpleName());
        }
    }
}
