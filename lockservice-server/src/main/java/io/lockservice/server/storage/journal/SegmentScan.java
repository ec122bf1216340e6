package io.lockservice.server.storage.journal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Walks over the batches of one segment, as far as they are sound and each continues the one before. */
final class SegmentScan {
    private final ByteBuffer bytes;
    private final BatchFraming framing;
    private long nextSequence;
    private int end = SegmentHeader.BLOCK_BYTES;
    private boolean sealed;
    private @Nullable BatchFrame last;

    /** A scan of {@code bytes}, the whole segment. */
    SegmentScan(SegmentHeader header, ByteBuffer bytes) {
        this.bytes = bytes;
        this.framing = new BatchFraming(header);
        this.nextSequence = header.firstSequence();
    }

    /** The next batch of records; null where there is none, whatever the reason. */
    @Nullable
    BatchFrame next() {
        BatchFrame frame = sealed ? null : framing.at(bytes, end);
        if (frame == null || frame.sequence() != nextSequence) {
            return null;
        }
        end = frame.end();
        if (frame.kind() == BatchFraming.SEAL) {
            sealed = true;
            return null;
        }
        nextSequence++;
        last = frame;
        return frame;
    }

    /** Where the last sound batch ends. */
    int end() {
        return end;
    }

    /** The number that the next batch must have. */
    long nextSequence() {
        return nextSequence;
    }

    /** Whether the segment says that it has a successor. */
    boolean isSealed() {
        return sealed;
    }

    /** The last sound batch of records, null where there is none. */
    @Nullable
    BatchFrame last() {
        return last;
    }

    /** A sound batch that does not continue those before {@link #end}, null where there is none. */
    @Nullable
    BatchFrame stray() {
        BatchFrame frame = framing.at(bytes, end);
        return frame != null ? frame : framing.firstBehind(bytes, end);
    }

    /** Behind {@link #end} there are only zeroes from here on. */
    int zeroFrom() {
        int from = bytes.limit();
        // Eight at a time first: most of a segment is unused when a replica starts.
        while (from - Long.BYTES >= end && bytes.getLong(from - Long.BYTES) == 0) {
            from -= Long.BYTES;
        }
        while (from > end && bytes.get(from - 1) == 0) {
            from--;
        }
        return from;
    }
}
