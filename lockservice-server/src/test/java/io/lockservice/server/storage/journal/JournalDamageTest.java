package io.lockservice.server.storage.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which damage is a torn write, which is corruption, and that neither ever yields wrong records. */
class JournalDamageTest {
    private static final long BINDING = 0x1234_5678_9abc_def0L;
    private static final JournalSettings SETTINGS = new JournalSettings(8 << 10, 12 << 10, 4 << 10);

    private final SimulatedFiles files = new SimulatedFiles();
    private final List<List<LogRecord>> batches = new ArrayList<>();

    /** Three segments, the newest with four batches; the process died after the last append. */
    @BeforeEach
    void write() {
        SegmentedJournal journal = open(files);
        Records.replay(journal);
        while (!files.names().contains(SegmentHeader.fileName(3))) {
            append(journal, 700);
        }
        append(journal, 50);
        append(journal, 200);
        append(journal, 100);
    }

    private void append(SegmentedJournal journal, int bytes) {
        int slot = 2 * batches.size() + 1;
        List<LogRecord> batch = List.of(
                Records.accepted(slot, 1, bytes), Records.accepted(slot + 1, 1, bytes / 2), Records.chosen(slot));
        journal.append(batch);
        batches.add(batch);
    }

    private static SegmentedJournal open(SimulatedFiles files) {
        return SegmentedJournal.open(files, BINDING, false, SETTINGS, Runnable::run);
    }

    private List<LogRecord> all() {
        return batches.stream().flatMap(List::stream).toList();
    }

    private List<LogRecord> allButLast() {
        return batches.subList(0, batches.size() - 1).stream()
                .flatMap(List::stream)
                .toList();
    }

    /** The last batch's place in the newest segment, found with the production scan. */
    private BatchFrame lastFrame() {
        byte[] bytes = files.bytes(SegmentHeader.fileName(3));
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        SegmentHeader header = SegmentHeader.decode(buffer, "test", BINDING, 3);
        SegmentScan scan = new SegmentScan(header, buffer);
        BatchFrame last = null;
        for (BatchFrame frame = scan.next(); frame != null; frame = scan.next()) {
            last = frame;
        }
        return assertNotNullFrame(last);
    }

    private static BatchFrame assertNotNullFrame(@Nullable BatchFrame frame) {
        assertNotNull(frame);
        return frame;
    }

    @Test
    void soundJournalIsReadWhole() {
        SegmentedJournal journal = open(files);
        assertEquals(all(), Records.replay(journal));
        assertTrue(journal.tornWrite().isEmpty());
    }

    @Test
    void zeroedTailIsCutAtEveryByte() {
        cutAtEveryByte((bytes, from) -> {
            Arrays.fill(bytes, from, bytes.length, (byte) 0);
            return bytes;
        });
    }

    /** Every segment has its full length before it is used, so no crash leaves one short. */
    @Test
    void shortenedNewestSegmentIsRefused() {
        byte[] whole = files.bytes(SegmentHeader.fileName(3));
        for (int length = whole.length - 1;
                length >= 0;
                length -= length > lastFrame().end() ? 97 : 1) {
            byte[] left = Arrays.copyOf(whole, length);
            SimulatedFiles damaged = files.copy();
            damaged.put(SegmentHeader.fileName(3), left);
            String message = message(
                    assertThrows(JournalCorruption.class, () -> Records.replay(open(damaged)), "length " + length));
            int expected = length < SegmentHeader.BLOCK_BYTES ? SegmentHeader.BLOCK_BYTES : whole.length;
            assertTrue(message.contains("disk/" + SegmentHeader.fileName(3) + " has " + length + " bytes"), message);
            assertTrue(message.contains("where it must have " + expected), message);
            assertTrue(
                    message.contains("sets the files aside, unchanged, and gets everything from the others"), message);
            assertArrayEquals(left, damaged.bytes(SegmentHeader.fileName(3)), "the evidence is kept");
        }
    }

