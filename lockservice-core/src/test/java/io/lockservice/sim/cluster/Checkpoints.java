package io.lockservice.sim.cluster;

import io.lockservice.log.CheckpointName;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.CheckpointCodec;
import io.lockservice.replica.RecoveredCheckpoints;
import io.lockservice.wire.Hash64;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The checkpoints on one disk: written while the replica goes on, there once complete, two kept. A crash loses the one
 * that is being written. Their bytes are those of the production codec.
 */
public final class Checkpoints {
    private static final long SLOWEST_NANOS = 300_000_000;
    private static final int ONE_REFUSED_IN = 10;
    private static final int ONE_UNREADABLE_IN = 10;

    /** A complete one. */
    record File(CheckpointName name, List<Map.Entry<byte[], byte[]>> records) {}

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final List<File> files = new ArrayList<>();
    private long process;
    private int taken;

    Checkpoints(Scheduler scheduler, SplittableRandom random) {
        this.scheduler = scheduler;
        this.random = random;
    }

    /** What a new process finds. Now and then the newest cannot be read any more. */
    List<File> open() {
        if (!files.isEmpty() && random.nextInt(ONE_UNREADABLE_IN) == 0) {
            files.remove(files.size() - 1);
        }
        return List.copyOf(files);
    }

    /** The process is gone, and with it what it was writing. */
    void crash() {
        process++;
    }

    /** Writes {@code checkpoint}; {@code done} is told in the end, unless the process is gone by then. */
    void take(String cell, Checkpoint checkpoint, Consumer<CheckpointName> done, Runnable refused) {
        long writer = process;
        scheduler.after(random.nextLong(SLOWEST_NANOS), () -> {
            if (writer != process) {
                return;
            }
            if (random.nextInt(ONE_REFUSED_IN) == 0) {
                refused.run();
                return;
            }
            List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
            Hash64 hash = new Hash64();
            CheckpointCodec.write(cell, checkpoint, (key, value) -> {
                records.add(Map.entry(key, value));
                hash.add(key).add(value);
            });
            File file = new File(new CheckpointName(checkpoint.slot(), records.size(), hash.value()), records);
            files.add(file);
            taken++;
            while (files.size() > 2) {
                files.remove(0);
            }
            done.accept(file.name());
        });
    }

    /** How many were completed. */
    public int taken() {
        return taken;
    }

    /** What the production code makes of {@code files}. */
    static RecoveredCheckpoints read(List<File> files, String cell, int maxContentBytes) {
        if (files.isEmpty()) {
            return RecoveredCheckpoints.NONE;
        }
        File newest = files.get(files.size() - 1);
        return new RecoveredCheckpoints(
                files.stream().map(File::name).toList(),
                CheckpointCodec.read(cell, maxContentBytes, newest.records().iterator()));
    }
}
