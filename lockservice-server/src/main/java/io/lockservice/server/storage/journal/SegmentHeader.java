package io.lockservice.server.storage.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * The first block of a segment, written once, before the file gets its name.
 *
 * @param binding the data directory it belongs to; the number made with it
 * @param index of the segment, from 1 without gaps
 * @param firstSequence of the first batch in it; so the segment before must end with the batch before
 * @param lengthBytes of the whole file
 */
record SegmentHeader(long binding, long index, long firstSequence, int lengthBytes) {
    /** Batches start here: on a page of its own the header is not written again when a batch is. */
    static final int BLOCK_BYTES = 4096;

    static final int FORMAT_VERSION = 1;

    private static final byte[] MAGIC = "LSJOURNL".getBytes(StandardCharsets.US_ASCII);
    private static final int CRC_OFFSET = 48;

    /** The name of a segment's file. */
    static String fileName(long index) {
        return String.format(Locale.ROOT, "segment-%016d.journal", index);
    }

    /** The index in a segment's file name, or 0 where {@code fileName} is something else. */
    static long indexOf(String fileName) {
        if (!fileName.matches("segment-[0-9]{16}\\.journal")) {
            return 0;
        }
        return Long.parseLong(fileName.substring("segment-".length(), fileName.indexOf('.')));
    }

    /** The block to write at the start of the file. */
    ByteBuffer encode() {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        block.put(MAGIC).putInt(FORMAT_VERSION).putInt(BLOCK_BYTES);
        block.putLong(binding).putLong(index).putLong(firstSequence).putLong(lengthBytes);
        block.putInt(crc(block));
        return block.clear();
    }

    /**
     * Reads a header.
     *
     * @param block the first {@link #BLOCK_BYTES} of the file, zeroes where the file is shorter
     * @param expectedIndex from the file's name
     */
    static SegmentHeader decode(ByteBuffer block, String file, long expectedBinding, long expectedIndex) {
        byte[] magic = new byte[MAGIC.length];
        ByteBuffer in = block.duplicate().clear().get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw JournalCorruption.at(file, 0, "this is not the header of a journal segment");
        }
        int version = in.getInt();
        if (version != FORMAT_VERSION) {
            throw JournalCorruption.at(
                    file,
                    MAGIC.length,
                    "journal format " + version + " where this program knows format " + FORMAT_VERSION
                            + " (if a newer version of lockservice wrote it, run that version instead)");
        }
        int blockBytes = in.getInt();
        SegmentHeader header = new SegmentHeader(in.getLong(), in.getLong(), in.getLong(), (int) in.getLong());
        if (blockBytes != BLOCK_BYTES || block.getInt(CRC_OFFSET) != crc(block)) {
            throw JournalCorruption.at(file, CRC_OFFSET, "the segment's header does not match its checksum");
        }
        if (header.binding != expectedBinding) {
            throw JournalCorruption.at(file, 16, "the segment belongs to another replica's data directory");
        }
        if (header.index != expectedIndex) {
            throw JournalCorruption.at(file, 24, "this is segment " + header.index + " under another's name");
        }
        return header;
    }

    private static int crc(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        crc.update(block.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }
}
