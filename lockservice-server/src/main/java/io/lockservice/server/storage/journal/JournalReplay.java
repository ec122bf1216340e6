package io.lockservice.server.storage.journal;

import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.files.SegmentFiles;
import io.lockservice.server.storage.files.SegmentFiles.SegmentFile;
import io.lockservice.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole journal and tells an unfinished last write from damage; changes nothing. What counts as damage:
 *
 * <ul>
 *   <li>a header that is not sound: it was durable before the file got its name;
 *   <li>a newest segment that is shorter than its header says: its full length was durable before the file got its name,
 *       so no crash explains it, and acknowledged batches may have been cut off;
 *   <li>a segment that does not end with the batch before its successor's first: a successor is made only after that
 *       batch was synced;
 *   <li>a newest segment that is sealed: a seal is written only after the successor was durable;
 *   <li>in the newest segment, a sound batch behind something that is neither a sound batch nor zero (see {@link
 *       BatchFraming} for why).
 * </ul>
 *
 * Anything else behind the last sound batch of the newest segment is a torn write.
 */
final class JournalReplay {
    private final SegmentFiles files;
    private final long binding;
    private final FirstSegment first;
    private final SlotIndex index;
    private final Consumer<LogRecord> consumer;

    /** The segment being read; as large as the largest. */
    private byte[] room = {};

    JournalReplay(SegmentFiles files, long binding, FirstSegment first, SlotIndex index, Consumer<LogRecord> consumer) {
        this.files = files;
        this.binding = binding;
        this.first = first;
        this.index = index;
        this.consumer = consumer;
    }

    /**
     * How a journal ends.
     *
     * @param header of the newest segment
     * @param offset where the next batch goes
     * @param nextSequence the next batch's number
     * @param lastBatch a copy of the last batch in this segment, null where it has none
     * @param torn what has to be cut before the next batch, null where nothing
     */
    record End(
            SegmentHeader header,
            int offset,
            long nextSequence,
            @Nullable ByteBuffer lastBatch,
            @Nullable TornWrite torn) {}

    /** The indices of the segments in {@code files}, ascending; those dropped before {@code first} do not count. */
    static List<Long> indices(SegmentFiles files, FirstSegment first) throws IOException {
        return files.names().stream()
                .map(SegmentHeader::indexOf)
                .filter(segment -> segment >= first.index())
                .sorted()
                .toList();
    }

    /**
     * Whether there is only a first segment, too short and without anything behind its header. Where no journal is known
     * to have been made, nothing is lost with it.
     *
     * @throws JournalCorruption where it has a header that is not sound
     */
    static boolean isUnfinishedFirst(SegmentFiles files, long binding) throws IOException {
        if (!indices(files, FirstSegment.NONE).equals(List.of(1L))) {
            return false;
        }
        String name = SegmentHeader.fileName(1);
        try (SegmentFile file = files.openToRead(name)) {
            if (file.size() < SegmentHeader.BLOCK_BYTES) {
                return true;
            }
            SegmentHeader header = header(file, files.pathOf(name), binding, 1);
            if (file.size() >= header.lengthBytes()) {
                return false;
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return new SegmentScan(header, bytes).zeroFrom() == SegmentHeader.BLOCK_BYTES;
        }
    }

    private static SegmentHeader header(SegmentFile file, String path, long binding, long segment) throws IOException {
        if (file.size() < SegmentHeader.BLOCK_BYTES) {
            throw JournalCorruption.shortened(path, file.size(), SegmentHeader.BLOCK_BYTES);
        }
        ByteBuffer block = ByteBuffer.allocate(SegmentHeader.BLOCK_BYTES);
        file.read(block, 0);
        return SegmentHeader.decode(block, path, binding, segment);
    }

    /** Reads all; there is at least one segment. */
    End run() throws IOException {
        List<SegmentHeader> headers = headers();
        int longest =
                headers.stream().mapToInt(SegmentHeader::lengthBytes).max().orElseThrow();
        room = new byte[longest];
        for (int i = 0; i < headers.size() - 1; i++) {
            SegmentScan scan = scan(headers.get(i));
            expectComplete(headers.get(i), scan, headers.get(i + 1).firstSequence());
        }
        return newest(headers.get(headers.size() - 1));
    }

    private List<SegmentHeader> headers() throws IOException {
        List<SegmentHeader> headers = new ArrayList<>();
        for (long segment : indices(files, first)) {
            long expected = first.index() + headers.size();
            String name = SegmentHeader.fileName(expected);
            if (segment != expected) {
                throw JournalCorruption.missing(files.pathOf(name), "later segments of the journal exist");
            }
            try (SegmentFile file = files.openToRead(name)) {
                headers.add(header(file, files.pathOf(name), binding, segment));
            }
        }
        return headers;
    }

    private SegmentScan scan(SegmentHeader header) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(room, 0, header.lengthBytes());
        try (SegmentFile file = files.openToRead(name(header))) {
            file.read(bytes, 0);
        }
        Arrays.fill(room, bytes.position(), bytes.limit(), (byte) 0);
        SegmentScan scan = new SegmentScan(header, bytes);
        for (BatchFrame frame = scan.next(); frame != null; frame = scan.next()) {
            deliver(header, bytes, frame);
        }
        return scan;
    }

