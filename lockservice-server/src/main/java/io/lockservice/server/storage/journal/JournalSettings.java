package io.lockservice.server.storage.journal;

import io.lockservice.check.Check;

/**
 * Sizes of a journal's files. They may be changed between starts: every segment carries its own length.
 *
 * @param firstSegmentBytes length of the first segment, which a new replica has to write before it can serve
 * @param segmentBytes length of every other segment, which is prepared in the background; bounds the largest record
 * @param reserveBytes length of the segment that is set aside for a full disk, 0 for none; has room for any batch
 * @param batchBytes the most bytes of records written and synced at once, unless one record alone is larger
 */
public record JournalSettings(int firstSegmentBytes, int segmentBytes, int reserveBytes, int batchBytes) {
    /** For a replica that is told nothing else. */
    public static final JournalSettings DEFAULT = new JournalSettings(2 << 20, 16 << 20, 16 << 20, 4 << 20);

    private static final int SMALLEST = 2 * SegmentHeader.BLOCK_BYTES;

    /** Checks. */
    public JournalSettings {
        Check.that(firstSegmentBytes >= SMALLEST, "a segment is too small", firstSegmentBytes, SMALLEST);
        Check.that(segmentBytes >= SMALLEST, "a segment is too small", segmentBytes, SMALLEST);
        Check.that(reserveBytes == 0 || reserveBytes >= SMALLEST, "a reserve is too small", reserveBytes, SMALLEST);
        Check.that(batchBytes > 0, "a batch has room for something");
    }

    /** Without a reserve. */
    public JournalSettings(int firstSegmentBytes, int segmentBytes, int batchBytes) {
        this(firstSegmentBytes, segmentBytes, 0, batchBytes);
    }
}
