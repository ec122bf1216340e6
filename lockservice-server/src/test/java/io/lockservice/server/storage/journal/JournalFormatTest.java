package io.lockservice.server.storage.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of format version 1, as {@code docs/formats.md} describes them. They never change. */
class JournalFormatTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final JournalSettings SETTINGS = new JournalSettings(8 << 10, 8 << 10, 4 << 10);

    private static final String HEADER = "4c534a4f55524e4c" + "00000001" + "00001000" + "0123456789abcdef"
            + "0000000000000001" + "0000000000000001" + "0000000000002000" + "e3837105";

    /** Promised 300.2; accepted slot 5 with 300.2 and the value ffee; chosen slot 4. */
    private static final String BATCH = "c64274d3" + "86f328f6" + "0000000000000001" + "00000026" + "01" + "000000"
            + "00000004" + "e286af5a" + "01" + "ac02" + "02"
            + "00000008" + "4c3cf7de" + "02" + "05" + "ac02" + "02" + "02" + "ffee"
            + "00000002" + "2384b800" + "03" + "04"
            + "0000";

    @Test
    void journal() {
        SimulatedFiles files = new SimulatedFiles();
        try (SegmentedJournal journal =
                SegmentedJournal.open(files, 0x0123456789abcdefL, false, SETTINGS, Runnable::run)) {
            journal.replay(record -> {});
            journal.append(List.of(
                    new LogRecord.Promised(new ProposalNumber(300, 2)),
                    new LogRecord.Accepted(new LogEntry(
                            5, new ProposalNumber(300, 2), Value.ofBytes(new byte[] {(byte) 0xff, (byte) 0xee}))),
                    new LogRecord.Chosen(4)));
        }
        byte[] bytes = files.bytes("segment-0000000000000001.journal");
        assertEquals(8 << 10, bytes.length);
        assertEquals(HEADER, HEX.formatHex(bytes, 0, HEADER.length() / 2));
        int end = 4096 + BATCH.length() / 2;
        assertEquals(BATCH, HEX.formatHex(bytes, 4096, end));
        String empty = "c64274d36c31349e00000000000000020000000001000000";
        assertEquals(empty, HEX.formatHex(bytes, end, end + 24));
        assertEquals(-1, firstNotZero(bytes, end + 24));
        assertEquals(-1, firstNotZero(Arrays.copyOf(bytes, 4096), 52));
    }

    private static int firstNotZero(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return i;
            }
        }
        return -1;
    }
}
