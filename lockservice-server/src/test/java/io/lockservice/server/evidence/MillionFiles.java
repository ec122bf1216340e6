package io.lockservice.server.evidence;

import io.lockservice.server.process.CellProcesses;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
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
 * A cell of three processes with very many small files: how long a checkpoint takes and what operations feel of it, how
 * large it is, how long a restart takes, and how long a replica that lost its directory needs to have a vote again. Prints
 * a line of JSON for each. Arguments: files (1000000), operations a second of the steady load (400), pairs of windows (5).
 */
public final class MillionFiles {
    private static final int CONTENT_BYTES = 256;
    private static final int FILES_IN_DIRECTORY = 1_000;
    private static final int LOADERS = 48;
    private static final int AT_ONCE = 16;
    private static final byte[] NO_BODY = {};
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int files;
    private final double operationsPerSecond;
    private final int pairs;
    private final CellProcesses cell;

    private MillionFiles(CellProcesses cell, int files, double operationsPerSecond, int pairs) {
        this.cell = cell;
        this.files = files;
        this.operationsPerSecond = operationsPerSecond;
        this.pairs = pairs;
    }

    /** Measures; exits with an error where the cell does not come back. */
    public static void main(String... arguments) throws Exception {
        int files = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        double operationsPerSecond = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 400;
        int pairs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        Path directory = Files.createTempDirectory("million-files");
        // As it is run in earnest, not as the tests run it: with the whole compiler.
        try (CellProcesses cell = new CellProcesses(directory, "-XX:TieredStopAtLevel=4", "-Xmx4g")) {
            // None by itself: when one is taken is said here.
            cell.configure("checkpoint: {logBytes: 1099511627776, slots: 1000000000000}");
            new MillionFiles(cell, files, operationsPerSecond, pairs).run();
        }
        delete(directory);
    }

    private void run() throws Exception {
        cell.startAll();
        int leader = cell.awaitLeader(0);
        Whole.await(cell);
        load(cell.uri(leader, ""));
        Whole.await(cell);
        checkpoints(leader);
        restarts(leader);
        wipe(cell.awaitLeader(0));
    }

    private String path(int file) {
        return "/v1/files/ls/local/d" + file / FILES_IN_DIRECTORY + "/f" + file;
    }

