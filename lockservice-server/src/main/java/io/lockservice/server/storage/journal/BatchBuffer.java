package io.lockservice.server.storage.journal;

import io.lockservice.log.LogRecord;
import io.lockservice.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Gathers the records of one batch in a direct buffer that is used again, so that a batch is one write. Not thread-safe.
 */
final class BatchBuffer {
    private static final int INITIAL_BYTES = 1 << 16;

    private final RecordFormat format;
    private final int batchBytes;
    private final WireWriter body = new WireWriter(1 << 10);
    private ByteBuffer frame = ByteBuffer.allocateDirect(INITIAL_BYTES);
    private int[] offsets = new int[64];
    private int count;

    /** A buffer that takes records of {@code batchBytes} together, or one larger record. */
    BatchBuffer(RecordFormat format, int batchBytes) {
        this.format = format;
        this.batchBytes = batchBytes;
        clear();
    }

    /** Empties it for the next batch. */
    void clear() {
        frame.clear().position(BatchFraming.HEAD_BYTES);
        count = 0;
    }

    /** Adds a record; false, and nothing is added, where it belongs into the next batch. */
    boolean add(LogRecord record) {
        body.clear();
        RecordFormat.writeBody(record, body);
        int needed = RecordFormat.HEAD_BYTES + body.length();
        if (count > 0 && payloadBytes() + needed > batchBytes) {
            return false;
        }
        ensure(needed);
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * count);
        }
        offsets[count++] = frame.position();
        format.put(frame, body);
        return true;
    }

    /** How many records it holds. */
    int count() {
        return count;
    }

    /** Where record {@code i} starts, from the start of the frame. */
    int offset(int i) {
        return offsets[i];
    }

    /** Bytes of the records so far. */
    int payloadBytes() {
        return frame.position() - BatchFraming.HEAD_BYTES;
    }

    /** The frame, ready to be written; after it only {@link #clear} may be called. */
    ByteBuffer complete(BatchFraming framing, int kind, long sequence) {
        framing.complete(frame, kind, sequence, payloadBytes());
        return frame;
    }

    private void ensure(int more) {
        // The padding behind the last record needs room, too.
        int needed = frame.position() + more + BatchFraming.HEAD_BYTES;
        if (needed > frame.capacity()) {
            ByteBuffer larger = ByteBuffer.allocateDirect(Math.max(2 * frame.capacity(), needed));
            frame = larger.put(frame.flip());
        }
    }
}
