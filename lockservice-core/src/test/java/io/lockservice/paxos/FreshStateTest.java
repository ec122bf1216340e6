package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** To hear a leader is not enough: what it knew must be known here before this replica's state counts as fresh. */
final class FreshStateTest {
    private static final int COMMANDS = 20;

    private final PaxosFixture cell = new PaxosFixture(3);

    private void propose(PaxosFixture.Node leader) {
        for (int i = 0; i < COMMANDS; i++) {
            assertTrue(leader.propose("command " + i));
            cell.deliver();
        }
    }

    private long ageMs(PaxosFixture.Node node) {
        return node.paxos.stateAgeMs(cell.nowNanos);
    }

    private void assertFresh(PaxosFixture.Node node) {
        long ageMs = ageMs(node);
        assertTrue(ageMs >= 0 && ageMs <= 2 * cell.settings.heartbeatMs(), "replica " + node.id + ": " + ageMs + " ms");
        assertEquals(COMMANDS, node.applied().size());
    }

    @Test
    void whoWasRestartedIsNotFreshBeforeItHasWhatItMissed() {
        PaxosFixture.Node leader = cell.elect();
        PaxosFixture.Node away = cell.other((id, node) -> node != leader);
        cell.crash(away.id);
        propose(leader);
        PaxosFixture.Node back = cell.restart(away.id);
        cell.deliverOnly(message -> !(message.message() instanceof PaxosMessage.ChosenEntries));
        cell.run(500);
        assertEquals(leader.id, back.paxos.leader(), "it hears the leader");
        assertEquals(-1, ageMs(back));
        cell.deliverOnly(message -> true);
        cell.run(1_000);
        assertFresh(back);
    }

    @Test
    void whoWasCutOffIsAsOldAsItWasUntilItHasWhatItMissed() {
        PaxosFixture.Node leader = cell.elect();
        cell.run(500);
        PaxosFixture.Node away = cell.other((id, node) -> node != leader);
        cell.deliverOnly(message -> message.to() != away.id);
        propose(leader);
        cell.run(500);
        cell.deliverOnly(message -> !(message.message() instanceof PaxosMessage.ChosenEntries));
        cell.run(500);
        assertTrue(ageMs(away) >= 900, "it has heard the leader for long, and knows what it knew: " + ageMs(away));
        cell.deliverOnly(message -> true);
        cell.run(1_000);
        assertFresh(away);
    }

    @Test
    void nobodyIsFreshBeforeANewLeaderHasDoneWhatWasChosenBeforeIt() {
        PaxosFixture.Node leader = cell.elect();
        propose(leader);
        for (int id = 1; id <= 3; id++) {
            cell.crash(id);
        }
        for (int id = 1; id <= 3; id++) {
            cell.restart(id);
        }
        cell.deliverOnly(message -> !(message.message() instanceof PaxosMessage.Accept));
        PaxosFixture.Node next = cell.elect();
        cell.run(500);
        for (int id = 1; id <= 3; id++) {
            assertEquals(next.id, cell.node(id).paxos.leader());
            assertEquals(-1, ageMs(cell.node(id)), "replica " + id + " does not know what was acknowledged before");
        }
        cell.deliverOnly(message -> true);
        cell.run(1_000);
        for (int id = 1; id <= 3; id++) {
            assertFresh(cell.node(id));
        }
    }
}
