package io.lockservice.server.storage.journal;

import io.lockservice.server.storage.files.SegmentFiles;
import io.lockservice.server.storage.files.SegmentFiles.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The newest segment, to which batches are appended. Not thread-safe. */
final class OpenSegment {
    private final SegmentHeader header;
    private final SegmentFile file;
    private final BatchFraming framing;
    private int end;

    /** A segment whose batches end at {@code end}, in bytes from its start. */
    OpenSegment(SegmentHeader header, SegmentFile file, int end) {
        this.header = header;
        this.file = file;
        this.framing = new BatchFraming(header);
        this.end = end;
    }

    /**
     * Makes the prepared file the segment of {@code header}. Header, zeroes and length are durable before the file has
     * its name, so a segment that is short or without a sound header is never the work of a crash.
     */
    static OpenSegment create(SegmentFiles files, SegmentFile spare, SegmentHeader header) throws IOException {
        spare.write(header.encode(), 0);
        spare.force();
        files.rename(SegmentPreparer.SPARE, SegmentHeader.fileName(header.index()));
        files.force();
        return new OpenSegment(header, spare, SegmentHeader.BLOCK_BYTES);
    }

    SegmentHeader header() {
        return header;
    }

    BatchFraming framing() {
        return framing;
    }

    /** Where the next batch goes, in bytes from the start of the file. */
    int end() {
        return end;
    }

    /** Whether there is room for a batch, and for the seal behind it. */
    boolean hasRoomFor(int frameBytes) {
        return frameBytes <= header.lengthBytes() - end - BatchFraming.HEAD_BYTES;
    }

    /** Whether it is time to prepare the next segment. */
    boolean isHalfFull() {
        return end > header.lengthBytes() / 2;
    }

    /** Writes a frame, syncs, and moves the end behind it. */
    void append(ByteBuffer frame) throws IOException {
        int frameBytes = frame.remaining();
        file.write(frame, end);
        file.force();
        end += frameBytes;
    }

    void close() throws IOException {
        file.close();
    }
}
