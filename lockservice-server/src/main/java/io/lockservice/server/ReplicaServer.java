package io.lockservice.server;

import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.replica.Message;
import io.lockservice.replica.RecoveredCheckpoints;
import io.lockservice.replica.Replica;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.backup.BackupStatus;
import io.lockservice.server.backup.ScheduledBackups;
import io.lockservice.server.bus.ReplicaBus;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.driver.LogStore;
import io.lockservice.server.driver.PeerLink;
import io.lockservice.server.driver.ReplicaDriver;
import io.lockservice.server.http.HttpDoor;
import io.lockservice.server.http.HttpSettings;
import io.lockservice.server.storage.DataDirectory;
import io.lockservice.server.storage.JournalWriter;
import io.lockservice.server.storage.checkpoint.CheckpointStore;
import io.lockservice.server.storage.checkpoint.CheckpointWriter;
import io.lockservice.server.storage.journal.JournalSettings;
import io.lockservice.server.storage.journal.SegmentedJournal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One replica of a cell with everything around it: data directory, journal, bus, driver, HTTP door.
 *
 * <p>Threading: {@link #start} blocks for as long as opening the data directory takes and must not be called on an event
 * loop; everything else may be called by any thread.
 */
public final class ReplicaServer {
    private static final Logger LOG = System.getLogger(ReplicaServer.class.getName());

    /** After handing leadership over, so long for calls under way to be answered by the new leader. */
    private static final long DRAIN_MS = 400;

    private final CellConfig.Member member;
    private final DataDirectory directory;
    private final ReplicaBus bus;
    private final JournalWriter writer;
    private final CheckpointWriter checkpoints;
    private final ReplicaDriver driver;
    private final ScheduledBackups backups;
    private final HttpDoor door;
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** Without a context: the one everything ran on ends with the bus. */
    private final Promise<Void> stopped = Promise.promise();

    private ReplicaServer(
            CellConfig.Member member, DataDirectory directory, ReplicaBus bus, Running running, HttpDoor door) {
        this.member = member;
        this.directory = directory;
        this.bus = bus;
        this.writer = running.writer();
        this.checkpoints = running.checkpoints();
        this.driver = running.driver();
        this.backups = running.backups();
        this.door = door;
    }

    private record Running(
            JournalWriter writer, CheckpointWriter checkpoints, ReplicaDriver driver, ScheduledBackups backups) {}

    /**
     * Starts a replica; the future succeeds once its HTTP door is open.
     *
     * @param data its data directory, made where it does not exist
     * @param onFailure told once when a running replica had to stop: a failed disk, a broken invariant
     * @throws RuntimeException with a plain message where the data directory cannot be used
     */
    public static Future<ReplicaServer> start(
            CellConfig config, int replicaId, Path data, Consumer<Throwable> onFailure) {
        return start(config, replicaId, false, data, onFailure);
    }

    /** As the other; one that {@code joins} is in the file but not in the cell: it learns until the cell gives it a vote. */
    public static Future<ReplicaServer> start(
            CellConfig config, int replicaId, boolean joins, Path data, Consumer<Throwable> onFailure) {
        CellConfig.Member member = config.member(replicaId)
                .orElseThrow(() -> new IllegalArgumentException("no replica " + replicaId + " in this cell"));
        DataDirectory directory = DataDirectory.open(data, config.cell(), replicaId);
        // A promise without a context: after a failure the event loop ends, and what is bound to it is never completed.
        Promise<ReplicaServer> started = Promise.promise();
        ReplicaBus.open(config, replicaId, directory.incarnation())
                .onSuccess(bus -> run(config, member, joins, directory, bus, onFailure)
                        .onSuccess(started::complete)
                        .onFailure(cause -> bus.close().onComplete(closed -> refuse(directory, cause, started))))
                .onFailure(cause -> refuse(directory, cause, started));
        return started.future();
    }

    private static void refuse(DataDirectory directory, Throwable cause, Promise<ReplicaServer> started) {
        directory.close();
        started.fail(cause);
    }

    private static Future<ReplicaServer> run(
            CellConfig config,
            CellConfig.Member member,
            boolean joins,
            DataDirectory directory,
            ReplicaBus bus,
            Consumer<Throwable> onFailure) {
        Context context = bus.context();
        // Replaying a long journal takes a while: not on the event loop, which already answers the bus.
        Callable<Running> recover = () -> recover(config, member, joins, directory, bus, onFailure);
        return bus.vertx().executeBlocking(recover).compose(running -> {
            Promise<ReplicaServer> started = Promise.promise();
            context.runOnContext(onLoop -> {
                bus.receiver((from, messages) -> running.driver().received(from, messages));
                running.driver().start(config.clock().tickMs());
                new HttpDoor(httpSettings(config, member, running.driver()), running.driver())
                        .start(bus.vertx())
                        .map(door -> new ReplicaServer(member, directory, bus, running, door))
                        .onSuccess(server -> running.backups().start())
                        .onFailure(cause -> {
                            running.driver().stop();
                            running.checkpoints().close();
                            running.writer().close();
                        })
                        .onComplete(started);
            });
            return started.future();
        });
    }

    private static Running recover(
            CellConfig config,
            CellConfig.Member member,
            boolean joins,
            DataDirectory directory,
            ReplicaBus bus,
            Consumer<Throwable> onFailure)
            throws IOException {
        CheckpointStore store = directory.openCheckpoints(config.files().maxContentBytes());
        CheckpointStore.Recovered recovered = store.recover();
        recovered
                .damaged()
                .forEach(each -> LOG.log(
                        Level.WARNING,
                        "replica {0}: a checkpoint is damaged and was set aside; what was in it is taken from an older"
                                + " one, the journal and the other replicas: {1}",
                        member.id(),
                        each));
        SegmentedJournal journal = directory.openJournal(journalSettings(config));
        journal.expectKnown(recovered.newest() == null ? 0 : recovered.newest().slot());
        Replica replica = new Replica(
                config.replicaSettings(member.id(), joins, directory.incarnation(), new SecureRandom().nextLong()),
                new RecoveredCheckpoints(recovered.kept(), recovered.newest()),
                journal::replay,
                System.nanoTime());
        journal.tornWrite()
                .ifPresent(torn -> LOG.log(
                        Level.INFO,
                        "replica {0}: the last write before the stop was not finished and not acknowledged; cut {1}",
                        member.id(),
                        torn));
        Context context = bus.context();
        Link link = new Link(bus);
        CheckpointWriter checkpoints = new CheckpointWriter(
                store,
                "checkpoints-" + config.cell() + "-" + member.id(),
                recovered,
                task -> context.runOnContext(onLoop -> task.run()));
        ReplicaDriver driver = new ReplicaDriver(
                bus.vertx(), context, replica, new ReplicaDriver.Parts(link, link, checkpoints), onFailure);
        JournalWriter writer = new JournalWriter(
                journal,
                "journal-" + config.cell() + "-" + member.id(),
                task -> context.runOnContext(onLoop -> task.run()),
                new JournalWriter.Listener() {
                    @Override
                    public void durable(long sequence) {
                        driver.durable(sequence);
                    }

                    @Override
                    public void failed(Throwable cause) {
                        driver.fail(cause);
                    }
                });
        link.writer = writer;
        ScheduledBackups backups = new ScheduledBackups(config.backup(), config.cell(), member.id(), driver);
        return new Running(writer, checkpoints, driver, backups);
    }

    private static JournalSettings journalSettings(CellConfig config) {
        JournalSettings usual = JournalSettings.DEFAULT;
        int segmentBytes = Math.toIntExact(config.journal().segmentBytes());
        return new JournalSettings(Math.min(segmentBytes, usual.firstSegmentBytes()), segmentBytes, usual.batchBytes());
    }

    private static HttpSettings httpSettings(CellConfig config, CellConfig.Member member, ReplicaDriver driver) {
        HttpSettings.Limits usual = HttpSettings.Limits.DEFAULT;
        return new HttpSettings(
                config.cell(),
                member.id(),
                Main.version(),
                member.listen(),
                member.http(),
                id -> driver.configuration()
                        .member(id)
                        .map(each -> new HttpSettings.Member(each.id(), each.host(), each.http())),
                new HttpSettings.Limits(
                        config.http().maxBodyBytes(),
                        config.files().maxContentBytes(),
                        config.http().maxConnections(),
                        usual.bodyTimeoutMs(),
                        usual.idleTimeoutMs()));
    }

    /** Where clients reach it. */
    public String url() {
        return "http://" + member.host() + ":" + door.actualPort();
    }

    /** The replica's id. */
    public int id() {
        return member.id();
    }

    /** How the replica is. */
    public ReplicaStatus status() {
        return driver.status();
    }

    /** How the backups go that the cell writes by itself. */
    public BackupStatus backups() {
        return backups.status();
    }

    /** Hands leadership over, lets calls under way be answered, and closes everything. Once; a repeat joins the first. */
    public Future<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            handOverAndClose().onComplete(stopped);
        }
        return stopped.future();
    }

    private Future<Void> handOverAndClose() {
        Vertx vertx = bus.vertx();
        Promise<Void> drained = Promise.promise();
        bus.context().runOnContext(onLoop -> {
            driver.resign();
            vertx.setTimer(DRAIN_MS, late -> {
                driver.stop();
                drained.complete();
            });
        });
        return drained.future().compose(nothingOpen -> close());
    }

    private Future<Void> close() {
        Callable<Void> closeStorage = () -> {
            backups.close();
            checkpoints.close();
            writer.close();
            directory.close();
            return null;
        };
        // A promise without a context: the one everything ran on ends with the bus.
        Promise<Void> closed = Promise.promise();
        door.close()
                .onComplete(doorClosed -> bus.vertx()
                        .executeBlocking(closeStorage)
                        .onComplete(storageClosed -> bus.close().onComplete(closed)));
        return closed.future();
    }

    /** Joins the driver to storage and bus, which need each other. */
    private static final class Link implements LogStore, PeerLink {
        private final ReplicaBus bus;
        private volatile @Nullable JournalWriter writer;

        Link(ReplicaBus bus) {
            this.bus = bus;
        }

        @Override
        public void submit(List<LogRecord> records, long upToSequence) {
            writer().submit(records, upToSequence);
        }

        @Override
        public void read(long fromSlot, int maxBytes, Consumer<List<LogEntry>> answer) {
            writer().read(fromSlot, maxBytes, answer);
        }

        @Override
        public void drop(long slot) {
            writer().drop(slot);
        }

        @Override
        public void send(int to, Message message) {
            bus.send(to, message);
        }

        @Override
        public void members(Configuration configuration) {
            bus.members(configuration);
        }

        @Override
        public void flush() {
            bus.flush();
        }

        private JournalWriter writer() {
            JournalWriter present = writer;
            if (present == null) {
                throw new IllegalStateException("the driver starts after its storage");
            }
            return present;
        }
    }
}