    @Test
    void shortenedFirstSegmentIsMadeAnewWhereItWasNeverUsed() {
        for (int length : new int[] {0, 1, 100, 4095, 4096, 5000, SETTINGS.firstSegmentBytes() - 1}) {
            SimulatedFiles unused = neverUsed(length);
            SegmentedJournal journal = open(unused);
            assertEquals(List.of(), Records.replay(journal), "length " + length);
            journal.append(List.of(Records.promised(77)));
            assertEquals(SETTINGS.firstSegmentBytes(), unused.bytes(SegmentHeader.fileName(1)).length);
            assertEquals(List.of(Records.promised(77)), Records.replay(open(unused)), "length " + length);
        }
    }

    @Test
    void shortenedFirstSegmentIsRefusedOnceTheJournalWasMade() {
        for (int length : new int[] {0, 1, 100, 4095, 4096, 5000, SETTINGS.firstSegmentBytes() - 1}) {
            SimulatedFiles unused = neverUsed(length);
            assertThrows(
                    JournalCorruption.class,
                    () -> Records.replay(SegmentedJournal.open(unused, BINDING, true, SETTINGS, Runnable::run)),
                    "length " + length);
            assertEquals(length, unused.bytes(SegmentHeader.fileName(1)).length);
        }
    }

    @Test
    void shortenedFirstSegmentIsRefusedWhereItHoldsAnything() {
        SimulatedFiles used = new SimulatedFiles();
        SegmentedJournal journal = open(used);
        Records.replay(journal);
        journal.append(List.of(Records.promised(77)));
        byte[] whole = used.bytes(SegmentHeader.fileName(1));
        for (int length = SegmentHeader.BLOCK_BYTES + 1; length < whole.length; length++) {
            SimulatedFiles damaged = new SimulatedFiles();
            damaged.put(SegmentHeader.fileName(1), Arrays.copyOf(whole, length));
            assertThrows(JournalCorruption.class, () -> Records.replay(open(damaged)), "length " + length);
        }
    }

    private static SimulatedFiles neverUsed(int length) {
        SimulatedFiles files = new SimulatedFiles();
        open(files).close();
        files.put(SegmentHeader.fileName(1), Arrays.copyOf(files.bytes(SegmentHeader.fileName(1)), length));
        return files;
    }

    @Test
    void garbageTailIsCutAtEveryByte() {
        Random random = new Random(1);
        cutAtEveryByte((bytes, from) -> {
            byte[] garbage = new byte[Math.min(300, bytes.length - from)];
            random.nextBytes(garbage);
            System.arraycopy(garbage, 0, bytes, from, garbage.length);
            return bytes;
        });
    }

    /** As when the sectors of one write are persisted out of order: the beginning is missing, the end is there. */
    @Test
    void missingBeginningOfTheLastBatchIsCut() {
        BatchFrame last = lastFrame();
        for (int to = last.offset() + 1; to < last.end(); to++) {
            SimulatedFiles damaged = files.copy();
            byte[] bytes = files.bytes(SegmentHeader.fileName(3));
            Arrays.fill(bytes, last.offset(), to, (byte) 0);
            damaged.put(SegmentHeader.fileName(3), bytes);
            expectCut(damaged, last.offset(), "zero up to " + to);
        }
    }

    private void cutAtEveryByte(BiFunction<byte[], Integer, byte[]> damage) {
        BatchFrame last = lastFrame();
        // The padding's zeroes may go: then nothing of the batch is missing.
        for (int from = last.offset(); from < last.payloadEnd(); from++) {
            SimulatedFiles damaged = files.copy();
            damaged.put(SegmentHeader.fileName(3), damage.apply(files.bytes(SegmentHeader.fileName(3)), from));
            expectCut(damaged, last.offset(), "from " + from);
        }
    }

