package io.lockservice.server.backup;

import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.driver.ReplicaPort;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Backups that a cell writes by itself: one of each period, by the replica that leads when it is due. When that is follows
 * from the newest file in the directory, so neither a restart nor, where the replicas share the directory, another leader
 * makes it earlier. What goes wrong is said in the log and tried again, and never harms the replica.
 *
 * <p>Threading: everything happens on a thread of its own, for a network disk may hang for ever; {@link #status} may be read
 * by any.
 */
public final class ScheduledBackups implements AutoCloseable {
    private static final long FIRST_RETRY_MS = 60_000;
    private static final long MOST_LOOK_MS = 10_000;
    private static final long LEAST_LOOK_MS = 10;

    private static final Logger LOG = System.getLogger(ScheduledBackups.class.getName());

    private final CellConfig.Backup settings;
    private final int replicaId;
    private final ReplicaPort replica;
    private final Clocks clocks;
    private final @Nullable BackupDirectory directory;
    private final String name;
    private @Nullable ScheduledThreadPoolExecutor thread;
    private @Nullable Future<?> looks;
    private volatile boolean stopping;
    private volatile BackupStatus status = BackupStatus.NONE;
    /** Asked for, and not answered yet. */
    private boolean underWay;

    private boolean resting;
    private long restsUntilNanos;

    /**
     * Backups that rest until {@link #start}.
     *
     * @param replica gives the checkpoints
     */
    public ScheduledBackups(CellConfig.Backup settings, String cell, int replicaId, ReplicaPort replica) {
        this(
                settings,
                "backup-" + cell + "-" + replicaId,
                replicaId,
                replica,
                settings.directory() == null ? null : new BackupDirectory(settings.directory(), cell, replicaId),
                new Clocks(System::currentTimeMillis, System::nanoTime));
    }

    /** Wall clock in milliseconds since 1970, and a monotonic clock in nanoseconds. */
    record Clocks(LongSupplier unixMs, LongSupplier nanos) {}

    /** With a directory and clocks of one's own. */
    ScheduledBackups(
            CellConfig.Backup settings,
            String name,
            int replicaId,
            ReplicaPort replica,
            @Nullable BackupDirectory directory,
            Clocks clocks) {
        this.settings = settings;
        this.name = name;
        this.replicaId = replicaId;
        this.replica = replica;
        this.directory = directory;
        this.clocks = clocks;
    }

    /** Begins to look whether a backup is due; nothing where the configuration names no directory. Once. */
    public void start() {
        BackupDirectory target = directory;
        if (target == null) {
            return;
        }
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread made = new Thread(task, name);
                    made.setDaemon(true);
                    return made;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        thread = one;
        long lookMs = Math.max(LEAST_LOOK_MS, Math.min(MOST_LOOK_MS, settings.everyMs() / 10));
        looks = one.scheduleWithFixedDelay(() -> look(target, one), lookMs, lookMs, TimeUnit.MILLISECONDS);
    }

    /** How it goes. */
    public BackupStatus status() {
        return status;
    }

    /** Looks whether a backup is due; what is then to be done goes to {@code one}. */
    void look(BackupDirectory target, Executor one) {
        ReplicaStatus now = replica.status();
        boolean leads = now.ready() && now.leader() == replicaId;
        if (!leads || underWay || (resting && clocks.nanos().getAsLong() - restsUntilNanos < 0)) {
            return;
        }
        try {
            if (isDue(target)) {
                underWay = true;
                replica.checkpoint(now.revision(), stored -> one.execute(() -> write(target, stored)));
            }
        } catch (IOException | RuntimeException failed) {
            failed(failed);
        }
    }

    /** One that seems to come from far in the future comes from a clock that was wrong, and holds up nothing. */
    private boolean isDue(BackupDirectory target) throws IOException {
        List<BackupDirectory.Backup> all = target.all();
        if (all.isEmpty()) {
            return true;
        }
        long takenMs = all.get(all.size() - 1).takenAt().toEpochMilli();
        status = status.found(takenMs);
        long ageMs = clocks.unixMs().getAsLong() - takenMs;
        return ageMs >= settings.everyMs() || ageMs < -settings.everyMs();
    }

    private void write(BackupDirectory target, CheckpointPort.@Nullable Stored stored) {
        underWay = false;
        try {
            if (stored == null) {
                throw new IOException("no checkpoint could be written; the lines above say why");
            }
            long nowMs = clocks.unixMs().getAsLong();
            Path file = target.add(stored, Instant.ofEpochMilli(nowMs), () -> stopping);
            status = status.succeeded(nowMs);
            LOG.log(Level.INFO, "{0}: revision {1} is backed up in {2}", name, Long.toString(stored.revision()), file);
            // Whatever the clock says: not twice in a period.
            rest(settings.everyMs() / 2);
            target.keepNewest(settings.keep());
        } catch (IOException | RuntimeException failed) {
            failed(failed);
        }
    }

    private void failed(Exception cause) {
        if (stopping) {
            return;
        }
        status = status.failed(String.valueOf(cause.getMessage()));
        long retryMs = Math.min(settings.everyMs(), FIRST_RETRY_MS << Math.min(10, status.failures() - 1));
        rest(retryMs);
        LOG.log(
                Level.WARNING,
                "{0}: no backup could be written, the replica goes on and tries again in {1} s: {2}",
                name,
                retryMs / 1_000,
                cause instanceof FileSystemException ? cause.toString() : cause.getMessage());
    }

    private void rest(long forMs) {
        resting = true;
        restsUntilNanos = clocks.nanos().getAsLong() + TimeUnit.MILLISECONDS.toNanos(forMs);
    }

    /** Ends a backup that is being written, unless its disk hangs: then what is left of it is deleted before the next. */
    @Override
    public void close() {
        stopping = true;
        ScheduledThreadPoolExecutor one = thread;
        if (one == null || looks == null) {
            return;
        }
        looks.cancel(true);
        one.shutdownNow();
        try {
            one.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }
}
