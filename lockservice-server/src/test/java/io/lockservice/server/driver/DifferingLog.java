package io.lockservice.server.driver;

import io.lockservice.cell.Command;
import io.lockservice.cell.CommandCodec;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.Member;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A journal whose log says that a majority had another state than whoever applies it. */
public final class DifferingLog {
    /** How often states are compared by a replica that is to notice. */
    public static final long EVERY_SLOTS = 100;

    private static final ProposalNumber NUMBER = new ProposalNumber(1, 1);

    private DifferingLog() {}

    /** Its records, where the only member of the cell has data of that incarnation. */
    public static List<LogRecord> records(long dataIncarnation) {
        byte[] compare = CommandCodec.encode(new Command.CompareDigest(EVERY_SLOTS, 1));
        long last = EVERY_SLOTS + 1;
        Configuration alone = new Configuration(List.of(new Member(1, dataIncarnation, true, "127.0.0.1", 1, 1)));
        Stream<LogRecord> before = LongStream.range(1, last).mapToObj(slot -> accepted(slot, Value.NO_OP));
        return Stream.concat(
                        Stream.concat(Stream.of(new LogRecord.Founded(alone)), before),
                        Stream.of(accepted(last, Value.batch(List.of(compare))), new LogRecord.Chosen(last)))
                .toList();
    }

    /** Hands its records out. */
    public static void replay(Consumer<LogRecord> consumer) {
        records(1).forEach(consumer);
    }

    private static LogRecord accepted(long slot, Value value) {
        return new LogRecord.Accepted(new LogEntry(slot, NUMBER, value));
    }
}
