package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What sessions are told with their keep-alives. */
class ToldSessionsTest {
    private static final Name FILE = Name.root(LeadingAlone.CELL).child("f");
    private static final long NO_ACK = Request.KeepAlive.NO_ACK;

    private final LeadingAlone leader = new LeadingAlone();

    @BeforeEach
    void watchAFile() {
        leader.open("s");
        write();
        leader.call(ClientCall.of(
                new Request.OpenHandle(
                        new HandleId("s", "h"),
                        FILE,
                        List.of(HandleMode.READ),
                        List.of(Event.Type.CONTENT_CHANGED),
                        null,
                        0),
                "s"));
    }

    @Test
    void aKeepAliveThatWaitsIsAnsweredWhenThereIsSomethingToTell() {
        long waiting = keepAlive(60_000, 0);
        assertNull(leader.answers().get(waiting));
        write();
        assertEquals(List.of(1L), seqs(waiting));
    }

    @Test
    void whatIsNotTakenInComesAgainAtOnce() {
        write();
        write();
        assertEquals(List.of(1L, 2L), seqs(keepAlive(60_000, 0)));
        assertEquals(List.of(1L, 2L), seqs(keepAlive(60_000, 0)));
        assertEquals(List.of(2L), seqs(keepAlive(60_000, 1)));
        assertEquals(List.of(2L), seqs(keepAlive(60_000, 0)), "an older word takes nothing back");
        long waiting = keepAlive(60_000, 2);
        assertNull(leader.answers().get(waiting));
        write();
        assertEquals(List.of(3L), seqs(waiting));
    }

    @Test
    void whoSaysNothingOfEventsWaitsUnlessTheyAreNew() {
        write();
        assertEquals(List.of(1L), seqs(keepAlive(60_000, NO_ACK)));
        long waiting = keepAlive(60_000, NO_ACK);
        assertNull(leader.answers().get(waiting), "or it would ask without end");
        leader.passMs(31_000);
        assertEquals(List.of(1L), seqs(waiting));
    }

    @Test
    void whoSaysNothingOfEventsLearnsAtOnceOfANewLeader() {
        keepAlive(0, NO_ACK);
        leader.changeLeader();
        assertEquals(List.of(1L), seqs(keepAlive(60_000, NO_ACK)));
        long waiting = keepAlive(60_000, NO_ACK);
        assertNull(leader.answers().get(waiting));
        leader.changeLeader();
        assertEquals(List.of(2L), seqs(keepAlive(60_000, NO_ACK)));
    }

    @Test
    void whatWasNotSentCannotBeTakenIn() {
        write();
        Problem problem = assertInstanceOf(Reply.Failed.class, leader.reply(keepAlive(0, 1)))
                .problem();
        assertEquals(ProblemCode.BAD_REQUEST, problem.code());
        assertEquals(new Problem.Field("ack"), problem.extras());
        assertEquals(List.of(1L), seqs(keepAlive(0, 0)));
        assertEquals(List.of(), seqs(keepAlive(0, 1)));
    }

    @Test
    void theNextLeaderTellsUnderTheSameNumbersWhatWasNotTakenIn() {
        write();
        write();
        assertEquals(List.of(1L, 2L), seqs(keepAlive(0, 0)));
        leader.changeLeader();
        long told = keepAlive(60_000, 1);
        assertEquals(List.of(2L, 3L), seqs(told));
        assertEquals(
                new SessionEvent.LeaderChanged(2),
                ((Reply.KeptAlive) leader.reply(told)).events().get(1).notice());
    }

    @Test
    void aNewLeaderLetsKeepAlivesInFirst() {
        leader.elect();
        long write =
                leader.call(ClientCall.of(new Request.WriteFile(FILE, Content.EMPTY, Condition.NONE, false, false)));
        long keepAlive = keepAlive(60_000, 0);
        assertNull(leader.answers().get(keepAlive));
        leader.lead();
        assertEquals(
                List.of(keepAlive, write),
                leader.answers().keySet().stream().filter(call -> call >= write).toList());
        assertEquals(List.of(1L), seqs(keepAlive), "that there is a new leader");
    }

    @Test
    void whatIsTakenInIsForgottenByTheCell() {
        write();
        keepAlive(0, 0);
        keepAlive(0, 1);
        leader.passMs(1_000);
        assertEquals(List.of(), leader.state().sessionEvents("s", 0, 10));
        leader.changeLeader();
        assertEquals(List.of(2L), seqs(keepAlive(0, 1)));
    }

    @Test
    void manyEventsComeInPartsAlsoToWhoSaysNothing() {
        for (int i = 0; i < 150; i++) {
            write();
        }
        assertEquals(1, seqs(keepAlive(60_000, NO_ACK)).get(0));
        assertEquals(101, seqs(keepAlive(60_000, NO_ACK)).get(0));
        assertNull(leader.answers().get(keepAlive(60_000, NO_ACK)));
    }

    @Test
    void thatANewLeaderBeganCannotBeTakenInBeforeItIsTold() {
        leader.changeLeader();
        assertInstanceOf(Reply.Failed.class, leader.reply(keepAlive(0, 1)));
        assertEquals(List.of(1L), seqs(keepAlive(0, 0)));
        assertEquals(List.of(), seqs(keepAlive(0, 1)));
    }

    @Test
    void manyEventsComeInParts() {
        for (int i = 0; i < 150; i++) {
            write();
        }
        assertEquals(100, seqs(keepAlive(60_000, 0)).size());
        assertEquals(50, seqs(keepAlive(60_000, 100)).size());
    }

    private long keepAlive(long waitMs, long ack) {
        return leader.call(ClientCall.of(new Request.KeepAlive("s", waitMs, ack)));
    }

    private List<Long> seqs(long call) {
        return assertInstanceOf(Reply.KeptAlive.class, leader.reply(call)).events().stream()
                .map(SessionEvent::seq)
                .toList();
    }

    private void write() {
        leader.call(ClientCall.of(new Request.WriteFile(FILE, Content.EMPTY, Condition.NONE, false, false)));
    }
}
