package io.lockservice.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final LogRecord RECORD = new LogRecord.Chosen(1);

    private final Outbox outbox = new Outbox();
    private final List<String> said = new ArrayList<>();

    @Test
    void nothingIsSaidBeforeWhatItDependsOnIsDurable() {
        outbox.persist(RECORD);
        outbox.whenDurable(() -> said.add("after 1"));
        outbox.persist(RECORD);
        outbox.whenDurable(() -> said.add("after 2"));
        outbox.release();
        assertEquals(List.of(), said);
        durable(1);
        assertEquals(List.of("after 1"), said);
        durable(2);
        assertEquals(List.of("after 1", "after 2"), said);
    }

    @Test
    void whatIsSaidAgainWaitsForTheFirstCopyToo() {
        outbox.persist(RECORD);
        outbox.whenDurable(() -> said.add("first"));
        outbox.whenDurable(() -> said.add("again"));
        outbox.release();
        assertEquals(List.of(), said);
        durable(1);
        assertEquals(List.of("first", "again"), said);
    }

    @Test
    void withNothingUnderWayItIsSaidInTheSameStep() {
        outbox.whenDurable(() -> said.add("at once"));
        outbox.release();
        assertEquals(List.of("at once"), said);
    }

    @Test
    void anActionMayHoldBackMore() {
        outbox.persist(RECORD);
        outbox.whenDurable(() -> {
            outbox.persist(RECORD);
            outbox.whenDurable(() -> said.add("after 2"));
        });
        durable(1);
        assertEquals(List.of(), said);
        durable(2);
        assertEquals(List.of("after 2"), said);
    }

    @Test
    void persistsAreNumberedWithoutGapsAcrossSteps() {
        outbox.persist(RECORD);
        outbox.persist(RECORD);
        assertEquals(List.of(new Effect.Persist(1, RECORD), new Effect.Persist(2, RECORD)), outbox.take());
        outbox.persist(RECORD);
        assertEquals(List.of(new Effect.Persist(3, RECORD)), outbox.take());
        assertEquals(List.of(), outbox.take());
    }

    @Test
    void whatWaitsForTheDiskIsCounted() {
        outbox.persist(RECORD);
        long small = outbox.unsyncedBytes();
        Value value = Value.ofBytes(new byte[1_000]);
        outbox.persist(new LogRecord.Accepted(new LogEntry(1, ProposalNumber.NONE, value)));
        assertEquals(2 * small + 1_000, outbox.unsyncedBytes());
        durable(1);
        assertEquals(small + 1_000, outbox.unsyncedBytes());
        durable(2);
        assertEquals(0, outbox.unsyncedBytes());
    }

    private void durable(long sequence) {
        outbox.durable(sequence);
        outbox.release();
    }
}
