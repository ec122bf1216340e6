package io.lockservice.server.storage.journal;

import io.lockservice.log.ConfigurationCodec;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a record stands in a batch: length of the body, checksum, body (a type, then its fields). The record's own
 * checksum is there for {@link SegmentedJournal#read}, which takes single records from a batch.
 *
 * <p>Not thread-safe.
 */
final class RecordFormat {
    /** Length and checksum. */
    static final int HEAD_BYTES = 8;

    private static final int PROMISED = 1;
    private static final int ACCEPTED = 2;
    private static final int CHOSEN = 3;
    private static final int INSTALLED = 4;
    private static final int FOUNDED = 5;

    private final byte[] salt;

    /** The format within the data directory of number {@code binding}. */
    RecordFormat(long binding) {
        salt = ByteBuffer.allocate(Long.BYTES).putLong(binding).array();
    }

    /** Appends the body of {@code record}. */
    static void writeBody(LogRecord record, WireWriter out) {
        if (record instanceof LogRecord.Promised promised) {
            promised.number().write(out.tag(PROMISED));
        } else if (record instanceof LogRecord.Accepted accepted) {
            LogEntry entry = accepted.entry();
            entry.number().write(out.tag(ACCEPTED).number(entry.slot()));
            out.bytes(entry.value().bytes());
        } else if (record instanceof LogRecord.Chosen chosen) {
            out.tag(CHOSEN).number(chosen.slot());
        } else if (record instanceof LogRecord.Installed installed) {
            out.tag(INSTALLED).number(installed.slot());
        } else if (record instanceof LogRecord.Founded founded) {
            ConfigurationCodec.write(out.tag(FOUNDED), founded.configuration());
        }
    }

    /** Reads what {@link #writeBody} wrote; fails with {@link WireException} where it is something else. */
    static LogRecord readBody(byte[] bytes, int offset, int length) {
        WireReader in = new WireReader(bytes, offset, length);
        int type = in.tag();
        LogRecord record = switch (type) {
            case PROMISED -> new LogRecord.Promised(ProposalNumber.read(in));
            case ACCEPTED -> {
                long slot = in.number();
                ProposalNumber number = ProposalNumber.read(in);
                yield new LogRecord.Accepted(new LogEntry(slot, number, Value.ofBytes(in.bytes())));
            }
            case CHOSEN -> new LogRecord.Chosen(in.number());
            case INSTALLED -> new LogRecord.Installed(in.number());
            case FOUNDED -> new LogRecord.Founded(ConfigurationCodec.read(in));
            default -> throw new WireException("a record of unknown type " + type);
        };
        in.expectEnd();
        return record;
    }

    /** Appends head and body at {@code out}'s position. */
    void put(ByteBuffer out, WireWriter body) {
        int head = out.position();
        body.copyTo(out.putInt(body.length()).putInt(0));
        out.putInt(head + Integer.BYTES, crc(out.slice(head + HEAD_BYTES, body.length())));
    }

    /** The checksum that the head of a record with this body must have. */
    int crc(ByteBuffer body) {
        CRC32C crc = new CRC32C();
        crc.update(salt);
        crc.update(body);
        return (int) crc.getValue();
    }
}
