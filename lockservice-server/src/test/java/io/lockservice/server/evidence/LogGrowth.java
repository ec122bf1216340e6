package io.lockservice.server.evidence;

import io.lockservice.server.process.CellProcesses;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Writes as much as a day does, as fast as it goes, and looks all the time at how large the replicas' directories are. By
 * default 3 GiB: a day of 140 writes of 256 bytes in each second. One replica is away for the middle third. Prints a line
 * of JSON; fails where a directory was larger than its bound:
 *
 * <pre>
 *   3 * checkpoint.logBytes + 3 * journal.segmentBytes + 3 * (size of a checkpoint) + 1 MiB
 * </pre>
 *
 * <p>Kept is what came after the older of two checkpoints: that is one checkpoint.logBytes up to the newer, one up to the
 * next, and at most one more while that is written. Segments go as a whole: there is a part of one before, a part of one
 * behind, and the next is set aside. A third checkpoint is being written or fetched. Arguments: MiB to write (3072).
 */
public final class LogGrowth {
    private static final long SEGMENT_BYTES = 16L << 20;
    private static final long LOG_BYTES = 16L << 20;
    private static final long OTHER_BYTES = 1L << 20;
    private static final int CONTENT_BYTES = 4_096;
    private static final int FILES = 2_000;
    private static final int WRITERS = 8;
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final CellProcesses cell;
    private final long bytesToWrite;
    private final AtomicLong written = new AtomicLong();
    private final CheckpointCount checkpoints;
    private long largest;
    private long largestJournal;
    private long largestCheckpoint;
    private int samples;

    private LogGrowth(CellProcesses cell, long bytesToWrite) {
        this.cell = cell;
        this.bytesToWrite = bytesToWrite;
        this.checkpoints = new CheckpointCount(cell);
    }

    /** Measures. */
    public static void main(String... arguments) throws Exception {
        long mib = arguments.length > 0 ? Long.parseLong(arguments[0]) : 3_072;
        Path directory = Files.createTempDirectory("log-growth");
        try (CellProcesses cell = new CellProcesses(directory, "-XX:TieredStopAtLevel=4")) {
            cell.configure("checkpoint: {logBytes: " + LOG_BYTES + "}");
            cell.configure("journal: {segmentBytes: " + SEGMENT_BYTES + "}");
            new LogGrowth(cell, mib << 20).run();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private void run() throws Exception {
        cell.startAll();
        int leader = cell.awaitLeader(0);
        Whole.await(cell);
        long began = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS, SteadyLoad::daemon);
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(i);
            writers.add(threads.submit(() -> {
                write(cell.uri(leader, ""), random);
                return null;
            }));
        }
        int away = leader % CellProcesses.REPLICAS + 1;
        sampleUntil(bytesToWrite / 3, writers);
        cell.kill(away);
        sampleUntil(2 * bytesToWrite / 3, writers);
        cell.start(away);
        sampleUntil(bytesToWrite, writers);
        threads.shutdown();
        for (Future<?> writer : writers) {
            writer.get();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        Whole.await(cell);
        sample();
        report(seconds);
    }

    private void write(URI leader, Random random) throws IOException {
        byte[] content = new byte[CONTENT_BYTES];
        try (WireConnection connection = new WireConnection(leader)) {
            while (written.get() < bytesToWrite) {
                random.nextBytes(content);
                connection.exchange("PUT", "/v1/files/ls/local/f" + random.nextInt(FILES), content);
                written.addAndGet(CONTENT_BYTES);
            }
        }
    }

    private void sampleUntil(long bytes, List<Future<?>> writers) throws Exception {
        while (written.get() < bytes) {
            sample();
            for (Future<?> writer : writers) {
                if (writer.isDone()) {
                    writer.get();
                }
            }
            LockSupport.parkNanos(SAMPLE_NANOS);
        }
    }

    private void sample() throws IOException {
        checkpoints.look();
        for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
            Path data = cell.data(id);
            long journal = sizeOf(data.resolve("journal"), false);
            long checkpointFiles = sizeOf(data.resolve("checkpoints"), true);
            long all = journal + checkpointFiles + sizeOf(data, false);
            largest = Math.max(largest, all);
            largestJournal = Math.max(largestJournal, journal);
        }
        samples++;
    }

    /** Bytes of the files in {@code directory} itself; those that go meanwhile do not count. */
    private long sizeOf(Path directory, boolean areCheckpoints) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                try {
                    long size = Files.isRegularFile(file) ? Files.size(file) : 0;
                    bytes += size;
                    largestCheckpoint = areCheckpoints ? Math.max(largestCheckpoint, size) : largestCheckpoint;
                } catch (NoSuchFileException gone) {
                    // Deleted between the two looks.
                }
            }
        }
        return bytes;
    }

    private void report(double seconds) {
        long bound = 3 * LOG_BYTES + 3 * SEGMENT_BYTES + 3 * largestCheckpoint + OTHER_BYTES;
        System.out.printf(
                "{\"written_bytes\":%d,\"seconds\":%.0f,\"samples\":%d,\"checkpoints\":\"%s\",\"largest_checkpoint\":%d,"
                        + "\"largest_journal\":%d,\"largest_directory\":%d,\"bound\":%d}%n",
                written.get(), seconds, samples, checkpoints, largestCheckpoint, largestJournal, largest, bound);
        if (largest > bound) {
            throw new AssertionError("a directory had " + largest + " bytes, and " + bound + " is the bound");
        }
    }
}
