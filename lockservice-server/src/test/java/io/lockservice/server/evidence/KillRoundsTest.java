package io.lockservice.server.evidence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.process.CellProcesses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of any replica, of several, of all at once, again while they start, under load, while checkpoints are
 * taken and log is dropped all the time. {@code -Devidence.rounds=N} says how often, {@code -Devidence.seed=S} repeats the
 * choices of a run (not its timing).
 */
final class KillRoundsTest {
    private static final int ROUNDS = Integer.getInteger("evidence.rounds", 3);
    private static final long SEED = Long.getLong("evidence.seed", System.nanoTime());
    /** After so many rounds the load rests and everything is compared. */
    private static final int ROUNDS_BETWEEN_CHECKS = 10;
    /** Every so many rounds a replica is away until the others have dropped the log it would need. */
    private static final int ROUNDS_BETWEEN_ABSENCES = 8;

    private static final long ABSENCE_BYTES = 2L * (16 << 20);

    @Test
    void nothingAcknowledgedIsLost(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.configure("checkpoint: {slots: 100}");
            cell.configure("journal: {segmentBytes: 16777216}");
            new Run(cell).run();
        }
    }

    private static final class Run {
        private final CellProcesses cell;
        private final LedgerLoad load;
        private final CheckpointCount checkpoints;
        private final Random random = new Random(SEED);
        private long longestGapMs;
        private long longestMinorityGapMs;
        private boolean isMinority;
        private int kills;

        Run(CellProcesses cell) {
            this.cell = cell;
            this.load = new LedgerLoad(cell);
            this.checkpoints = new CheckpointCount(cell);
        }

        void run() throws Exception {
            System.out.println("kill rounds: " + ROUNDS + " with seed " + SEED);
            long began = System.nanoTime();
            cell.startAll();
            Whole.await(cell);
            load.start();
            load.awaitMore(300);
            for (int round = 1; round <= ROUNDS; round++) {
                load.takeLongestGapMs();
                round(round);
                load.awaitMore(100);
                long gapMs = load.takeLongestGapMs();
                longestGapMs = Math.max(longestGapMs, gapMs);
                longestMinorityGapMs = isMinority ? Math.max(longestMinorityGapMs, gapMs) : longestMinorityGapMs;
                if (round % ROUNDS_BETWEEN_CHECKS == 0 || round == ROUNDS) {
                    load.stop();
                    load.checkAll();
                    compareReplicas();
                    System.out.printf("round %d, %d s: %s%n", round, (System.nanoTime() - began) / 1_000_000_000, this);
                    load.start();
                }
            }
            load.stop();
            assertTrue(checkpoints.taken() > ROUNDS / 4, "checkpoints were taken all the time: " + checkpoints.taken());
            System.out.println("kill rounds: " + ROUNDS + " rounds, " + this);
        }

        private void round(int round) throws Exception {
            List<Integer> victims = victims();
            boolean isAbsence = round % ROUNDS_BETWEEN_ABSENCES == ROUNDS_BETWEEN_ABSENCES - 1;
            if (isAbsence) {
                victims = victims.subList(0, 1);
            }
            isMinority = victims.size() == 1;
            kill(victims);
            if (isAbsence) {
                long enough = load.writtenBytes() + ABSENCE_BYTES;
                while (load.writtenBytes() < enough) {
                    load.awaitMore(100);
                    checkpoints.look();
                }
            } else {
                pause(500);
            }
            victims.forEach(cell::start);
            if (random.nextInt(3) == 0) {
                pause(2_000);
                List<Integer> again = victims.subList(0, 1 + random.nextInt(victims.size()));
                kill(again);
                again.forEach(cell::start);
            }
            Whole.await(cell);
            checkpoints.look();
        }

        /** One, two or all of them, at random. */
        private List<Integer> victims() {
            List<Integer> all = new ArrayList<>();
            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                all.add(id);
            }
            Collections.shuffle(all, random);
            int dice = random.nextInt(4);
            return all.subList(0, dice < 2 ? 1 : dice);
        }

        private void kill(List<Integer> victims) throws InterruptedException {
            victims.forEach(id -> cell.process(id).destroyForcibly());
            for (int id : victims) {
                cell.kill(id);
                kills++;
            }
        }

        /** A moment of any length: what the replicas are doing when the next thing happens is left to chance. */
        private void pause(int mostMs) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(mostMs)));
        }

        /** While the load rests all replicas come to hold the same, which is what the ledger says. */
        private void compareReplicas() throws Exception {
            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                Whole.awaitSameFiles(cell, id, load.files());
            }
        }

        @Override
        public String toString() {
            return kills + " kills, " + load + ", longest gap " + longestGapMs + " ms, of those with one killed "
                    + longestMinorityGapMs + " ms, " + checkpoints;
        }
    }
}