    private void expectCut(SimulatedFiles damaged, int offset, String what) {
        SegmentedJournal journal = open(damaged);
        assertEquals(allButLast(), Records.replay(journal), what);
        boolean nothingWasLeft = isZeroFrom(damaged.bytes(SegmentHeader.fileName(3)), offset);
        assertTrue(nothingWasLeft, what);
        journal.tornWrite().ifPresent(torn -> assertEquals(offset, torn.offset(), what));
        // The journal goes on, at once and after the next start.
        LogRecord next = Records.promised(77);
        journal.append(List.of(next));
        List<LogRecord> expected = new ArrayList<>(allButLast());
        expected.add(next);
        SegmentedJournal again = open(damaged);
        assertEquals(expected, Records.replay(again), what);
        assertTrue(again.tornWrite().isEmpty(), what);
        assertEquals(SETTINGS.segmentBytes(), damaged.bytes(SegmentHeader.fileName(3)).length, what);
    }

    private static boolean isZeroFrom(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void tornWriteIsReported() {
        byte[] bytes = files.bytes(SegmentHeader.fileName(3));
        BatchFrame last = lastFrame();
        bytes[last.payloadOffset() + 9] ^= 1;
        files.put(SegmentHeader.fileName(3), bytes);
        SegmentedJournal journal = open(files);
        Records.replay(journal);
        TornWrite torn = journal.tornWrite().orElseThrow();
        assertEquals("disk/" + SegmentHeader.fileName(3), torn.file());
        assertEquals(last.offset(), torn.offset());
        assertTrue(torn.lengthBytes() > 100 && torn.lengthBytes() <= last.end() - last.offset(), torn.toString());
    }

    @Test
    void flippedBitIsCorruptionOrCutWithTheLastBatchOnly() {
        BatchFrame last = lastFrame();
        int[] outcomes = new int[3];
        for (long segment = 1; segment <= 3; segment++) {
            int length = files.bytes(SegmentHeader.fileName(segment)).length;
            for (int at = 0; at < length; at++) {
                boolean inLast = segment == 3 && at >= last.offset() && at < last.end();
                if (inLast || at % 11 == 0) {
                    outcomes[flipped(segment, at, inLast)]++;
                }
            }
        }
        // All three outcomes were seen: unused room, corruption, cut.
        assertTrue(outcomes[0] > 100 && outcomes[1] > 1000 && outcomes[2] > 50, Arrays.toString(outcomes));
    }

    private int flipped(long segment, int at, boolean inLast) {
        String name = SegmentHeader.fileName(segment);
        byte[] bytes = files.bytes(name);
        bytes[at] ^= (byte) (1 << at % 8);
        SimulatedFiles damaged = files.copy();
        damaged.put(name, bytes);
        SegmentedJournal journal = open(damaged);
        List<LogRecord> found;
        try {
            found = Records.replay(journal);
        } catch (JournalCorruption expected) {
            assertArrayEquals(bytes, damaged.bytes(name), "the evidence is kept");
            assertFalse(inLast, "byte " + at);
            return 1;
        }
        if (found.equals(all())) {
            return 0;
        }
        assertTrue(inLast, "segment " + segment + ", byte " + at);
        assertEquals(allButLast(), found);
        assertTrue(journal.tornWrite().isPresent());
        return 2;
    }

    @Test
    void afterAnOrderlyStopDamageToTheLastRecordsIsCorruption() {
        SegmentedJournal journal = open(files);
        Records.replay(journal);
        append(journal, 100);
        BatchFrame last = lastFrame();
        journal.close();
        for (int at = last.offset(); at < last.end(); at++) {
            byte[] bytes = files.bytes(SegmentHeader.fileName(3));
            bytes[at] ^= 4;
            SimulatedFiles damaged = files.copy();
            damaged.put(SegmentHeader.fileName(3), bytes);
            assertThrows(JournalCorruption.class, () -> Records.replay(open(damaged)), "byte " + at);
        }
    }

    @Test
    void everySegmentIsMissed() throws Exception {
        for (long segment = 1; segment <= 3; segment++) {
            SimulatedFiles damaged = files.copy();
            damaged.delete(SegmentHeader.fileName(segment));
            JournalCorruption corruption =
                    assertThrows(JournalCorruption.class, () -> Records.replay(open(damaged)), "segment " + segment);
            assertTrue(message(corruption).contains(SegmentHeader.fileName(segment)), message(corruption));
        }
    }

    @Test
    void aJournalThatMustExistIsMissed() {
        SimulatedFiles empty = new SimulatedFiles();
        assertThrows(
                JournalCorruption.class, () -> SegmentedJournal.open(empty, BINDING, true, SETTINGS, Runnable::run));
        assertEquals(List.of(), empty.names());
    }

    @Test
    void corruptionSaysWhereAndWhatToDo() {
        byte[] bytes = files.bytes(SegmentHeader.fileName(3));
        bytes[SegmentHeader.BLOCK_BYTES + 40] ^= 1;
        files.put(SegmentHeader.fileName(3), bytes);
        String message = message(assertThrows(JournalCorruption.class, () -> Records.replay(open(files))));
        assertTrue(message.contains("disk/" + SegmentHeader.fileName(3) + ", offset 4096"), message);
        assertTrue(message.contains("the only replica of a cell does not start: restore a backup"), message);
    }

    @Test
    void anotherReplicasSegmentIsRefused() {
        SegmentedJournal other = SegmentedJournal.open(files, BINDING + 1, false, SETTINGS, Runnable::run);
        String message = message(assertThrows(JournalCorruption.class, () -> Records.replay(other)));
        assertTrue(message.contains("another replica"), message);
    }

    @Test
    void segmentUnderAnothersNameIsRefused() {
        files.put(SegmentHeader.fileName(2), files.bytes(SegmentHeader.fileName(3)));
        assertThrows(JournalCorruption.class, () -> Records.replay(open(files)));
    }

    @Test
    void newerFormatIsRefused() {
        byte[] bytes = files.bytes(SegmentHeader.fileName(1));
        bytes[11] = 2;
        files.put(SegmentHeader.fileName(1), bytes);
        String message = message(assertThrows(JournalCorruption.class, () -> Records.replay(open(files))));
        assertTrue(message.contains("newer version"), message);
    }

    /** A client chooses the content of a node; bytes that are a batch of another place must not pass as one. */
    @Test
    void copiedBatchElsewhereIsNotTakenForOne() {
        byte[] bytes = files.bytes(SegmentHeader.fileName(3));
        byte[] older = files.bytes(SegmentHeader.fileName(2));
        BatchFrame last = lastFrame();
        Arrays.fill(bytes, last.offset(), bytes.length, (byte) 0);
        System.arraycopy(older, SegmentHeader.BLOCK_BYTES, bytes, last.offset(), 2000);
        files.put(SegmentHeader.fileName(3), bytes);
        SegmentedJournal journal = open(files);
        assertEquals(allButLast(), Records.replay(journal));
        assertTrue(journal.tornWrite().isPresent());
    }

    @Test
    void batchThatDoesNotContinueTheSequenceIsCorruption() {
        byte[] bytes = files.bytes(SegmentHeader.fileName(3));
        BatchFrame last = lastFrame();
        System.arraycopy(bytes, last.offset(), bytes, last.end(), last.end() - last.offset());
        files.put(SegmentHeader.fileName(3), bytes);
        assertThrows(JournalCorruption.class, () -> Records.replay(open(files)));
    }

    @Test
    void damageUnderARunningJournalIsNotServed() {
        SegmentedJournal journal = open(files);
        Records.replay(journal);
        byte[] bytes = files.bytes(SegmentHeader.fileName(1));
        bytes[SegmentHeader.BLOCK_BYTES + BatchFraming.HEAD_BYTES + 30] ^= 1;
        files.put(SegmentHeader.fileName(1), bytes);
        assertThrows(JournalCorruption.class, () -> journal.read(1, 10_000));
        assertFalse(journal.read(3, 10_000).isEmpty());
    }

    private static String message(Throwable thrown) {
        String message = thrown.getMessage();
        assertNotNull(message);
        return message;
    }
}