    private void load(URI leader) throws Exception {
        long began = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(LOADERS, SteadyLoad::daemon);
        List<Future<?>> loaders = new ArrayList<>();
        AtomicLong next = new AtomicLong();
        for (int i = 0; i < LOADERS; i++) {
            loaders.add(threads.submit(() -> {
                loadFrom(leader, next);
                return null;
            }));
        }
        for (Future<?> loader : loaders) {
            loader.get();
        }
        threads.shutdown();
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "{\"step\":\"load\",\"files\":%d,\"seconds\":%.1f,\"writes_per_s\":%.0f}%n",
                files, seconds, files / seconds);
    }

    private void loadFrom(URI leader, AtomicLong next) throws IOException {
        Random random = new Random(next.hashCode());
        byte[] content = new byte[CONTENT_BYTES];
        try (WireConnection connection = new WireConnection(leader)) {
            for (long from = next.getAndAdd(AT_ONCE); from < files; from = next.getAndAdd(AT_ONCE)) {
                long to = Math.min(files, from + AT_ONCE);
                for (long file = from; file < to; file++) {
                    random.nextBytes(content);
                    connection.send("PUT", path((int) file) + "?parents=true", content);
                }
                connection.flush();
                List<Long> refused = new ArrayList<>();
                for (long file = from; file < to; file++) {
                    int status = connection.receive();
                    if (status == WireConnection.UNAVAILABLE) {
                        refused.add(file);
                    } else {
                        WireConnection.expectSuccess(status, path((int) file));
                    }
                }
                for (long file : refused) {
                    connection.exchange("PUT", path((int) file) + "?parents=true", content);
                }
            }
        }
    }

    /** Windows of the same steady load, with and without a checkpoint in them, in turn. */
    private void checkpoints(int leader) throws Exception {
        Windows windows = new Windows();
        List<Long> tookMs = new ArrayList<>();
        try (SteadyLoad load = new SteadyLoad(
                cell.uri(leader, ""),
                operationsPerSecond,
                random -> path(random.nextInt(files)),
                CONTENT_BYTES,
                windows)) {
            load.run(2 * QUIET_NANOS);
            // The first is not counted: its code has never run before.
            checkpoint(leader);
            for (int pair = 0; pair < pairs; pair++) {
                load.run(QUIET_NANOS / 2);
                windows.enter(Windows.Kind.QUIET);
                load.run(QUIET_NANOS);
                windows.enter(Windows.Kind.CHECKPOINT);
                tookMs.add(checkpoint(leader));
                windows.enter(Windows.Kind.NONE);
                load.run(0);
            }
            System.out.printf(
                    "{\"step\":\"checkpoint\",\"took_ms\":%s,\"bytes\":%d}%n", tookMs, newestCheckpointBytes(leader));
            print("operations", windows);
            print("event loop", load.eventLoop());
        }
    }

    private void print(String what, Windows windows) {
        System.out.printf(
                "{\"step\":\"latency\",\"of\":\"%s\",\"load_per_s\":%.0f,\"quiet\":%s,\"during_checkpoint\":%s,"
                        + "\"p99_ratio\":%.2f}%n",
                what,
                operationsPerSecond,
                windows.json(Windows.Kind.QUIET),
                windows.json(Windows.Kind.CHECKPOINT),
                windows.ratio(0.99));
    }

    /** Has one taken, and returns how long that took; the file is not fetched. */
    private long checkpoint(int replica) throws IOException {
        long began = System.nanoTime();
        try (WireConnection connection = new WireConnection(cell.uri(replica, ""))) {
            connection.send("GET", "/v1/cell/checkpoint?consistency=stale", NO_BODY);
            connection.flush();
            WireConnection.expectSuccess(connection.receiveStatusOnly(), "a checkpoint");
        }
        return (System.nanoTime() - began) / 1_000_000;
    }

    private long newestCheckpointBytes(int replica) throws IOException {
        try (Stream<Path> all = Files.list(cell.data(replica).resolve("checkpoints"))) {
            Path newest = all.filter(each -> each.getFileName().toString().matches("checkpoint-\\d+"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            return Files.size(newest);
        }
    }

    private void restarts(int leader) throws Exception {
        int follower = leader % CellProcesses.REPLICAS + 1;
        checkpoint(follower);
        for (String how : List.of("KILL", "TERM", "KILL")) {
            cell.signal(follower, how);
            cell.process(follower).waitFor();
            long readyMs = startUntilReady(follower);
            System.out.printf("{\"step\":\"restart\",\"after\":\"%s\",\"ready_ms\":%d}%n", how, readyMs);
        }
        Whole.await(cell);
    }

    private long startUntilReady(int replica) throws InterruptedException {
        long began = System.nanoTime();
        cell.start(replica);
        while (!isReady(replica)) {
            if (System.nanoTime() - began > WITHIN.toNanos()
                    || !cell.process(replica).isAlive()) {
                throw new AssertionError("replica " + replica + " does not become ready");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return (System.nanoTime() - began) / 1_000_000;
    }

    private boolean isReady(int replica) {
        try (WireConnection connection = new WireConnection(cell.uri(replica, ""))) {
            return connection.isAnswered("/health/ready");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** A replica comes back with an empty directory, while the load goes on. */
    private void wipe(int leader) throws Exception {
        int wiped = leader % CellProcesses.REPLICAS + 1;
        cell.kill(wiped);
        delete(cell.data(wiped));
        Windows windows = new Windows();
        try (SteadyLoad load = new SteadyLoad(
                cell.uri(leader, ""),
                operationsPerSecond,
                random -> path(random.nextInt(files)),
                CONTENT_BYTES,
                windows)) {
            load.run(QUIET_NANOS);
            windows.enter(Windows.Kind.QUIET);
            load.run(QUIET_NANOS);
            windows.enter(Windows.Kind.NONE);
            long began = System.nanoTime();
            long readyMs = startUntilReady(wiped);
            cell.awaitCell(seen -> hasVote(wiped), WITHIN);
            System.out.printf(
                    "{\"step\":\"wiped\",\"ready_ms\":%d,\"voter_ms\":%d,\"p99_before_ms\":%.2f,\"p99_meanwhile_ms\":%.2f}%n",
                    readyMs,
                    (System.nanoTime() - began) / 1_000_000,
                    windows.ms(Windows.Kind.QUIET, 0.99),
                    windows.ms(Windows.Kind.NONE, 0.99));
        }
        Whole.await(cell);
    }

    private boolean hasVote(int replica) {
        try {
            return Whole.hasVote(cell, replica);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
