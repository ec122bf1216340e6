package io.lockservice.server.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.paxos.PaxosSettings;
import io.lockservice.replica.CheckpointSettings;
import io.lockservice.server.storage.journal.JournalSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose disk takes seconds for a sync hands over, with real journals and the default settings. */
class SlowDiskTest {
    private static final Logger LOG = System.getLogger(SlowDiskTest.class.getName());
    private static final long SYNC_MS = 2_000;
    private static final long PATIENT_NANOS = 6 * PaxosSettings.DEFAULT.leaseMs() * 1_000_000;
    private static final JournalSettings JOURNAL = new JournalSettings(1 << 20, 1 << 20, 1 << 18);

    private final List<SlowJournal> journals = new ArrayList<>();

    @Test
    void aLeaderWhoseDiskIsSlowHandsOver(@TempDir Path directory) throws Exception {
        LoopCell.Sizes sizes = new LoopCell.Sizes(JOURNAL, CheckpointSettings.DEFAULT);
        try (LoopCell cell = new LoopCell(directory, 3, sizes, journal -> {
            SlowJournal slow = new SlowJournal(journal);
            journals.add(slow);
            return slow;
        })) {
            LoopCell.await("somebody leads", () -> cell.leader() != 0);
            int leader = cell.leader();
            // A leader that has just begun would bear with it for a while.
            long ledSinceNanos = System.nanoTime();
            while (System.nanoTime() - ledSinceNanos < PATIENT_NANOS) {
                write(cell, leader);
            }
            assertEquals(leader, cell.leader());

            journals.get(leader - 1).syncTakes(SYNC_MS);
            long slowSinceNanos = System.nanoTime();
            while (cell.leader() == leader || cell.leader() == 0) {
                write(cell, leader % 3 + 1);
            }
            long handedOverMs = (System.nanoTime() - slowSinceNanos) / 1_000_000;
            int successor = cell.leader();
            assertNotEquals(leader, successor);
            LOG.log(Level.INFO, "a sync takes {0} ms: another leads after {1} ms", SYNC_MS, handedOverMs);
            assertTrue(handedOverMs < 4_000, "handed over after " + handedOverMs + " ms");
            write(cell, leader);
            assertEquals(successor, cell.leader());
            assertEquals(List.of(), cell.failures());
        }
    }

    private static void write(LoopCell cell, int through) throws Exception {
        Request request = new Request.WriteFile(new Name("/ls/test/file"), Content.EMPTY, Condition.NONE, false, false);
        assertInstanceOf(
                Reply.Written.class,
                cell.call(through, ClientCall.of(request))
                        .get(30, TimeUnit.SECONDS)
                        .reply());
    }
}
