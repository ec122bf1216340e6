package io.lockservice.sim.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DiskTest {
    private final Scheduler scheduler = new Scheduler();
    private final List<Long> synced = new ArrayList<>();

    @Test
    void whatIsAppendedDuringASyncIsSyncedByTheNext() {
        Disk disk = disk(1);
        disk.append(1, accepted(1));
        disk.append(2, accepted(2));
        disk.append(3, accepted(3));
        assertNull(disk.durableEntry(1));
        scheduler.runUntil(10 * Scheduler.MS);
        assertEquals(List.of(1L, 3L), synced);
        assertEquals(3, disk.durableCount());
    }

    @Test
    void aCrashKeepsWhatWasSyncedAndSomePrefixOfTheRest() {
        Set<Integer> kept = new TreeSet<>();
        for (int seed = 0; seed < 50; seed++) {
            Disk disk = disk(seed);
            disk.append(1, accepted(1));
            scheduler.runUntil(scheduler.now() + 10 * Scheduler.MS);
            disk.append(2, accepted(2));
            disk.append(3, accepted(3));
            disk.crash();
            List<LogRecord> found = disk.open(sequence -> {}).records();
            assertEquals(List.of(accepted(1), accepted(2), accepted(3)).subList(0, found.size()), found);
            kept.add(found.size());
        }
        assertEquals(Set.of(1, 2, 3), kept);
    }

    @Test
    void aSyncThatACrashInterruptsTellsNobody() {
        Disk disk = disk(1);
        disk.append(1, accepted(1));
        disk.crash();
        scheduler.runUntil(10 * Scheduler.MS);
        assertTrue(synced.isEmpty());
    }

    @Test
    void readsConsecutiveSlotsUpToABoundButAtLeastOne() {
        Disk disk = disk(1);
        disk.append(1, accepted(1));
        disk.append(2, accepted(2));
        disk.append(3, accepted(4));
        assertEquals(1, disk.read(1, 0).size());
        assertEquals(2, disk.read(1, 1_000).size());
        assertTrue(disk.read(3, 1_000).isEmpty());
    }

    private Disk disk(long seed) {
        Disk disk = new Disk(scheduler, new SplittableRandom(seed), Scheduler.MS);
        disk.open(synced::add);
        return disk;
    }

    private static LogRecord accepted(long slot) {
        return new LogRecord.Accepted(new LogEntry(slot, new ProposalNumber(1, 1), Value.NO_OP));
    }
}
