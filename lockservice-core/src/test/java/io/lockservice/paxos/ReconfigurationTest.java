package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.Configuration;
import org.junit.jupiter.api.Test;

/** A change of who votes is proposed only once a majority of those who vote then has all that was decided before. */
class ReconfigurationTest {
    private static final long TICK_MS = 10;

    private final PaxosFixture cell = new PaxosFixture(3);
    private final PaxosFixture.Node leader = cell.elect();
    private final int kept = leader.id % 3 + 1;
    private final int removed = kept % 3 + 1;
    private final Configuration two = cell.configuration.without(removed);

    @Test
    void whoDecidesFromThenOnHasWhatWasDecidedBefore() {
        settleDown();
        // The one that stays does not get the next command; the one that goes does, and it is chosen.
        cell.deliverOnly(sent -> sent.to() != kept || !carriesValues(sent.message()));
        leader.propose("chosen by the leader and the one that goes");
        cell.run(TICK_MS);
        assertTrue(leader.applied().contains("chosen by the leader and the one that goes"));
        assertTrue(leader.paxos.reconfigure(two, cell.nowNanos));
        cell.run(500);
        assertEquals(cell.configuration, leader.paxos.configuration(), "a majority of the two lacks a slot");

        cell.deliverOnly(sent -> true);
        cell.run(300);
        assertEquals(two, leader.paxos.configuration());
        assertEquals(two, cell.node(kept).paxos.configuration());
        assertTrue(cell.node(kept).applied().contains("chosen by the leader and the one that goes"));
    }

    @Test
    void whatIsOpenIsChosenBeforeAndWhatComesMeanwhileAfterwards() {
        settleDown();
        cell.deliverOnly(sent -> !(sent.message() instanceof PaxosMessage.Accepted));
        leader.propose("open");
        assertTrue(leader.paxos.reconfigure(two, cell.nowNanos));
        cell.run(100);
        assertFalse(isProposed(two), "a majority of the two may not be one of those who have to choose what is open");
        cell.deliverOnly(sent -> true);
        leader.propose("meanwhile");
        cell.run(500);
        assertEquals(two, leader.paxos.configuration());
        assertTrue(leader.applied().contains("open"));
        assertTrue(leader.applied().contains("meanwhile"));
    }

    @Test
    void aChangeThatCannotBeDrainedIsGivenUp() {
        settleDown();
        cell.deliverOnly(sent -> sent.to() != kept || !carriesValues(sent.message()));
        leader.propose("the one that stays never gets this");
        cell.run(TICK_MS);
        assertTrue(leader.paxos.reconfigure(two, cell.nowNanos));
        assertFalse(leader.paxos.reconfigure(two, cell.nowNanos), "one at a time");
        cell.run(1_500);
        assertFalse(leader.paxos.isReconfiguring());
        cell.deliverOnly(sent -> true);
        cell.run(500);
        assertEquals(cell.configuration, leader.paxos.configuration());
        assertTrue(leader.paxos.reconfigure(two, cell.nowNanos), "it may be asked for again");
    }

    /** All have all, and the leader knows. */
    private void settleDown() {
        leader.propose("known to all");
        cell.run(500);
        assertFalse(leader.paxos.isReconfiguring());
    }

    private boolean isProposed(Configuration next) {
        return cell.sent.stream()
                .anyMatch(sent -> sent.message() instanceof PaxosMessage.Accept accept
                        && next.equals(accept.value().configuration()));
    }

    private static boolean carriesValues(PaxosMessage message) {
        return message instanceof PaxosMessage.Accept || message instanceof PaxosMessage.ChosenEntries;
    }
}
