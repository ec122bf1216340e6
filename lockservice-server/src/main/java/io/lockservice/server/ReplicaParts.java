package io.lockservice.server;

import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.replica.Message;
import io.lockservice.replica.RecoveredCheckpoints;
import io.lockservice.replica.Replica;
import io.lockservice.server.backup.ScheduledBackups;
import io.lockservice.server.bus.ReplicaBus;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.driver.LogStore;
import io.lockservice.server.driver.PeerLink;
import io.lockservice.server.driver.ReplicaDistrusted;
import io.lockservice.server.driver.ReplicaDriver;
import io.lockservice.server.metrics.ReplicaMetrics;
import io.lockservice.server.metrics.Sources;
import io.lockservice.server.storage.DataDirectory;
import io.lockservice.server.storage.DiskLimits;
import io.lockservice.server.storage.DiskWatch;
import io.lockservice.server.storage.JournalWriter;
import io.lockservice.server.storage.ReplicaDisk;
import io.lockservice.server.storage.checkpoint.CheckpointStore;
import io.lockservice.server.storage.checkpoint.CheckpointWriter;
import io.lockservice.server.storage.journal.JournalSettings;
import io.lockservice.server.storage.journal.SegmentedJournal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a replica consists of between its data directory and its doors, wired together.
 *
 * <p>Threading: made and closed by one thread that may block; the parts have rules of their own.
 */
record ReplicaParts(
        JournalWriter writer,
        CheckpointWriter checkpoints,
        DiskWatch watch,
        ReplicaDriver driver,
        ReplicaMetrics metrics,
        ScheduledBackups backups) {
    private static final Logger LOG = System.getLogger(ReplicaServer.class.getName());

    /** Opens everything on the data directory, which blocks; what is damaged beyond repair is told by the exception. */
    static ReplicaParts recover(
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
                config.replicaSettings(
                        member.id(),
                        // Who was in a cell founds no other.
                        joins || !directory.setAside().isEmpty(),
                        directory.incarnation(),
                        directory.dataIncarnation(),
                        new SecureRandom().nextLong()),
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
                bus.vertx(),
                context,
                replica,
                new ReplicaDriver.Parts(link, link, checkpoints),
                cause -> failed(cause, bus.vertx(), directory, onFailure));
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
        DiskWatch watch = new DiskWatch(
                "replica " + member.id(),
                new DiskLimits(config.disk().lowBytes(), config.disk().reserveBytes()),
                new ReplicaDisk(directory.path(), journal, checkpoints),
                task -> context.runOnContext(onLoop -> task.run()),
                driver::diskRoom);
        Sources sources = new Sources(driver::status, writer::counters, checkpoints::counters, bus::status);
        ReplicaMetrics metrics = new ReplicaMetrics(config.cell(), member.id(), directory.path(), sources);
        return new ReplicaParts(writer, checkpoints, watch, driver, metrics, backups);
    }

    /** Whoever is told may stop the process at once: what the next start must know is on disk before. */
    private static void failed(Throwable cause, Vertx vertx, DataDirectory directory, Consumer<Throwable> onFailure) {
        if (!(cause instanceof ReplicaDistrusted)) {
            onFailure.accept(cause);
            return;
        }
        Callable<Void> distrust = () -> {
            directory.distrust(String.valueOf(cause.getMessage()));
            return null;
        };
        vertx.executeBlocking(distrust)
                .onFailure(unwritten -> LOG.log(
                        Level.ERROR,
                        "it could not be written down that " + directory.path()
                                + " is not to be used again: move it away before this replica is started",
                        unwritten))
                .onComplete(done -> onFailure.accept(cause));
    }

    private static JournalSettings journalSettings(CellConfig config) {
        JournalSettings usual = JournalSettings.DEFAULT;
        int segmentBytes = Math.toIntExact(config.journal().segmentBytes());
        return new JournalSettings(
                Math.min(segmentBytes, usual.firstSegmentBytes()),
                segmentBytes,
                config.disk().reserveBytes(),
                usual.batchBytes());
    }

    /** Closes all that works on the data directory. */
    void closeStorage() {
        backups.close();
        metrics.close();
        watch.close();
        checkpoints.close();
        writer.close();
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
