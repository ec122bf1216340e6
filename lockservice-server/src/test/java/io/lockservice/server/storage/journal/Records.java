package io.lockservice.server.storage.journal;

import io.lockservice.log.Journal;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Records to write in tests. */
public final class Records {
    private Records() {}

    public static LogRecord.Promised promised(long sequence) {
        return new LogRecord.Promised(new ProposalNumber(sequence, 3));
    }

    public static LogRecord.Chosen chosen(long slot) {
        return new LogRecord.Chosen(slot);
    }

    public static LogEntry entry(long slot, long sequence, int bytes) {
        byte[] content = new byte[bytes];
        new Random(slot * 31L + sequence).nextBytes(content);
        return new LogEntry(slot, new ProposalNumber(sequence, 2), Value.ofBytes(content));
    }

    public static LogRecord.Accepted accepted(long slot, long sequence, int bytes) {
        return new LogRecord.Accepted(entry(slot, sequence, bytes));
    }

    /** Up to five records for slots up to 40. */
    public static List<LogRecord> randomBatch(Random random, int mostBytes) {
        List<LogRecord> records = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            long number = 1L + random.nextInt(40);
            records.add(
                    switch (random.nextInt(6)) {
                        case 0 -> promised(number);
                        case 1 -> chosen(number);
                        default -> accepted(number, random.nextInt(1000), random.nextInt(mostBytes));
                    });
        }
        return records;
    }

    public static List<LogRecord> replay(Journal journal) {
        List<LogRecord> records = new ArrayList<>();
        journal.replay(records::add);
        return records;
    }
}
