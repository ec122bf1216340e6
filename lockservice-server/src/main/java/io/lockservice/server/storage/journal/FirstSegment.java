package io.lockservice.server.storage.journal;

import io.lockservice.server.storage.files.SegmentFiles;
import io.lockservice.server.storage.files.SegmentFiles.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The note that says where the journal begins, since its beginning was dropped. It is durable before the first segment is
 * deleted, so that a segment that is missing behind it is a loss, and one that is still there before it is not.
 *
 * @param index of the first segment that counts, from 1
 * @param droppedSlot the log up to here may be gone; a checkpoint has it
 */
record FirstSegment(long index, long droppedSlot) {
    /** The note's file. */
    static final String FILE = "first";

    /** Nothing was dropped yet: there is no note. */
    static final FirstSegment NONE = new FirstSegment(1, 0);

    private static final String NEW = "first.new";
    private static final byte[] MAGIC = "LSJFIRST".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT_VERSION = 1;
    private static final int CRC_OFFSET = 36;
    private static final int BYTES = CRC_OFFSET + Integer.BYTES;

    /** The note in {@code files}, which must be of the data directory {@code binding}. */
    static FirstSegment read(SegmentFiles files, long binding) throws IOException {
        if (!files.names().contains(FILE)) {
            return NONE;
        }
        String path = files.pathOf(FILE);
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        try (SegmentFile file = files.openToRead(FILE)) {
            if (file.size() != BYTES) {
                throw JournalCorruption.shortened(path, file.size(), BYTES);
            }
            file.read(bytes, 0);
        }
        byte[] magic = new byte[MAGIC.length];
        bytes.clear().get(magic);
        int version = bytes.getInt();
        FirstSegment note = new FirstSegment(bytes.getLong(20), bytes.getLong(28));
        if (!Arrays.equals(magic, MAGIC) || bytes.getInt(CRC_OFFSET) != crc(bytes)) {
            throw JournalCorruption.at(path, 0, "the note of the journal's first segment does not match its checksum");
        }
        if (version != FORMAT_VERSION) {
            throw JournalCorruption.at(
                    path, MAGIC.length, "format " + version + " where this program knows format " + FORMAT_VERSION);
        }
        if (bytes.getLong() != binding) {
            throw JournalCorruption.at(path, 12, "the note belongs to another replica's data directory");
        }
        return note;
    }

    /**
     * Writes this note in the place of an older one. Until it is renamed a failure changes nothing, and false is returned; a
     * failure after that is thrown.
     */
    boolean write(SegmentFiles files, long binding) throws IOException {
        try (SegmentFile file = files.create(NEW)) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES);
            bytes.put(MAGIC)
                    .putInt(FORMAT_VERSION)
                    .putLong(binding)
                    .putLong(index)
                    .putLong(droppedSlot);
            bytes.putInt(crc(bytes));
            file.write(bytes.clear(), 0);
            file.force();
        } catch (IOException full) {
            return false;
        }
        files.rename(NEW, FILE);
        files.force();
        return true;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }
}
