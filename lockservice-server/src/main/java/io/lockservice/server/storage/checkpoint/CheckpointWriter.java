package io.lockservice.server.storage.checkpoint;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
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
    private final ThreadPoolExecutor reads;
    private final ChunkReader chunks;
    private volatile @Nullable Stored newest;
    private volatile Pace pace = new Pace();

    /** Counted on the writing thread alone. */
    private volatile CheckpointCounters done = new CheckpointCounters(0, 0, 0, -1, 0, 0);

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
        newest = recovered.newest() == null
                ? null
                : stored(recovered.kept().get(recovered.kept().size() - 1), recovered.revision(), recovered.epoch());
        thread = thread(name);
        reads = thread(name + "-read");
        chunks = new ChunkReader(store::fileOf);
    }

    private static ThreadPoolExecutor thread(String name) {
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread made = new Thread(task, name);
                    made.setDaemon(true);
                    return made;
                });
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    private Stored stored(CheckpointName checkpoint, long revision, long epoch) {
        return new Stored(checkpoint, store.fileOf(checkpoint), revision, epoch);
    }

    @Override
    public @Nullable Stored newest() {
        return newest;
    }

    /** What it has done so far. Any thread. */
    public CheckpointCounters counters() {
        CheckpointCounters so = done;
        Stored last = newest;
        return new CheckpointCounters(
                so.taken(),
                so.refused(),
                so.fetched(),
                so.lastNanos(),
                last == null ? 0 : last.slot(),
                last == null ? 0 : last.name().lengthBytes());
    }

    private void count(long taken, long refused, long fetched, long lastNanos) {
        CheckpointCounters so = done;
        done = new CheckpointCounters(
                so.taken() + taken, so.refused() + refused, so.fetched() + fetched, lastNanos, 0, 0);
    }

    @Override
    public void take(Checkpoint checkpoint, Consumer<Stored> taken, BiConsumer<Long, String> refused) {
        Pace atEase = new Pace();
        pace = atEase;
        thread.execute(() -> {
            long start = System.nanoTime();
            try {
                Stored stored = stored(
                        store.take(checkpoint, atEase),
                        checkpoint.state().revision(),
                        checkpoint.state().epoch());
                Stored before = newest;
                newest = before == null || before.slot() < stored.slot() ? stored : before;
                long nanos = System.nanoTime() - start;
                count(1, 0, 0, nanos);
                callbacks.execute(() -> taken.accept(stored));
                LOG.log(
                        Level.DEBUG,
                        "{0}: {1} bytes at slot {2} in {3} ms",
                        name,
                        stored.name().lengthBytes(),
                        stored.name().slot(),
                        nanos / 1_000_000);
            } catch (IOException | RuntimeException | Error failed) {
                count(0, 1, 0, done.lastNanos());
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

    @Override
    public void hurry() {
        pace.hurry();
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
    public void read(CheckpointName wanted, long offset, int maxBytes, Consumer<Chunk> answer) {
        reads.execute(() -> {
            Chunk chunk;
            try {
                chunk = chunks.read(wanted, offset, maxBytes, System.nanoTime());
            } catch (IOException | RuntimeException failed) {
                LOG.log(Level.WARNING, "{0}: a lagging peer cannot be given {1}: {2}", name, wanted, failed);
                chunk = new Chunk(wanted, offset, new byte[0]);
            }
            Chunk found = chunk;
            callbacks.execute(() -> answer.accept(found));
        });
    }

    @Override
    public void resume(CheckpointName wanted, Incoming told) {
        incoming(wanted, told, () -> {
            long endOffset = store.incoming().resume(wanted);
            callbacks.execute(() -> told.stored(wanted, endOffset));
        });
    }

    @Override
    public void store(Chunk chunk, Incoming told) {
        incoming(chunk.name(), told, () -> {
            long endOffset = store.incoming().store(chunk);
            callbacks.execute(() -> told.stored(chunk.name(), endOffset));
        });
    }

    @Override
    public void install(CheckpointName wanted, Incoming told) {
        incoming(wanted, told, () -> {
            RestoredCheckpoint restored = store.install(wanted);
            Stored stored =
                    stored(wanted, restored.state().revision(), restored.state().epoch());
            Stored before = newest;
            newest = before == null || before.slot() < stored.slot() ? stored : before;
            count(0, 0, 1, done.lastNanos());
            callbacks.execute(() -> told.installed(wanted, restored));
            deleteOlder();
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private void incoming(CheckpointName wanted, Incoming told, Work work) {
        // It has to wait for the same thread.
        hurry();
        thread.execute(() -> {
            try {
                work.run();
            } catch (IOException | RuntimeException | Error failed) {
                callbacks.execute(() -> told.failed(wanted, String.valueOf(failed.getMessage())));
            }
        });
    }

    @Override
    public void close() {
        hurry();
        reads.execute(() -> {
            try {
                chunks.close();
            } catch (IOException harmless) {
                LOG.log(Level.DEBUG, "a file that was read could not be closed", harmless);
            }
        });
        reads.shutdown();
        thread.shutdown();
        boolean interrupted = false;
        while (!thread.isTerminated() || !reads.isTerminated()) {
            try {
                thread.awaitTermination(1, TimeUnit.MINUTES);
                reads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
