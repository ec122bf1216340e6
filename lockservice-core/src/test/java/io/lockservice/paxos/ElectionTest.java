package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.ProposalNumber;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ElectionTest {
    private static final long MS = 1_000_000;

    private final PaxosFixture cell = new PaxosFixture(3);

    @Test
    void aReplicaThatComesBackFromAPartitionUnseatsNobody() {
        PaxosFixture.Node leader = cell.elect();
        int alone = cell.other((id, node) -> node != leader).id;
        cell.deliverOnly(message -> message.from() != alone && message.to() != alone);
        cell.run(10_000);
        ProposalNumber number = leader.paxos.promised();
        cell.deliverOnly(message -> true);
        cell.run(5_000);
        assertTrue(leader.leading);
        assertEquals(number, leader.paxos.promised());
        assertEquals(leader.id, cell.node(alone).paxos.leader());
    }

    @Test
    void aReplicaThatAloneDoesNotHearTheLeaderUnseatsNobody() {
        PaxosFixture.Node leader = cell.elect();
        int deaf = cell.other((id, node) -> node != leader).id;
        ProposalNumber number = leader.paxos.promised();
        cell.deliverOnly(message -> message.from() != leader.id || message.to() != deaf);
        cell.run(10_000);
        assertTrue(leader.leading);
        assertEquals(number, leader.paxos.promised());
    }

    @Test
    void aLeaderThatHearsNobodyStopsAndAnotherTakesOver() {
        PaxosFixture.Node leader = cell.elect();
        cell.deliverOnly(message -> message.to() != leader.id);
        cell.run(5_000);
        assertFalse(leader.leading);
        assertNotEquals(leader.id, cell.elect().id);
    }

    @Test
    void aBackupWhoseProbeComesTooEarlyProbesAgainSoon() {
        PaxosFixture.Node leader = cell.elect();
        cell.run(1_000);
        PaxosFixture.Node early = cell.other((id, node) -> node != leader);
        cell.deliverOnly(message -> message.to() != early.id);
        cell.run(400);
        cell.crash(leader.id);
        // The other one has granted the lease later, and only the early one can ask.
        cell.deliverOnly(message -> !(message.message() instanceof PaxosMessage.Probe) || message.from() == early.id);
        long crashedNanos = cell.nowNanos;
        assertEquals(early.id, cell.elect().id);
        long gapMs = (cell.nowNanos - crashedNanos) / MS;
        assertTrue(gapMs <= PaxosSettings.DEFAULT.leaseMs() + 60, "it led after " + gapMs + " ms");
    }

    @Test
    void twoOfThreeElectAndDecide() {
        PaxosFixture.Node leader = cell.elect();
        cell.crash(leader.id);
        PaxosFixture.Node successor = cell.elect();
        assertTrue(successor.propose("b"));
        cell.run(10);
        assertEquals(1, successor.applied().size());
    }

    @Test
    void nobodyLeadsBeforeTheLeaseOfADeadLeaderHasRun() {
        PaxosFixture.Node leader = cell.elect();
        cell.run(1_000);
        cell.crash(leader.id);
        long deadSinceNanos = cell.nowNanos;
        cell.elect();
        long afterMs = (cell.nowNanos - deadSinceNanos) / MS;
        assertTrue(afterMs >= 900 && afterMs < 2_000, "a new leader after " + afterMs + " ms");
    }

    @Test
    void aLeaderThatResignsIsFollowedAtOnce() {
        PaxosFixture.Node leader = cell.elect();
        cell.run(1_000);
        long resignedNanos = cell.nowNanos;
        leader.paxos.resign(cell.nowNanos);
        assertFalse(leader.paxos.hasLease(cell.nowNanos));
        cell.deliver();
        PaxosFixture.Node successor = cell.elect();
        assertNotEquals(leader.id, successor.id);
        assertTrue(cell.nowNanos - resignedNanos <= 20 * MS);
    }

    @Test
    void aCellThatRestartsWaitsForALeaseThatMayStillRun() {
        PaxosFixture.Node leader = cell.elect();
        cell.run(1_000);
        Set.of(1, 2, 3).forEach(cell::crash);
        Set.of(1, 2, 3).stream().filter(id -> id != leader.id).forEach(cell::restart);
        cell.network.clear();
        cell.run(950);
        assertFalse(cell.nodes.values().stream().anyMatch(node -> node != leader && node.leading));
        cell.elect();
    }

    @Test
    void everyCandidateTakesANumberAboveAllItHasSeen() {
        ProposalNumber highest = ProposalNumber.NONE;
        for (int life = 0; life < 5; life++) {
            PaxosFixture.Node leader = cell.elect();
            ProposalNumber number = leader.paxos.promised();
            assertTrue(number.isAbove(highest), number + " after " + highest);
            highest = number;
            cell.crash(leader.id);
            cell.elect();
            cell.restart(leader.id);
            cell.run(3_000);
            cell.nodes.values().stream().filter(node -> node.leading).toList().forEach(node -> {
                cell.crash(node.id);
                cell.restart(node.id);
            });
        }
    }
}
