package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} under load: what was acknowledged stays, and the cell goes on. */
final class KilledReplicasTest {
    private static final Logger LOG = System.getLogger(KilledReplicasTest.class.getName());
    /** It is 1.1 s where nothing else runs (docs/performance.md); the rest of the build may run beside it. */
    private static final long GAP_MS = 5_000;

    @Test
    void theLeaderIsKilledFiveTimesInARow(@TempDir Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.startAll();
            int leader = cell.awaitLeader(0);
            cell.awaitAllCaughtUp();
            Workload workload = new Workload(cell);
            workload.start();
            workload.awaitMore(400);
            for (int round = 1; round <= 5; round++) {
                workload.takeLongestGapMs();
                cell.kill(leader);
                int next = cell.awaitLeader(leader);
                workload.awaitMore(200);
                long gapMs = workload.takeLongestGapMs();
                LOG.log(Level.INFO, "leader {0} killed, {1} took over, gap {2} ms", leader, next, gapMs);
                assertTrue(gapMs <= GAP_MS, "no operation succeeded for " + gapMs + " ms");
                cell.start(leader);
                cell.awaitAllCaughtUp();
                leader = cell.awaitLeader(0);
            }
            workload.finish();
            LOG.log(Level.INFO, "leader killed five times: {0}", workload);
        }
    }

    @Test
    void allReplicasAreKilledAtOnceAndStartedAgain(@TempDir Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.startAll();
            cell.awaitAllCaughtUp();
            Workload workload = new Workload(cell);
            workload.start();
            workload.awaitMore(400);
            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                cell.process(id).destroyForcibly();
            }
            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                cell.kill(id);
            }
            cell.startAll();
            workload.awaitMore(400);
            cell.awaitAllCaughtUp();
            workload.finish();
            LOG.log(Level.INFO, "all killed at once: {0}", workload);
        }
    }
}
