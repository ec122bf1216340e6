package io.lockservice.server.storage.checkpoint;

import io.lockservice.log.CheckpointName;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.RestoredCheckpoint;
import io.lockservice.server.driver.CheckpointPort;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints on a thread of its own, and keeps the two newest.
 *
 * <p>Threading: any; what is asked never blocks, and is answered through the executor that was given. {@link #close} waits
 * for the file that is being written.
 */
public final class CheckpointWriter implements CheckpointPort, AutoCloseable {
    /** Should the newest turn out to be damaged, there is the one before. */
    private static final int KEPT = 2;

    private static final Logger LOG = System.getLogger(CheckpointWriter.class.getName());

    private final CheckpointStore store;
    private final String name;
    private final Executor callbacks;
    private final ThreadPoolExecutor thread;
    private volatile @Nullable Stored newest;

    /**
     * A writer over {@code store}, which nobody else uses from now on.
     *
     * @param name of the thread, and for the log
     * @param recovered what {@link CheckpointStore#recover} found
     * @param callbacks runs what is called back, in order; the driver's event loop
     */
    public CheckpointWriter(
            CheckpointStore store, String name, CheckpointStore.Recovered recovered, Executor callbacks) {
        this.store = store;
        this.name = name;
        this.callbacks = callbacks;
        RestoredCheckpoint restored = recovered.newest();
        newest = restored == null
                ? null
                : stored(
                        recovered.kept().get(recovered.kept().size() - 1),
                        restored.state().revision(),
                        restored.state().epoch());
        thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    private Stored stored(CheckpointName checkpoint, long revision, long epoch) {
        return new Stored(checkpoint, store.fileOf(checkpoint), revision, epoch);
    }

    @Override
    public @Nullable Stored newest() {
        return newest;
    }

    @Override
    public void take(Checkpoint checkpoint, Consumer<Stored> taken, BiConsumer<Long, String> refused) {
        thread.execute(() -> {
            long start = System.nanoTime();
            try {
                Stored stored = stored(
                        store.take(checkpoint),
                        checkpoint.state().revision(),
                        checkpoint.state().epoch());
                newest = stored;
                callbacks.execute(() -> taken.accept(stored));
                LOG.log(
                        Level.DEBUG,
                        "{0}: {1} bytes at slot {2} in {3} ms",
                        name,
                        stored.name().lengthBytes(),
                        stored.name().slot(),
                        (System.nanoTime() - start) / 1_000_000);
            } catch (IOException | RuntimeException | Error failed) {
                LOG.log(
                        Level.WARNING,
                        "{0}: no checkpoint could be written at slot {1}, the older ones stay and it is tried again: {2}",
                        name,
                        checkpoint.slot(),
                        failed.getMessage());
                callbacks.execute(() -> refused.accept(checkpoint.slot(), String.valueOf(failed.getMessage())));
                return;
            }
            deleteOlder();
        });
    }

    /** That an old one stays is no harm to the new one. */
    private void deleteOlder() {
        try {
            store.keepNewest(KEPT);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "{0}: an old checkpoint could not be deleted: {1}", name, failed);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                thread.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
