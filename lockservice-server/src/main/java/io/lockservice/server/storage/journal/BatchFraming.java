package io.lockservice.server.storage.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How the batches of one segment are framed: a head of 24 bytes, the records, zeroes up to a multiple of 8, and one
 * CRC32C over all of it.
 *
 * <p><b>Why a batch is the unit.</b> The disk may persist the sectors of one write in any order, so after a crash the
 * last batch can have a bad beginning and a good end. Were its records framed one by one, a good record behind a bad one
 * would prove nothing. With one checksum a batch is there or is not; and since a batch is written only after the one
 * before was synced, a good batch behind a bad one proves that the bad one was once durable: it was damaged later. A bad
 * batch with nothing good behind it is an unfinished write (or damage that cannot be told from one; closing the journal
 * therefore adds an empty batch, so that after an orderly stop nothing of value stands last).
 *
 * <p><b>Why old bytes cannot pass as a batch.</b> Every frame starts with a marker, and every checksum with a salt, that
 * come from the data directory's random number and the segment's index; the sequence must continue that of the batch
 * before. So neither another file's blocks nor bytes that a client chose as the content of a node look like a batch,
 * and files are written with zeroes before their first use and after a cut.
 */
final class BatchFraming {
    /** Marker, checksum, sequence, length of the records, kind. */
    static final int HEAD_BYTES = 24;

    /** A batch of records. */
    static final int RECORDS = 1;

    /** The end of a segment whose successor exists: where the newest segment has one, a file is missing. */
    static final int SEAL = 2;

    private static final int ALIGNMENT = 8;
    private static final int CRC_OFFSET = 4;
    private static final int SEQUENCE_OFFSET = 8;
    private static final int LENGTH_OFFSET = 16;
    private static final int KIND_OFFSET = 20;

    private final byte[] salt;
    private final int marker;

    BatchFraming(SegmentHeader header) {
        salt = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(header.binding())
                .putLong(header.index())
                .array();
        // Never 0, which is what unwritten room starts with.
        marker = (int) salted().getValue() | 1;
    }

    /** The room that a batch with records of {@code payloadBytes} takes. */
    static int frameBytes(int payloadBytes) {
        return HEAD_BYTES + (payloadBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Fills in head, padding and checksum of {@code frame}, which has its records at {@link #HEAD_BYTES}. */
    void complete(ByteBuffer frame, int kind, long sequence, int payloadBytes) {
        int end = frameBytes(payloadBytes);
        frame.clear().putInt(marker).putInt(0).putLong(sequence).putInt(payloadBytes);
        frame.put((byte) kind).put((byte) 0).putShort((short) 0);
        for (int padding = HEAD_BYTES + payloadBytes; padding < end; padding++) {
            frame.put(padding, (byte) 0);
        }
        frame.putInt(CRC_OFFSET, crc(frame, 0, end)).position(0).limit(end);
    }

    /** The sound batch at {@code offset}, or null. */
    @Nullable
    BatchFrame at(ByteBuffer segment, int offset) {
        if (offset > segment.limit() - HEAD_BYTES || segment.getInt(offset) != marker) {
            return null;
        }
        int payloadBytes = segment.getInt(offset + LENGTH_OFFSET);
        int kind = segment.get(offset + KIND_OFFSET);
        if (payloadBytes < 0 || payloadBytes > segment.limit() - offset - HEAD_BYTES) {
            return null;
        }
        BatchFrame frame = new BatchFrame(offset, segment.getLong(offset + SEQUENCE_OFFSET), kind, payloadBytes);
        if (frame.end() > segment.limit() || segment.getInt(offset + CRC_OFFSET) != crc(segment, offset, frame.end())) {
            return null;
        }
        return kind == RECORDS || kind == SEAL ? frame : null;
    }

    /** The first sound batch behind {@code offset}, wherever it starts, or null. */
    @Nullable
    BatchFrame firstBehind(ByteBuffer segment, int offset) {
        for (int next = offset + ALIGNMENT; next <= segment.limit() - HEAD_BYTES; next += ALIGNMENT) {
            BatchFrame frame = at(segment, next);
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    private int crc(ByteBuffer bytes, int from, int to) {
        CRC32C crc = salted();
        crc.update(bytes.slice(from + SEQUENCE_OFFSET, to - from - SEQUENCE_OFFSET));
        return (int) crc.getValue();
    }

    private CRC32C salted() {
        CRC32C crc = new CRC32C();
        crc.update(salt);
        return crc;
    }
}
