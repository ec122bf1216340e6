package io.lockservice.server.disk;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.log.Configuration;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.Journal;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.Member;
import io.lockservice.paxos.PaxosSettings;
import io.lockservice.replica.CheckpointSettings;
import io.lockservice.replica.Message;
import io.lockservice.replica.RecoveredCheckpoints;
import io.lockservice.replica.Replica;
import io.lockservice.replica.ReplicaSettings;
import io.lockservice.server.driver.LogStore;
import io.lockservice.server.driver.PeerLink;
import io.lockservice.server.driver.ReplicaDriver;
import io.lockservice.server.storage.JournalWriter;
import io.lockservice.server.storage.checkpoint.CheckpointStore;
import io.lockservice.server.storage.checkpoint.CheckpointWriter;
import io.lockservice.server.storage.journal.JournalSettings;
import io.lockservice.server.storage.journal.SegmentedJournal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A cell on one event loop; only the network between the replicas is left out. */
final class LoopCell implements AutoCloseable {
    static final String NAME = "test";
    private static final long TICK_MS = 10;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final Map<Integer, ReplicaDriver> drivers = new TreeMap<>();
    private final ConcurrentLinkedQueue<Runnable> storage = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** How the disks are used. */
    record Sizes(JournalSettings journal, CheckpointSettings checkpoints) {}

    /** Replicas 1 to {@code count}, each in a directory of its own; {@code disk} stands between them and their journals. */
    LoopCell(Path directory, int count, Sizes sizes, UnaryOperator<Journal> disk) throws IOException {
        Configuration all = new Configuration(IntStream.rangeClosed(1, count)
                .mapToObj(id -> new Member(id, id, true, "localhost", 1, 1))
                .toList());
        for (int id = 1; id <= count; id++) {
            drivers.put(id, driver(directory.resolve("data-" + id), id, all, sizes, disk));
        }
        drivers.values().forEach(driver -> driver.start(TICK_MS));
    }

    private ReplicaDriver driver(Path data, int id, Configuration all, Sizes sizes, UnaryOperator<Journal> disk)
            throws IOException {
        Executor onLoop = task -> context.runOnContext(loop -> task.run());
        CheckpointStore store =
                CheckpointStore.open(Files.createDirectories(data).resolve("checkpoints"), NAME, 1 << 20);
        CheckpointWriter checkpoints = new CheckpointWriter(store, "checkpoints-" + id, store.recover(), onLoop);
        SegmentedJournal files = SegmentedJournal.openIn(
                Files.createDirectories(data.resolve("journal")),
                id,
                false,
                sizes.journal(),
                task -> new Thread(task).start());
        files.makeReserve();
        Journal journal = disk.apply(files);
        ReplicaSettings settings = new ReplicaSettings(
                NAME,
                id,
                1,
                id,
                all,
                PaxosSettings.DEFAULT,
                id,
                TICK_MS,
                1 << 20,
                10_000,
                600_000,
                sizes.checkpoints(),
                10_000);
        Replica replica = new Replica(settings, RecoveredCheckpoints.NONE, journal::replay, System.nanoTime());
        Links links = new Links(id);
        ReplicaDriver driver = new ReplicaDriver(
                vertx, context, replica, new ReplicaDriver.Parts(links, links, checkpoints), failures::add);
        JournalWriter writer = new JournalWriter(journal, "journal-" + id, onLoop, new JournalWriter.Listener() {
            @Override
            public void durable(long sequence) {
                driver.durable(sequence);
            }

            @Override
            public void failed(Throwable cause) {
                driver.fail(cause);
            }
        });
        links.writer.complete(writer);
        storage.add(checkpoints::close);
        storage.add(writer::close);
        return driver;
    }

    /** Calls replica {@code id}. */
    CompletableFuture<Answer> call(int id, ClientCall call) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        driver(id).call(call, 5_000, -1, answer::complete);
        return answer;
    }

    ReplicaDriver driver(int id) {
        return java.util.Objects.requireNonNull(drivers.get(id));
    }

    /** Tells a replica that its disk has more room or less. */
    void tellRoom(int id, DiskRoom room) {
        context.runOnContext(onLoop -> driver(id).diskRoom(room));
    }

    /** The replica that leads and serves; 0 for none. */
    int leader() {
        return drivers.entrySet().stream()
                .filter(each -> each.getValue().status().role().equals("leader")
                        && each.getValue().status().ready())
                .mapToInt(Map.Entry::getKey)
                .findFirst()
                .orElse(0);
    }

    /** Waits for what other threads bring about. */
    static void await(String what, BooleanSupplier isSo) {
        long endNanos = System.nanoTime() + 60_000_000_000L;
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("not within a minute: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        context.runOnContext(onLoop -> {
            drivers.values().forEach(ReplicaDriver::stop);
            stopped.complete(null);
        });
        stopped.orTimeout(10, TimeUnit.SECONDS).join();
        storage.forEach(Runnable::run);
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    /** What a driver asks of its journal and of its peers. */
    private final class Links implements LogStore, PeerLink {
        private final int id;
        private final CompletableFuture<JournalWriter> writer = new CompletableFuture<>();

        Links(int id) {
            this.id = id;
        }

        @Override
        public void submit(List<LogRecord> records, long upToSequence) {
            writer.join().submit(records, upToSequence);
        }

        @Override
        public void read(long fromSlot, int maxBytes, Consumer<List<LogEntry>> answer) {
            writer.join().read(fromSlot, maxBytes, answer);
        }

        @Override
        public void drop(long slot) {
            writer.join().drop(slot);
        }

        @Override
        public void send(int to, Message message) {
            context.runOnContext(onLoop -> driver(to).received(id, id, List.of(message)));
        }

        @Override
        public void members(Configuration configuration) {}

        @Override
        public void flush() {}
    }
}
