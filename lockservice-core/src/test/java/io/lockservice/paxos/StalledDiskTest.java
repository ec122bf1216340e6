package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StalledDiskTest {
    private static final int COMMAND_BYTES = 10_000;
    private static final long MOST_BYTES = Leadership.LEAST_UNSYNCED_BYTES + 4 * COMMAND_BYTES;
    private static final PaxosSettings SMALL =
            new PaxosSettings(1_000, 100, 2, 150, 200, 1, 2, COMMAND_BYTES, 100_000, 1 << 18, 1 << 18);

    private final PaxosFixture cell = new PaxosFixture(3, SMALL);

    @Test
    void aFollowerWhoseDiskStallsTakesNoMoreThanABound() {
        PaxosFixture.Node leader = cell.elect();
        PaxosFixture.Node slow = cell.other((id, node) -> node != leader);
        slow.holdJournal = true;
        for (int i = 0; i < 300; i++) {
            assertTrue(leader.propose(command(i)));
            cell.run(10);
        }
        assertEquals(300, leader.applied().size());
        assertTrue(slow.unsyncedBytes() < MOST_BYTES, slow.unsyncedBytes() + " bytes wait for the disk");

        slow.holdJournal = false;
        cell.run(5_000);
        assertEquals(leader.applied(), slow.applied());
        assertTrue(leader.leading);
    }

    @Test
    void aLeaderWhoseDiskStallsHandsOver() {
        PaxosFixture.Node leader = cell.elect();
        leader.holdJournal = true;
        for (int i = 0; i < 300 && leader.leading; i++) {
            leader.propose(command(i));
            cell.run(10);
        }
        assertFalse(leader.leading);
        PaxosFixture.Node successor = cell.elect();
        assertNotEquals(leader.id, successor.id);
        assertTrue(leader.unsyncedBytes() < MOST_BYTES, leader.unsyncedBytes() + " bytes wait for the disk");
        assertTrue(successor.propose("goes on"));
        cell.run(10);
        assertEquals("goes on", successor.applied().get(successor.applied().size() - 1));
    }

    @Test
    void aLeaderAloneWithItsStalledDiskTakesNoMoreThanItsQueue() {
        PaxosFixture alone = new PaxosFixture(1, SMALL);
        PaxosFixture.Node leader = alone.elect();
        leader.holdJournal = true;
        int taken = 0;
        while (leader.propose(command(taken))) {
            taken++;
            alone.run(10);
        }
        assertTrue(leader.unsyncedBytes() < MOST_BYTES);
        leader.holdJournal = false;
        alone.run(1_000);
        assertEquals(taken, leader.applied().size());
    }

    @Test
    void aCandidateWhoseDiskTakesLongerThanALeaseIsElectedYet() {
        cell.crash(2);
        cell.deliverOnly(message -> !(message.from() == 3 && message.message() instanceof PaxosMessage.Probe));
        PaxosFixture.Node slow = cell.node(1);
        slow.holdJournal = true;
        for (int sync = 0; sync < 5 && !slow.leading; sync++) {
            int begunBefore = slow.held.size();
            cell.run(1_500);
            for (int i = 0; i < begunBefore; i++) {
                slow.held.remove().run();
            }
            cell.deliver();
        }
        assertTrue(slow.leading);
    }

    private static String command(int number) {
        return number + "x".repeat(COMMAND_BYTES - 10);
    }
}
