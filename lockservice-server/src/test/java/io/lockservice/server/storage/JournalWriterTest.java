package io.lockservice.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.Journal;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.journal.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JournalWriterTest {
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final StepJournal journal = new StepJournal();
    private final Heard heard = new Heard();
    private final JournalWriter writer = new JournalWriter(journal, "storage-test", loop, heard);

    @AfterEach
    void stop() {
        journal.steps.release(1000);
        writer.close();
        loop.shutdown();
    }

    @Test
    void whatGathersDuringOneBatchIsTheNext() throws Exception {
        writer.submit(List.of(Records.promised(1)), 1);
        journal.entered.acquire();
        for (int sequence = 2; sequence <= 50; sequence++) {
            writer.submit(List.of(Records.promised(sequence)), sequence);
        }
        assertEquals(50, writer.counters().queuedBytes() / 32);
        journal.steps.release(2);
        assertEquals(1, heard.durable.take());
        assertEquals(50, heard.durable.take());
        assertEquals(List.of(1, 49), List.copyOf(journal.batchSizes));
        JournalCounters counters = writer.counters();
        assertEquals(2, counters.batches());
        assertEquals(50, counters.records());
        assertEquals(0, counters.queuedBytes());
        assertTrue(counters.slowestAppendNanos() > 0 && counters.appendNanos() >= counters.slowestAppendNanos());
    }

    @Test
    void aBatchIsBounded() throws Exception {
        writer.submit(List.of(Records.promised(1)), 1);
        journal.entered.acquire();
        for (int sequence = 2; sequence <= 11; sequence++) {
            writer.submit(List.of(Records.accepted(sequence, 1, 1 << 20)), sequence);
        }
        journal.steps.release(10);
        long last = 0;
        while (last < 11) {
            last = heard.durable.take();
        }
        assertTrue(journal.batchSizes.size() >= 4, journal.batchSizes.toString());
    }

    @Test
    void readsDoNotWaitForAppends() throws Exception {
        writer.submit(List.of(Records.promised(1)), 1);
        journal.entered.acquire();
        CompletableFuture<List<LogEntry>> answer = new CompletableFuture<>();
        writer.read(3, 10, answer::complete);
        assertEquals(List.of(Records.entry(3, 1, 10)), answer.get());
        assertTrue(heard.durable.isEmpty());
    }

    @Test
    void failureIsToldOnceAndNothingAfterIt() throws Exception {
        journal.failure = new IllegalStateException("broken");
        journal.steps.release(100);
        writer.submit(List.of(Records.promised(1)), 1);
        assertSame(journal.failure, heard.failed.take());
        writer.submit(List.of(Records.promised(2)), 2);
        writer.read(666, 1, entries -> heard.durable.add(-1L));
        writer.close();
        settle();
        assertEquals(1, journal.batchSizes.size());
        assertTrue(heard.durable.isEmpty() && heard.failed.isEmpty());
    }

    @Test
    void aReadThatFailsIsAFailure() throws Exception {
        writer.read(666, 1, entries -> heard.durable.add(-1L));
        assertEquals("no such slot", heard.failed.take().getMessage());
        writer.submit(List.of(Records.promised(2)), 2);
        writer.close();
        settle();
        assertTrue(heard.durable.isEmpty());
    }

    @Test
    void tooManyReadsAreTurnedAway() throws Exception {
        journal.readSteps.drainPermits();
        LinkedBlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
        for (int i = 0; i < 100; i++) {
            writer.read(1, 10, entries -> sizes.add(entries.size()));
        }
        journal.readSteps.release(100);
        writer.close();
        settle();
        int answered = sizes.size();
        assertTrue(answered >= 64 && answered < 100, "answered " + answered);
    }

    @Test
    void closingFinishesWhatWasSubmitted() throws Exception {
        journal.steps.release(1000);
        for (int sequence = 1; sequence <= 500; sequence++) {
            writer.submit(List.of(Records.promised(sequence)), sequence);
        }
        writer.close();
        settle();
        List<Long> durable = new ArrayList<>();
        heard.durable.drainTo(durable);
        assertEquals(500, durable.get(durable.size() - 1));
        assertEquals(500, journal.batchSizes.stream().mapToInt(size -> size).sum());
        assertTrue(journal.closed);
    }

    @Test
    void manyRoundTripsLoseNoWakeUp() throws Exception {
        journal.steps.release(100_000);
        for (int sequence = 1; sequence <= 20_000; sequence++) {
            writer.submit(List.of(Records.promised(sequence)), sequence);
            assertEquals(sequence, heard.durable.take());
        }
    }

    @Test
    void dropsAfterWhatWasSubmittedBefore() throws Exception {
        for (int sequence = 1; sequence <= 3; sequence++) {
            writer.submit(List.of(Records.promised(sequence)), sequence);
        }
        writer.drop(70);
        writer.submit(List.of(Records.promised(4)), 4);
        journal.steps.release(1000);
        writer.close();
        assertEquals(List.of("70 after 3"), List.copyOf(journal.drops));
        assertEquals(4, journal.batchSizes.stream().mapToInt(size -> size).sum());
    }

    private void settle() throws Exception {
        loop.submit(() -> {}).get(30, TimeUnit.SECONDS);
    }

    /** What the listener was told. */
    private static final class Heard implements JournalWriter.Listener {
        private final BlockingQueue<Long> durable = new LinkedBlockingQueue<>();
        private final BlockingQueue<Throwable> failed = new LinkedBlockingQueue<>();

        @Override
        public void durable(long sequence) {
            durable.add(sequence);
        }

        @Override
        public void failed(Throwable cause) {
            failed.add(cause);
        }
    }

    /** A journal whose appends and reads wait until they are let go. */
    private static final class StepJournal implements Journal {
        private final Semaphore entered = new Semaphore(0);
        private final Semaphore steps = new Semaphore(0);
        private final Semaphore readSteps = new Semaphore(1000);
        private final ConcurrentLinkedQueue<Integer> batchSizes = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> drops = new ConcurrentLinkedQueue<>();
        private volatile @Nullable RuntimeException failure;
        private volatile boolean closed;

        @Override
        public void replay(Consumer<LogRecord> consumer) {}

        @Override
        public void append(List<LogRecord> records) {
            entered.release();
            steps.acquireUninterruptibly();
            batchSizes.add(records.size());
            RuntimeException toThrow = failure;
            if (toThrow != null) {
                throw toThrow;
            }
        }

        @Override
        public void drop(long slot) {
            drops.add(slot + " after "
                    + batchSizes.stream().mapToInt(size -> size).sum());
        }

        @Override
        public List<LogEntry> read(long fromSlot, int maxBytes) {
            readSteps.acquireUninterruptibly();
            if (fromSlot == 666) {
                throw new IllegalArgumentException("no such slot");
            }
            return List.of(Records.entry(fromSlot, 1, maxBytes));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
