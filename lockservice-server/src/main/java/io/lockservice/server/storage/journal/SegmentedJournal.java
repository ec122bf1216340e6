package io.lockservice.server.storage.journal;

import io.lockservice.check.Check;
import io.lockservice.log.Journal;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.files.DirectoryFiles;
import io.lockservice.server.storage.files.SegmentFiles;
import io.lockservice.server.storage.files.SegmentFiles.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The journal as a directory of preallocated segments. Records are appended in batches, each one write and one sync; see
 * {@link BatchFraming} for how a batch is framed and {@link JournalReplay} for what is read back after a crash.
 *
 * <p>Threading: {@link #replay}, {@link #append} and {@link #close} belong to one thread at a time. {@link #read} and
 * {@link #tornWrite} may be called by any thread once {@link #replay} has returned; a read sees what was durable when it
 * began.
 *
 * <p>Errors: {@link JournalFailure} where the disk fails, {@link JournalCorruption} where the files are damaged. After a
 * failed write or sync every call fails.
 */
public final class SegmentedJournal implements Journal {
    private final SegmentFiles files;
    private final long binding;
    private final int segmentBytes;
    private final Reserve reserve;
    private final SegmentPreparer preparer;
    private final BatchBuffer batch;
    private final BatchBuffer seal;
    private final SlotIndex index = new SlotIndex();

    private FirstSegment first = FirstSegment.NONE;
    private @Nullable OpenSegment newest;
    private long nextSequence;
    private boolean appended;
    private volatile @Nullable TornWrite torn;
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    private SegmentedJournal(SegmentFiles files, long binding, JournalSettings settings, Executor background) {
        this.files = files;
        this.binding = binding;
        this.segmentBytes = settings.segmentBytes();
        this.reserve = new Reserve(files, settings.reserveBytes());
        this.preparer = new SegmentPreparer(files, segmentBytes, reserve, background);
        this.batch = new BatchBuffer(new RecordFormat(binding), settings.batchBytes());
        this.seal = new BatchBuffer(new RecordFormat(binding), 0);
    }

    /**
     * Opens the journal in a directory that exists, or creates it.
     *
     * @param binding the number that every segment must carry
     * @param mustExist whether a journal was made before, so that none is a loss
     * @param background runs the preparing of segments
     * @throws JournalCorruption where there must be a journal and is none
     * @throws JournalFailure where the disk fails
     */
    public static SegmentedJournal openIn(
            Path directory, long binding, boolean mustExist, JournalSettings settings, Executor background) {
        return open(new DirectoryFiles(directory), binding, mustExist, settings, background);
    }

    /**
     * Opens the journal in {@code files}, which no other process may use, or creates it.
     *
     * @param binding the data directory it belongs to
     * @param mustExist it was created at an earlier start
     * @param background where the next segment is prepared
     */
    static SegmentedJournal open(
            SegmentFiles files, long binding, boolean mustExist, JournalSettings settings, Executor background) {
        SegmentedJournal journal = new SegmentedJournal(files, binding, settings, background);
        try {
            journal.create(mustExist, settings.firstSegmentBytes());
        } catch (IOException failed) {
            throw new JournalFailure("The journal cannot be opened: " + failed.getMessage(), failed);
        }
        return journal;
    }

    private void create(boolean mustExist, int firstSegmentBytes) throws IOException {
        first = FirstSegment.read(files, binding);
        boolean isEmpty = JournalReplay.indices(files, first).isEmpty();
        if (isEmpty && (mustExist || first.index() > 1)) {
            String missing = files.pathOf(SegmentHeader.fileName(first.index()));
            throw JournalCorruption.missing(missing, "this data directory once had a journal");
        }
        if (isEmpty || (!mustExist && JournalReplay.isUnfinishedFirst(files, binding))) {
            SegmentFile spare = preparer.prepareFirst(firstSegmentBytes);
            OpenSegment.create(files, spare, new SegmentHeader(binding, 1, 1, firstSegmentBytes))
                    .close();
        }
    }

    @Override
    public void replay(Consumer<LogRecord> consumer) {
        refuseUnlessUsable();
        Check.that(newest == null, "a journal is replayed once");
        try {
            resume(new JournalReplay(files, binding, first, index, consumer).run());
        } catch (IOException failed) {
            throw fail("The journal cannot be read", failed);
        }
    }

    /**
     * Makes sure of what was read. The process before may have died, or its sync may have failed, between writing the
     * last batch and knowing it durable: the batch was read from memory and might be gone after a loss of power. So it is
     * written and synced again before anyone acts on it. Earlier batches were synced before later ones were written.
     */
    private void resume(JournalReplay.End end) throws IOException {
        files.delete(SegmentPreparer.SPARE);
        reserve.find();
        deleteDropped();
        SegmentFile file = files.open(SegmentHeader.fileName(end.header().index()));
        ByteBuffer last = end.lastBatch();
        if (last != null) {
            file.write(last, end.offset() - last.limit());
        }
        TornWrite found = end.torn();
        if (found != null) {
            SegmentPreparer.writeZeroes(file, found.offset(), found.offset() + found.lengthBytes());
        }
        file.force();
        torn = found;
        nextSequence = end.nextSequence();
        newest = new OpenSegment(end.header(), file, end.offset());
    }

    /** The unfinished write that {@link #replay} found and cut, if any. */
    public Optional<TornWrite> tornWrite() {
        return Optional.ofNullable(torn);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Where the disk has no room for the next segment it waits until there is, or until {@link #giveUpWaiting}.
     *
     * <p>More than a batch may hold ({@link JournalSettings#batchBytes()}) is written as several batches, each synced
     * before the next: only a batch is kept or lost as a whole.
     */
    @Override
    public void append(List<LogRecord> records) {
        refuseUnlessUsable();
        Check.that(newest != null, "a journal is replayed before it is appended to");
        try {
            int from = 0;
            while (from < records.size()) {
                from = appendBatch(records, from);
            }
        } catch (IOException failed) {
            throw fail("The journal cannot be written", failed);
        } catch (RuntimeException | Error failed) {
            failure = failed;
            throw failed;
        }
    }

    /** Whether an append waits, because the disk is full and the reserve is used up. Any thread. */
    public boolean isWaitingForRoom() {
        return preparer.isWaitingForRoom();
    }

    @Override
    public void giveUpWaiting() {
        preparer.giveUp();
    }

    /** Whether the reserve is there, or none is wanted. Any thread. */
    public boolean hasReserve() {
        return reserve.isThere();
    }

    /**
     * Makes the reserve where it is missing. By any one thread, beside the one that appends; blocks for as long as writing it
     * takes.
     */
    public void makeReserve() throws IOException {
        reserve.make();
    }

    /** {@inheritDoc} Where the disk is too full to note it, nothing is dropped. */
    @Override
    public void drop(long slot) {
        refuseUnlessUsable();
        Check.that(newest != null, "a journal is replayed before anything is dropped");
        FirstSegment next = new FirstSegment(index.firstNeeded(first.index(), slot), slot);
        if (next.index() == first.index()) {
            return;
        }
        try {
            if (next.write(files, binding)) {
                first = next;
                // Before the files go: whoever reads meanwhile finds nothing instead of a file that is not there.
                index.forgetBefore(next.index());
                deleteDropped();
            }
        } catch (IOException failed) {
            throw fail("The beginning of the journal cannot be dropped", failed);
        }
    }

    private void deleteDropped() throws IOException {
        for (String name : files.names()) {
            long segment = SegmentHeader.indexOf(name);
            if (segment > 0 && segment < first.index()) {
                files.delete(name);
            }
        }
        files.force();
    }

    /**
     * Makes sure that what was dropped is known from a checkpoint.
     *
     * @param checkpointSlot everything up to here is; 0 where there is no sound checkpoint
     * @throws JournalCorruption where it is not
     */
    public void expectKnown(long checkpointSlot) {
        if (first.droppedSlot() > checkpointSlot) {
            throw JournalCorruption.withoutCheckpoint(files.pathOf(FirstSegment.FILE), first.droppedSlot());
        }
    }

    private int appendBatch(List<LogRecord> records, int from) throws IOException {
        batch.clear();
        int to = from;
        while (to < records.size() && batch.add(records.get(to))) {
            to++;
        }
        OpenSegment segment = segmentFor(BatchFraming.frameBytes(batch.payloadBytes()));
        int start = segment.end();
        segment.append(batch.complete(segment.framing(), BatchFraming.RECORDS, nextSequence));
        nextSequence++;
        appended = true;
        for (int i = 0; i < batch.count(); i++) {
            int offset = start + batch.offset(i);
            index.add(records.get(from + i), SlotIndex.position(segment.header().index(), offset));
        }
        if (segment.isHalfFull()) {
            preparer.start();
        }
        return to;
    }

    private OpenSegment segmentFor(int frameBytes) throws IOException {
        OpenSegment segment = Check.present(newest, "the journal is open");
        if (segment.hasRoomFor(frameBytes)) {
            return segment;
        }
        int most = segmentBytes - SegmentHeader.BLOCK_BYTES - BatchFraming.HEAD_BYTES;
        if (frameBytes > most) {
            throw new IOException("a record needs " + frameBytes + " bytes and a segment has room for " + most);
        }
        return roll(segment, frameBytes);
    }

    /** The order matters: the seal says that the successor is durable. */
    private OpenSegment roll(OpenSegment full, int frameBytes) throws IOException {
        SegmentFile prepared = preparer.take(SegmentHeader.BLOCK_BYTES + frameBytes + BatchFraming.HEAD_BYTES);
        int lengthBytes = Math.toIntExact(prepared.size());
        SegmentHeader header = new SegmentHeader(binding, full.header().index() + 1, nextSequence, lengthBytes);
        OpenSegment successor = OpenSegment.create(files, prepared, header);
        newest = successor;
        seal.clear();
        full.append(seal.complete(full.framing(), BatchFraming.SEAL, nextSequence));
        full.close();
        return successor;
    }

    @Override
    public List<LogEntry> read(long fromSlot, int maxBytes) {
        refuseUnlessUsable();
        List<LogEntry> entries = new ArrayList<>();
        long bytes = 0;
        try (EntryReader reader = new EntryReader(files, binding)) {
            long slot = fromSlot;
            for (long at = index.get(slot); at != SlotIndex.NONE; at = index.get(slot)) {
                LogEntry entry = readUnlessDropped(reader, at, slot);
                if (entry == null) {
                    break;
                }
                bytes += entry.value().length();
                if (bytes > maxBytes && !entries.isEmpty()) {
                    break;
                }
                entries.add(entry);
                slot++;
            }
        } catch (IOException failed) {
            throw new JournalFailure("The journal cannot be read: " + failed.getMessage(), failed);
        }
        return entries;
    }

    private @Nullable LogEntry readUnlessDropped(EntryReader reader, long position, long slot) throws IOException {
        try {
            return reader.read(position, slot);
        } catch (IOException failed) {
            if (index.get(slot) == SlotIndex.NONE) {
                return null;
            }
            throw failed;
        }
    }

    /**
     * Closes the files. Everything appended is durable already; an empty batch is added so that the last batch with
     * records has a sound one behind it, and damage to it while the replica is down does not pass for a torn write.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            closeNewest();
            preparer.close();
        } catch (IOException failed) {
            throw fail("The journal cannot be closed", failed);
        }
    }

    private void closeNewest() throws IOException {
        OpenSegment segment = newest;
        if (segment == null) {
            return;
        }
        try {
            if (appended && failure == null && segment.hasRoomFor(BatchFraming.HEAD_BYTES)) {
                batch.clear();
                segment.append(batch.complete(segment.framing(), BatchFraming.RECORDS, nextSequence));
            }
        } finally {
            segment.close();
        }
    }

    private void refuseUnlessUsable() {
        Throwable earlier = failure;
        if (earlier != null) {
            throw new JournalFailure(
                    "The journal failed before and is not used again: " + earlier.getMessage()
                            + ". Restart the replica.",
                    earlier);
        }
        if (closed) {
            throw new JournalFailure("The journal is closed.", null);
        }
    }

    private JournalFailure fail(String what, IOException cause) {
        failure = cause;
        return new JournalFailure(
                what + ": " + cause.getMessage() + ". It is unknown what reached the disk, so the replica must stop;"
                        + " check the disk and restart it.",
                cause);
    }
}
