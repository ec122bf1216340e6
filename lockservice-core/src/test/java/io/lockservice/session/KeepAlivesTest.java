package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeepAlivesTest {
    private static final long MS = 1_000_000;

    private final Host host = new Host();
    private final Leases leases = new Leases();
    private final StateMachine state = new StateMachine("test", 1_000);
    private final KeepAlives keepAlives =
            new KeepAlives(host, leases, state, new Acknowledgements(host, state), new LeaseStretch());

    @BeforeEach
    void open() {
        leases.open("s", 1_000, 0);
    }

    @Test
    void oneIsAnsweredWhileHalfOfTheLeaseIsLeftAndRenewsItThen() {
        arrives(1, 60_000, 0);
        release(499);
        assertEquals(List.of(), host.answers);
        release(500);
        assertEquals(List.of("1 KeptAlive"), host.answers);
        assertEquals(1_000, leases.remainingMs("s", 500 * MS));
    }

    @Test
    void oneThatWillNotWaitIsAnsweredAtOnce() {
        arrives(1, 0, 0);
        assertEquals(List.of("1 KeptAlive"), host.answers);
    }

    @Test
    void oneThatComesAfterTheEndWasProposedWaitsForTheEnd() {
        leases.takeExpired(1_000 * MS, 10);
        arrives(1, 60_000, 1_001);
        release(60_000);
        assertEquals(List.of(), host.answers);
        keepAlives.ended("s");
        assertEquals(List.of("1 Failed"), host.answers);
    }

    @Test
    void oneThatIsDueAfterTheEndWasProposedWaitsForTheEndToo() {
        arrives(1, 60_000, 0);
        List<CallKey> due = keepAlives.takeDue(500 * MS);
        leases.takeExpired(1_000 * MS, 10);
        due.forEach(key -> keepAlives.release(key, 1_001 * MS));
        assertEquals(List.of(), host.answers);
        keepAlives.ended("s");
        assertEquals(List.of("1 Failed"), host.answers);
    }

    @Test
    void oneWhoseClientIsGoneRenewsNothing() {
        arrives(1, 60_000, 0);
        keepAlives.gone(new CallKey(1, 1, 1));
        release(500);
        assertEquals(List.of(), host.answers);
        assertEquals(0, leases.remainingMs("s", 1_000 * MS));
    }

    @Test
    void allOfASessionEndWithItAndOthersStay() {
        leases.open("t", 1_000, 0);
        arrives(1, 60_000, 0);
        arrives(2, 60_000, 0);
        keepAlives.arrived(new Origin(1, 1, 3, 1), new Request.KeepAlive("t", 60_000, 0), 60_000, 0);
        keepAlives.ended("s");
        assertEquals(List.of("1 Failed", "2 Failed"), host.answers);
        assertTrue(keepAlives.isParked(new CallKey(1, 1, 3)));
    }

    private void arrives(long callId, long waitMs, long nowMs) {
        keepAlives.arrived(new Origin(1, 1, callId, 1), new Request.KeepAlive("s", waitMs, 0), waitMs, nowMs * MS);
    }

    private void release(long nowMs) {
        keepAlives.takeDue(nowMs * MS).forEach(key -> keepAlives.release(key, nowMs * MS));
    }

    private static final class Host extends SureLeader {
        private final List<String> answers = new ArrayList<>();

        @Override
        public void answer(Origin origin, Reply reply) {
            answers.add(origin.callId() + " " + reply.getClass().getSimpleName());
        }
    }
}
