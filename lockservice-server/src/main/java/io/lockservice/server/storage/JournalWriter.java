package io.lockservice.server.storage;

import io.lockservice.log.Journal;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out appends on a storage thread of its own: whatever has gathered while one batch was synced becomes the next
 * batch (group commit). Reads have a second thread, so that a lagging peer does not hold up appends.
 *
 * <p>Threading: {@link #submit} and {@link #read} never block and may be called by any thread; records are appended in
 * the order of the calls, so usually one thread calls. The listener and the answers to reads are called through the
 * executor that was given. The journal must have been replayed and must not be used by anyone else.
 *
 * <p>Bounds: reads beyond a few are turned away; what may be submitted is bounded by who submits, see {@link
 * JournalCounters#queuedBytes()}.
 */
public final class JournalWriter implements AutoCloseable {
    /** Bytes of values after which a batch is appended though more has gathered, so that callbacks do not starve. */
    private static final long GATHERED_BYTES = 4 << 20;

    private static final int WAITING_READS = 64;
    private static final int RECORD_OVERHEAD_BYTES = 32;

    private static final Logger LOG = System.getLogger(JournalWriter.class.getName());

    private final Journal journal;
    private final Executor callbacks;
    private final Listener listener;
    private final ConcurrentLinkedQueue<Submitted> queue = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final ThreadPoolExecutor reads;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile boolean parked;
    private volatile boolean closing;
    private volatile JournalCounters appended = new JournalCounters(0, 0, 0, 0, 0);

    /** What comes of submissions. Called through the writer's executor. */
    public interface Listener {
        /** Everything submitted up to and including {@code sequence} is durable. */
        void durable(long sequence);

        /** The journal cannot be used any more; the replica must stop. Called once, and nothing after it. */
        void failed(Throwable cause);
    }

    /** Records submitted together, or what may be dropped once all that was submitted before is durable. */
    private record Submitted(List<LogRecord> records, long upToSequence, long bytes, long dropSlot) {}

    /**
     * Starts the storage thread.
     *
     * @param name of the threads
     * @param callbacks runs what is called back, in order; the driver's event loop
     */
    public JournalWriter(Journal journal, String name, Executor callbacks, Listener listener) {
        this.journal = journal;
        this.callbacks = callbacks;
        this.listener = listener;
        this.reads = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_READS),
                task -> daemon(task, name + "-read"));
        reads.allowCoreThreadTimeOut(true);
        this.thread = daemon(this::run, name);
        thread.start();
    }

    /**
     * Appends {@code records}, which must not change afterwards. After a failure it does nothing.
     *
     * @param upToSequence what {@link Listener#durable} is told once they are durable; grows with every call
     */
    public void submit(List<LogRecord> records, long upToSequence) {
        if (failed.get()) {
            return;
        }
        long bytes = 0;
        for (LogRecord record : records) {
            bytes += sizeOf(record);
        }
        queuedBytes.addAndGet(bytes);
        add(new Submitted(records, upToSequence, bytes, 0));
    }

    /** Drops as {@link Journal#drop} does, after what was submitted before. */
    public void drop(long slot) {
        if (!failed.get()) {
            add(new Submitted(List.of(), 0, 0, slot));
        }
    }

    private void add(Submitted submitted) {
        queue.add(submitted);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Reads as {@link Journal#read} does and hands the entries to {@code answer}. Where too many reads are waiting there is
     * no answer: who lags asks again. A read that fails is a failure of the journal, and has no answer.
     */
    public void read(long fromSlot, int maxBytes, Consumer<List<LogEntry>> answer) {
        try {
            reads.execute(() -> answerRead(fromSlot, maxBytes, answer));
        } catch (RejectedExecutionException tooMany) {
            LOG.log(Level.DEBUG, "a lagging peer is not served: {0} reads of the journal are waiting", WAITING_READS);
        }
    }

    /** What it has done so far. Any thread. */
    public JournalCounters counters() {
        JournalCounters now = appended;
        return new JournalCounters(
                now.batches(), now.records(), now.appendNanos(), now.slowestAppendNanos(), queuedBytes.get());
    }

    /**
     * Appends what was submitted before, calls back for it, and closes the journal; where that waits for a full disk it is
     * given up, for nobody was told that it is durable. Blocks for as long as that takes, so
     * it must not be called by the thread that runs the callbacks if their executor waits for it.
     */
    @Override
    public void close() {
        closing = true;
        journal.giveUpWaiting();
        LockSupport.unpark(thread);
        reads.shutdown();
        boolean interrupted = awaitEnd();
        journal.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                if (reads.awaitTermination(1, TimeUnit.MINUTES)) {
                    return interrupted;
                }
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
    }

    private void run() {
        List<LogRecord> batch = new ArrayList<>();
        try {
            for (Submitted first = next(); first != null && !failed.get(); first = next()) {
                if (first.dropSlot() > 0) {
                    journal.drop(first.dropSlot());
                } else {
                    append(first, batch);
                    batch.clear();
                }
            }
        } catch (RuntimeException | Error cause) {
            fail(cause);
        }
        queue.clear();
    }

    private void append(Submitted first, List<LogRecord> batch) {
        long bytes = first.bytes();
        long sequence = first.upToSequence();
        batch.addAll(first.records());
        for (Submitted more = queue.peek();
                more != null && more.dropSlot() == 0 && bytes < GATHERED_BYTES;
                more = queue.peek()) {
            queue.remove();
            batch.addAll(more.records());
            bytes += more.bytes();
            sequence = more.upToSequence();
        }
        long start = System.nanoTime();
        journal.append(batch);
        count(batch.size(), System.nanoTime() - start);
        queuedBytes.addAndGet(-bytes);
        long durable = sequence;
        callbacks.execute(() -> {
            if (!failed.get()) {
                listener.durable(durable);
            }
        });
    }

    /** Waits for a submission; null once all were taken and the writer is closing. */
    private @Nullable Submitted next() {
        Submitted first = queue.poll();
        while (first == null) {
            boolean last = closing;
            // Announced before looking again: who adds after the look sees it and wakes this thread.
            parked = true;
            first = queue.poll();
            if (first == null && last) {
                return null;
            }
            if (first == null) {
                LockSupport.park(this);
            }
            parked = false;
        }
        return first;
    }

    private void count(int records, long nanos) {
        JournalCounters before = appended;
        appended = new JournalCounters(
                before.batches() + 1,
                before.records() + records,
                before.appendNanos() + nanos,
                Math.max(before.slowestAppendNanos(), nanos),
                0);
    }

    private void answerRead(long fromSlot, int maxBytes, Consumer<List<LogEntry>> answer) {
        List<LogEntry> entries;
        try {
            entries = journal.read(fromSlot, maxBytes);
        } catch (RuntimeException | Error cause) {
            fail(cause);
            return;
        }
        callbacks.execute(() -> answer.accept(entries));
    }

    private void fail(Throwable cause) {
        if (failed.compareAndSet(false, true)) {
            callbacks.execute(() -> listener.failed(cause));
        }
    }

    private static long sizeOf(LogRecord record) {
        long value = record instanceof LogRecord.Accepted accepted
                ? accepted.entry().value().length()
                : 0;
        return value + RECORD_OVERHEAD_BYTES;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
