package io.lockservice.server.storage.journal;

import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.files.DirectoryFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a journal holds, as a look from outside finds it; nothing is changed.
 *
 * @param segments how many files
 * @param records in all of them
 * @param firstSlot the lowest slot of an accepted entry, 0 where there is none
 * @param lastSlot the highest
 * @param droppedSlot the log up to here may be gone, for a checkpoint has it; 0 where nothing was dropped
 * @param torn an unfinished write at the end, which the next start cuts
 */
public record JournalReport(
        int segments, long records, long firstSlot, long lastSlot, long droppedSlot, Optional<TornWrite> torn) {
    /**
     * Reads all of the journal in {@code directory}.
     *
     * @param binding the number that every segment must carry
     * @throws JournalCorruption where it is damaged or incomplete
     * @throws IOException where the disk fails
     */
    public static JournalReport of(Path directory, long binding) throws IOException {
        DirectoryFiles files = new DirectoryFiles(directory);
        FirstSegment first = FirstSegment.read(files, binding);
        int segments = JournalReplay.indices(files, first).size();
        if (segments == 0) {
            throw JournalCorruption.missing(
                    files.pathOf(SegmentHeader.fileName(first.index())), "this data directory once had a journal");
        }
        Count count = new Count();
        @Nullable
        TornWrite torn = new JournalReplay(files, binding, first, new SlotIndex(), count::take)
                .run()
                .torn();
        return new JournalReport(
                segments,
                count.records,
                count.firstSlot,
                count.lastSlot,
                first.droppedSlot(),
                Optional.ofNullable(torn));
    }

    private static final class Count {
        private long records;
        private long firstSlot;
        private long lastSlot;

        void take(LogRecord record) {
            records++;
            if (record instanceof LogRecord.Accepted accepted) {
                long slot = accepted.entry().slot();
                firstSlot = firstSlot == 0 ? slot : Math.min(firstSlot, slot);
                lastSlot = Math.max(lastSlot, slot);
            }
        }
    }
}
