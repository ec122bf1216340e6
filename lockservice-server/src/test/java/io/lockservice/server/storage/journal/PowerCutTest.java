package io.lockservice.server.storage.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.journal.SimulatedFiles.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the moment of a power cut: what was acknowledged is there, nothing half, and no false alarm. */
class PowerCutTest {
    private static final JournalSettings SETTINGS = new JournalSettings(12 << 10, 16 << 10, 11 << 10);
    private static final int SEEDS = 400;

    @Test
    void acknowledgedRecordsSurvive() {
        int kept = 0;
        int lost = 0;
        int torn = 0;
        int drops = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = new Run(seed);
            try {
                run.live();
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError("seed " + seed, failed);
            }
            kept += run.keptInFlight;
            lost += run.lostInFlight;
            torn += run.torn;
            drops += run.drops;
        }
        String seen = "in flight kept " + kept + ", lost " + lost + ", torn " + torn + ", drops " + drops;
        assertTrue(drops > 20 && kept > 20 && lost > 20 && torn > 20, seen);
    }

    /** What makes a short segment the work of someone and not of a crash. */
    @Test
    void noPowerCutLeavesASegmentShort() {
        int segments = 0;
        for (int steps = 0; steps < 60; steps++) {
            SimulatedFiles files = new SimulatedFiles();
            int[] left = {steps};
            files.setFaults((operation, name) -> {
                if (left[0]-- == 0) {
                    throw files.powerCut();
                }
            });
            assertThrows(JournalFailure.class, () -> fillUntilThePowerGoes(files));
            files.powerOn(new Random(steps));
            for (String name : files.names()) {
                if (SegmentHeader.indexOf(name) > 0) {
                    int full = name.equals(SegmentHeader.fileName(1))
                            ? SETTINGS.firstSegmentBytes()
                            : SETTINGS.segmentBytes();
                    assertEquals(full, files.bytes(name).length, name + " after " + steps + " steps");
                    segments++;
                }
            }
        }
        assertTrue(segments > 100, "segments " + segments);
    }

    private static void fillUntilThePowerGoes(SimulatedFiles files) {
        SegmentedJournal journal = SegmentedJournal.open(files, 9, false, SETTINGS, Runnable::run);
        Records.replay(journal);
        for (int slot = 1; ; slot++) {
            journal.append(List.of(Records.accepted(slot, 1, 3000)));
        }
    }

    /** One replica's disk through several lives. */
    private static final class Run {
        private final Random random;
        private final SimulatedFiles files = new SimulatedFiles();
        private final List<LogRecord> acknowledged = new ArrayList<>();
        private List<LogRecord> inFlight = List.of();
        private boolean made;
        private int keptInFlight;
        private int lostInFlight;
        private int torn;
        private int drops;
        private long droppableSlot;

        Run(long seed) {
            random = new Random(seed);
        }

        void live() {
            for (int life = 0; life < 8; life++) {
                int[] left = {random.nextInt(90)};
                files.setFaults((operation, name) -> {
                    if (left[0]-- == 0) {
                        throw files.powerCut();
                    }
                });
                assertThrows(JournalFailure.class, this::useUntilThePowerGoes);
                files.powerOn(random);
            }
            restart();
        }

        private void useUntilThePowerGoes() {
            SegmentedJournal journal = restart();
            while (true) {
                inFlight = Records.randomBatch(random, random.nextInt(10) == 0 ? 2000 : 300);
                journal.append(inFlight);
                acknowledged.addAll(inFlight);
                inFlight = List.of();
                if (random.nextInt(10) == 0) {
                    droppableSlot = Math.max(droppableSlot, 1 + random.nextInt(40));
                    journal.drop(droppableSlot);
                }
            }
        }

        private SegmentedJournal restart() {
            SegmentedJournal journal = SegmentedJournal.open(files, 9, made, SETTINGS, Runnable::run);
            made = true;
            List<LogRecord> found = Records.replay(journal);
            torn += journal.tornWrite().isPresent() ? 1 : 0;
            List<LogRecord> withInFlight = new ArrayList<>(acknowledged);
            withInFlight.addAll(inFlight);
            if (!endsWith(acknowledged, found) && endsWith(withInFlight, found)) {
                acknowledged.addAll(inFlight);
                keptInFlight++;
            } else {
                lostInFlight += inFlight.isEmpty() ? 0 : 1;
            }
            inFlight = List.of();
            assertTrue(endsWith(acknowledged, found), "found " + found + " of " + acknowledged);
            int dropped = acknowledged.size() - found.size();
            drops += dropped > 0 ? 1 : 0;
            assertTrue(
                    acknowledged.subList(0, dropped).stream().allMatch(this::isDroppable),
                    "dropped up to " + droppableSlot + ": " + acknowledged.subList(0, dropped) + " and found " + found);
            acknowledged.subList(0, dropped).clear();
            return journal;
        }

        private static boolean endsWith(List<LogRecord> all, List<LogRecord> end) {
            return all.size() >= end.size()
                    && all.subList(all.size() - end.size(), all.size()).equals(end);
        }

        private boolean isDroppable(LogRecord record) {
            return !(record instanceof LogRecord.Accepted accepted)
                    || accepted.entry().slot() <= droppableSlot;
        }
    }

    /**
     * A failed sync throws the written pages away while reads still show them. A new process that reads the batch and
     * acts on it must have made it durable first.
     */
    @Test
    void whatWasReadAfterAFailedSyncIsDurable() {
        for (long seed = 1; seed <= 20; seed++) {
            SimulatedFiles files = new SimulatedFiles();
            SegmentedJournal first = SegmentedJournal.open(files, 9, false, SETTINGS, Runnable::run);
            Records.replay(first);
            files.setFaults((operation, name) -> {
                if (operation == Operation.FORCE) {
                    throw new IOException("input/output error");
                }
            });
            List<LogRecord> records = List.of(Records.promised(5), Records.accepted(1, 5, 3000));
            assertThrows(JournalFailure.class, () -> first.append(records));
            files.setFaults((operation, name) -> {});
            List<LogRecord> read = Records.replay(SegmentedJournal.open(files, 9, true, SETTINGS, Runnable::run));
            files.powerOn(new Random(seed));
            assertEquals(read, Records.replay(SegmentedJournal.open(files, 9, true, SETTINGS, Runnable::run)));
            assertEquals(records, read);
        }
    }

    /** The new segment's name was not durable when the process died; a new process must not build on it as it is. */
    @Test
    void theNameOfTheNewestSegmentIsDurableBeforeItIsUsed() {
        for (long seed = 1; seed <= 20; seed++) {
            SimulatedFiles files = new SimulatedFiles();
            SegmentedJournal first = SegmentedJournal.open(files, 9, false, SETTINGS, Runnable::run);
            Records.replay(first);
            List<LogRecord> expected = new ArrayList<>();
            expected.add(Records.accepted(1, 1, 7000));
            first.append(List.copyOf(expected));
            files.setFaults((operation, name) -> {
                if (operation == Operation.FORCE_NAMES) {
                    throw new IOException("input/output error");
                }
            });
            assertThrows(JournalFailure.class, () -> first.append(List.of(Records.accepted(2, 1, 7000))));
            files.setFaults((operation, name) -> {});
            SegmentedJournal second = SegmentedJournal.open(files, 9, true, SETTINGS, Runnable::run);
            assertEquals(expected, Records.replay(second));
            expected.add(Records.promised(8));
            second.append(List.of(Records.promised(8)));
            files.powerOn(new Random(seed));
            assertEquals(expected, Records.replay(SegmentedJournal.open(files, 9, true, SETTINGS, Runnable::run)));
        }
    }
}
