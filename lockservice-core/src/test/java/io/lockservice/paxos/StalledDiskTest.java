package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StalledDiskTest {
    private static final long WINDOW_BYTES = 2_000;
    private static final PaxosSettings SMALL =
            new PaxosSettings(1_000, 100, 150, 200, 1, 8, 500, 500, WINDOW_BYTES, 10_000);

    private final PaxosFixture cell = new PaxosFixture(3, SMALL);

    @Test
    void aFollowerWhoseDiskStallsTakesNoMoreThanABound() {
        PaxosFixture.Node leader = cell.elect();
        PaxosFixture.Node slow = cell.other((id, node) -> node != leader);
        slow.holdJournal = true;
        for (int i = 0; i < 300; i++) {
            assertTrue(leader.propose("command " + i));
            cell.run(10);
        }
        assertEquals(300, leader.applied().size());
        assertTrue(slow.unsyncedBytes() < WINDOW_BYTES / 2 + 500, slow.unsyncedBytes() + " bytes wait for the disk");

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
            leader.propose("command " + i);
            cell.run(10);
        }
        assertFalse(leader.leading);
        PaxosFixture.Node successor = cell.elect();
        assertNotEquals(leader.id, successor.id);
        assertTrue(
                leader.unsyncedBytes() < WINDOW_BYTES / 2 + 500, leader.unsyncedBytes() + " bytes wait for the disk");
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
        while (leader.propose("command " + taken)) {
            taken++;
            alone.run(10);
        }
        assertTrue(leader.unsyncedBytes() < WINDOW_BYTES / 2 + 8 * 500);
        leader.holdJournal = false;
        alone.run(1_000);
        assertEquals(taken, leader.applied().size());
    }
}
