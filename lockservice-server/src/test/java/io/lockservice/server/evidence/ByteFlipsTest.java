package io.lockservice.server.evidence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.process.CellProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replica stops, in order or by {@code kill -9} in turn; one byte of its directory changes; it is started again, as often
 * as it exits. It never gives a wrong answer, and becomes whole by itself, under load. {@code -Devidence.flips=N} says how
 * often, {@code -Devidence.flipIn=journal} or {@code =checkpoints} that it is one of those files and not any file,
 * {@code -Devidence.seed=S} repeats the choices of a run (not its timing).
 *
 * <p>One thing it cannot show: after {@code kill -9} a flip in the very last batch of the journal looks like a write that
 * was not finished, and is cut. The replica has then forgotten something it may have answered for, and does not know. The
 * others still have it; only a second fault that takes it from them as well would lose it. After an orderly stop there is
 * an empty batch behind the last, and damage to it is noticed.
 */
final class ByteFlipsTest {
    private static final int FLIPS = Integer.getInteger("evidence.flips", 2);
    private static final String FLIP_IN = System.getProperty("evidence.flipIn", "all");
    private static final long SEED = Long.getLong("evidence.seed", System.nanoTime());
    /** A supervisor that has started it so often in vain would call a person. */
    private static final int MOST_STARTS = 5;

    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final long RESTART_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @Test
    void neverAWrongAnswerAndAlwaysWholeAgain(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.configure("checkpoint: {slots: 100}");
            cell.configure("journal: {segmentBytes: 16777216}");
            new Run(cell).run();
        }
    }

    private static final class Run {
        private final CellProcesses cell;
        private final LedgerLoad load;
        private final Random random = new Random(SEED);
        private final Map<String, Integer> outcomes = new TreeMap<>();
        private int notWhole;
        private long answers;

        Run(CellProcesses cell) {
            this.cell = cell;
            this.load = new LedgerLoad(cell);
        }

        void run() throws Exception {
            System.out.println("byte flips: " + FLIPS + " in " + FLIP_IN + " with seed " + SEED);
            cell.startAll();
            Whole.await(cell);
            load.start();
            for (int round = 1; round <= FLIPS; round++) {
                // Enough for both checkpoints to be there.
                load.awaitMore(500);
                round(round);
                load.stop();
                load.checkAll();
                for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                    Whole.awaitSameFiles(cell, id, load.files());
                    Whole.awaitSameCounts(cell, id);
                }
                load.start();
            }
            load.stop();
            System.out.println("byte flips: " + FLIPS + " rounds, " + outcomes + ", " + answers
                    + " answers of the damaged replicas checked, " + load);
            assertTrue(notWhole == 0, notWhole + " times a replica did not become whole by itself");
        }

        private void round(int round) throws Exception {
            int id = 1 + random.nextInt(CellProcesses.REPLICAS);
            boolean inOrder = round % 2 == 0;
            if (inOrder) {
                cell.signal(id, "TERM");
                assertTrue(cell.process(id).waitFor(60, TimeUnit.SECONDS), "it stops in order");
            } else {
                cell.kill(id);
            }
            String before = dataIncarnation(id);
            int logged = cell.log(id).length();
            FlippedByte flipped = FlippedByte.choose(cell.data(id), FLIP_IN, random);
            AnswerCheck check = new AnswerCheck(cell, id, load.files());
            boolean isWhole;
            try {
                isWhole = startUntilWhole(id);
                load.failWhereAClientHas();
            } finally {
                answers += check.stop();
            }
            String outcome =
                    isWhole ? outcome(cell.log(id).substring(logged), !before.equals(dataIncarnation(id))) : "REFUSED";
            System.out.println("round " + round + ", replica " + id + (inOrder ? " stopped in order, " : " killed, ")
                    + flipped + ": " + outcome);
            if (!isWhole) {
                System.out.println(cell.log(id).substring(logged));
                notWhole++;
                cell.kill(id);
                flipped.flip();
                cell.start(id);
                Whole.await(cell);
            }
            String where = String.valueOf(flipped.file().getFileName()).replaceAll("-?[0-9]+", "");
            outcomes.merge(where + ": " + outcome, 1, Integer::sum);
        }

        private static String outcome(String log, boolean hasNewData) {
            if (hasNewData) {
                return "rejoined with a new directory";
            }
            if (log.contains("a checkpoint is damaged and was set aside")) {
                return "checkpoint set aside";
            }
            return log.contains("was not finished and not acknowledged") ? "tail cut" : "no effect";
        }

        /** As a supervisor does, which knows nothing but to start it again. */
        private boolean startUntilWhole(int id) throws InterruptedException {
            long endNanos = System.nanoTime() + PATIENCE_NANOS;
            int starts = 1;
            cell.start(id);
            while (System.nanoTime() - endNanos < 0) {
                if (Whole.hasVote(cell, id)) {
                    return true;
                }
                if (!cell.process(id).isAlive()) {
                    if (starts == MOST_STARTS) {
                        return false;
                    }
                    LockSupport.parkNanos(RESTART_NANOS);
                    cell.start(id);
                    starts++;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
            return false;
        }

        /** Tells a data directory from one that took its place. */
        private String dataIncarnation(int id) throws Exception {
            return Files.readAllLines(cell.data(id).resolve("identity"), java.nio.charset.StandardCharsets.ISO_8859_1)
                    .stream()
                    .filter(line -> line.startsWith("data-incarnation"))
                    .findFirst()
                    .orElse("none");
        }
    }
}