    private void deliver(SegmentHeader header, ByteBuffer bytes, BatchFrame frame) {
        int offset = frame.payloadOffset();
        while (offset < frame.payloadEnd()) {
            int body = offset + RecordFormat.HEAD_BYTES;
            int length = body > frame.payloadEnd() ? 0 : bytes.getInt(offset);
            if (length < 1 || length > frame.payloadEnd() - body) {
                throw JournalCorruption.at(path(header), offset, "the record's length makes no sense");
            }
            LogRecord record;
            try {
                record = RecordFormat.readBody(room, body, length);
            } catch (WireException unknown) {
                throw JournalCorruption.at(path(header), offset, "the record cannot be read: " + unknown.getMessage());
            }
            index.add(record, SlotIndex.position(header.index(), offset));
            consumer.accept(record);
            offset = body + length;
        }
    }

    private void expectComplete(SegmentHeader header, SegmentScan scan, long successorsFirst) {
        if (scan.nextSequence() != successorsFirst) {
            throw JournalCorruption.at(
                    path(header),
                    scan.end(),
                    "batch " + scan.nextSequence() + " is damaged or lost, and the next segment starts with batch "
                            + successorsFirst);
        }
    }

    private End newest(SegmentHeader header) throws IOException {
        expectWhole(header);
        SegmentScan scan = scan(header);
        if (scan.isSealed()) {
            String successor = SegmentHeader.fileName(header.index() + 1);
            throw JournalCorruption.missing(files.pathOf(successor), "the segment before says that it was written");
        }
        BatchFrame last = scan.last();
        ByteBuffer lastBatch =
                last == null ? null : ByteBuffer.wrap(Arrays.copyOfRange(room, last.offset(), last.end()));
        return new End(header, scan.end(), scan.nextSequence(), lastBatch, torn(header, scan));
    }

    private @Nullable TornWrite torn(SegmentHeader header, SegmentScan scan) {
        int tornEnd = scan.zeroFrom();
        if (tornEnd > scan.end()) {
            BatchFrame stray = scan.stray();
            if (stray != null) {
                throw JournalCorruption.at(
                        path(header),
                        scan.end(),
                        "batch " + scan.nextSequence() + " is damaged, and a sound batch (number " + stray.sequence()
                                + ") follows at offset " + stray.offset()
                                + ", which was written only after the damaged one was safely on disk");
            }
        }
        return tornEnd == scan.end() ? null : new TornWrite(path(header), scan.end(), tornEnd - scan.end());
    }

    private void expectWhole(SegmentHeader header) throws IOException {
        try (SegmentFile file = files.openToRead(name(header))) {
            if (file.size() < header.lengthBytes()) {
                throw JournalCorruption.shortened(path(header), file.size(), header.lengthBytes());
            }
        }
    }

    private static String name(SegmentHeader header) {
        return SegmentHeader.fileName(header.index());
    }

    private String path(SegmentHeader header) {
        return files.pathOf(name(header));
    }
}
