package io.lockservice.server.storage.journal;

import io.lockservice.log.LogRecord;
import io.lockservice.server.storage.JournalWriter;
import io.lockservice.server.storage.files.DirectoryFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Latency of one append at a time: the bare loop (write and sync into a preallocated file), the journal, and the journal
 * through its writer's thread. Rounds of the three alternate, so that the disk's moods hit all alike.
 *
 * <p>Run with the test class path: {@code JournalBenchmark DIRECTORY [APPENDS]}.
 */
final class JournalBenchmark {
    private static final int VALUE_BYTES = 200;
    private static final int FRAME_BYTES = 248;
    private static final int FILE_BYTES = 16 << 20;
    private static final int ROUNDS = 6;

    private final Path directory;
    private final int appends;
    private long sequence;

    private JournalBenchmark(Path directory, int appends) {
        this.directory = directory;
        this.appends = appends;
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args[0]), "journal-benchmark");
        int appends = args.length > 1 ? Integer.parseInt(args[1]) : 5_000;
        new JournalBenchmark(directory, appends).run();
    }

    private void run() throws Exception {
        JournalSettings settings = new JournalSettings(FILE_BYTES, FILE_BYTES, 4 << 20);
        Executor background = task -> {
            Thread thread = new Thread(task, "prepare");
            thread.setDaemon(true);
            thread.start();
        };
        Path direct = Files.createDirectory(directory.resolve("direct"));
        Path threaded = Files.createDirectory(directory.resolve("threaded"));
        try (FileChannel bare = preallocated();
                SegmentedJournal journal =
                        SegmentedJournal.open(new DirectoryFiles(direct), 1, false, settings, background);
                SegmentedJournal behind =
                        SegmentedJournal.open(new DirectoryFiles(threaded), 1, false, settings, background)) {
            journal.replay(record -> {});
            behind.replay(record -> {});
            LinkedBlockingQueue<Long> durable = new LinkedBlockingQueue<>();
            try (JournalWriter writer = new JournalWriter(behind, "storage", Runnable::run, listener(durable))) {
                for (int round = 1; round <= ROUNDS; round++) {
                    report(round, "bare loop", bare(bare));
                    report(round, "journal", direct(journal));
                    report(round, "through writer", threaded(writer, durable));
                }
            }
        }
    }

    private FileChannel preallocated() throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("bare"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channel.write(ByteBuffer.allocate(FILE_BYTES), 0);
        channel.force(true);
        return channel;
    }

    private long[] bare(FileChannel channel) throws IOException {
        ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES);
        long[] nanos = new long[appends];
        for (int i = 0; i < appends; i++) {
            long start = System.nanoTime();
            channel.write(frame.clear(), (long) i * FRAME_BYTES % (FILE_BYTES - FRAME_BYTES));
            channel.force(false);
            nanos[i] = System.nanoTime() - start;
        }
        return nanos;
    }

    private long[] direct(SegmentedJournal journal) {
        long[] nanos = new long[appends];
        for (int i = 0; i < appends; i++) {
            List<LogRecord> records = List.of(Records.accepted(++sequence, 1, VALUE_BYTES));
            long start = System.nanoTime();
            journal.append(records);
            nanos[i] = System.nanoTime() - start;
        }
        return nanos;
    }

    private long[] threaded(JournalWriter writer, LinkedBlockingQueue<Long> durable) throws InterruptedException {
        long[] nanos = new long[appends];
        for (int i = 0; i < appends; i++) {
            List<LogRecord> records = List.of(Records.accepted(++sequence, 1, VALUE_BYTES));
            long start = System.nanoTime();
            writer.submit(records, sequence);
            durable.take();
            nanos[i] = System.nanoTime() - start;
        }
        return nanos;
    }

    private static JournalWriter.Listener listener(LinkedBlockingQueue<Long> durable) {
        return new JournalWriter.Listener() {
            @Override
            public void durable(long sequence) {
                durable.add(sequence);
            }

            @Override
            public void failed(Throwable cause) {
                throw new IllegalStateException(cause);
            }
        };
    }

    private static void report(int round, String what, long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "round %d  %-15s mean %7.1f  p50 %7.1f  p99 %7.1f  max %8.1f us%n",
                round,
                what,
                Arrays.stream(nanos).average().orElse(0) / 1e3,
                sorted[sorted.length / 2] / 1e3,
                sorted[sorted.length * 99 / 100] / 1e3,
                sorted[sorted.length - 1] / 1e3);
    }
}
