package io.lockservice.server.storage.journal;

import io.lockservice.check.Check;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.files.SegmentFiles;
import io.lockservice.server.storage.files.SegmentFiles.SegmentFile;
import io.lockservice.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads single entries by their position. It opens files of its own: interrupting a thread in a channel closes that
 * channel, and a reader must not be able to do this to the writer. Not thread-safe.
 */
final class EntryReader implements AutoCloseable {
    private final SegmentFiles files;
    private final RecordFormat format;
    private final ByteBuffer head = ByteBuffer.allocate(RecordFormat.HEAD_BYTES);
    private @Nullable SegmentFile file;
    private long segment;

    EntryReader(SegmentFiles files, long binding) {
        this.files = files;
        this.format = new RecordFormat(binding);
    }

    /** The entry at {@code position}, which the index has for {@code slot}. */
    LogEntry read(long position, long slot) throws IOException {
        SegmentFile source = fileOf(SlotIndex.segmentOf(position));
        int offset = SlotIndex.offsetOf(position);
        source.read(head.clear(), offset);
        int length = head.getInt(0);
        if (head.hasRemaining() || length < 1 || length > source.size() - offset - RecordFormat.HEAD_BYTES) {
            throw damaged(offset, slot);
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        source.read(body, offset + (long) RecordFormat.HEAD_BYTES);
        if (body.hasRemaining() || format.crc(body.flip()) != head.getInt(Integer.BYTES)) {
            throw damaged(offset, slot);
        }
        return entry(body.array(), offset, slot);
    }

    private LogEntry entry(byte[] body, int offset, long slot) {
        try {
            LogRecord record = RecordFormat.readBody(body, 0, body.length);
            if (record instanceof LogRecord.Accepted accepted
                    && accepted.entry().slot() == slot) {
                return accepted.entry();
            }
        } catch (WireException unreadable) {
            // As good as another slot's record.
        }
        throw damaged(offset, slot);
    }

    private JournalCorruption damaged(int offset, long slot) {
        String path = files.pathOf(SegmentHeader.fileName(segment));
        return JournalCorruption.at(path, offset, "the record of slot " + slot + " was sound when it was written");
    }

    private SegmentFile fileOf(long wanted) throws IOException {
        if (file == null || segment != wanted) {
            close();
            file = files.openToRead(SegmentHeader.fileName(wanted));
            segment = wanted;
        }
        return Check.present(file, "the segment was opened");
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
