package io.lockservice.sim.cluster;

import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.CheckpointCodec;
import io.lockservice.replica.RecoveredCheckpoints;
import io.lockservice.replica.RestoredCheckpoint;
import io.lockservice.sim.invariant.Violation;
import io.lockservice.wire.Hash64;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints on one disk: written while the replica goes on, there once complete, two kept. A crash loses the one
 * that is being written, and of one that is being fetched all but an arbitrary beginning. What is in them is that of the
 * production codec.
 */
public final class Checkpoints {
    private static final long SLOWEST_NANOS = 300_000_000;
    private static final long SLOWEST_CHUNK_NANOS = 2_000_000;
    private static final int ONE_REFUSED_IN = 10;
    private static final int ONE_UNREADABLE_IN = 10;
    private static final int ONE_OF_A_PEER_UNREADABLE_IN = 2;
    private static final int ONE_CHUNK_FAILS_IN = 500;

    /** A complete one. */
    record File(Chunk whole) {
        CheckpointName name() {
            return whole.name();
        }

        byte[] bytes() {
            return whole.bytes();
        }
    }

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final BooleanSupplier isFull;
    private final List<File> files = new ArrayList<>();
    private @Nullable CheckpointName fetching;
    private byte[] fetched = {};
    private long installedSlot;
    private long process;
    private int taken;

    Checkpoints(Scheduler scheduler, SplittableRandom random, BooleanSupplier isFull) {
        this.scheduler = scheduler;
        this.random = random;
        this.isFull = isFull;
    }

    /** What a new process finds. Now and then the newest of two cannot be read any more. */
    List<File> open() {
        boolean isAPeers =
                !files.isEmpty() && files.get(files.size() - 1).name().slot() == installedSlot;
        if (files.size() > 1 && random.nextInt(isAPeers ? ONE_OF_A_PEER_UNREADABLE_IN : ONE_UNREADABLE_IN) == 0) {
            files.remove(files.size() - 1);
        }
        return List.copyOf(files);
    }

    /** The process is gone, and with it what it was writing. */
    void crash() {
        process++;
        fetched = Arrays.copyOf(fetched, fetched.length == 0 ? 0 : random.nextInt(fetched.length + 1));
    }

    /** Loses everything. */
    void wipe() {
        files.clear();
        fetching = null;
        fetched = new byte[0];
        installedSlot = 0;
    }

    /** Writes {@code checkpoint}; {@code done} is told in the end, unless the process is gone by then. */
    void take(String cell, Checkpoint checkpoint, Consumer<CheckpointName> done, Runnable refused) {
        later(SLOWEST_NANOS, () -> {
            if (random.nextInt(ONE_REFUSED_IN) == 0 || isFull.getAsBoolean()) {
                refused.run();
                return;
            }
            WireWriter out = new WireWriter(1 << 10);
            CheckpointCodec.write(
                    cell, checkpoint, (key, value) -> out.bytes(key).bytes(value));
            byte[] bytes = out.toBytes();
            taken++;
            CheckpointName name = new CheckpointName(checkpoint.slot(), bytes.length, Hash64.fnv1a(bytes));
            done.accept(add(new File(new Chunk(name, 0, bytes))));
        });
    }

    private CheckpointName add(File file) {
        files.removeIf(each -> each.name().slot() == file.name().slot());
        files.add(file);
        files.sort(Comparator.comparingLong(each -> each.name().slot()));
        while (files.size() > 2) {
            files.remove(0);
        }
        return file.name();
    }

    /** Reads a chunk for a peer; no bytes where there is no such file. */
    void read(CheckpointName name, long offset, int maxBytes, Consumer<Chunk> done) {
        later(SLOWEST_CHUNK_NANOS, () -> {
            byte[] bytes = files.stream()
                    .filter(each -> each.name().equals(name))
                    .map(File::bytes)
                    .findFirst()
                    .orElse(new byte[0]);
            int from = (int) Math.min(offset, bytes.length);
            done.accept(new Chunk(
                    name,
                    offset,
                    Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + Math.max(1, maxBytes)))));
        });
    }

    /** Tells how much of {@code name} is there, and forgets any other. */
    void resume(CheckpointName name, Consumer<Long> done) {
        later(SLOWEST_CHUNK_NANOS, () -> {
            if (!name.equals(fetching)) {
                fetching = name;
                fetched = new byte[0];
            }
            done.accept((long) fetched.length);
        });
    }

    /** Adds a chunk. */
    void store(Chunk chunk, Consumer<Long> done, Runnable failed) {
        later(SLOWEST_CHUNK_NANOS, () -> {
            boolean follows = chunk.name().equals(fetching) && chunk.offset() == fetched.length;
            if (!follows || random.nextInt(ONE_CHUNK_FAILS_IN) == 0 || isFull.getAsBoolean()) {
                failed.run();
                return;
            }
            byte[] longer = Arrays.copyOf(fetched, fetched.length + chunk.bytes().length);
            System.arraycopy(chunk.bytes(), 0, longer, fetched.length, chunk.bytes().length);
            fetched = longer;
            done.accept((long) fetched.length);
        });
    }

    /** Makes what was fetched a file of its own. */
    void install(CheckpointName name, String cell, int maxContentBytes, Consumer<RestoredCheckpoint> done) {
        later(SLOWEST_NANOS, () -> {
            File file = new File(new Chunk(name, 0, fetched));
            Violation.unless(
                    name.equals(fetching)
                            && fetched.length == name.lengthBytes()
                            && Hash64.fnv1a(fetched) == name.fileHash(),
                    Checkpoints.class,
                    "what was fetched as %s has other bytes",
                    name);
            fetching = null;
            fetched = new byte[0];
            installedSlot = Math.max(installedSlot, name.slot());
            add(file);
            done.accept(read(file, cell, maxContentBytes));
        });
    }

    private void later(long atMostNanos, Runnable action) {
        long asker = process;
        scheduler.after(random.nextLong(atMostNanos), () -> {
            if (asker == process) {
                action.run();
            }
        });
    }

    /** Whether there is a part of a peer's checkpoint. */
    public boolean isFetching() {
        return fetching != null;
    }

    /** The slot of the newest; 0 where there is none. */
    long newestSlot() {
        return files.isEmpty() ? 0 : files.get(files.size() - 1).name().slot();
    }

    /** How many were completed. */
    public int taken() {
        return taken;
    }

    /** Everything up to here was once learned from a peer's checkpoint: the journal need not have it. */
    public long installedSlot() {
        return installedSlot;
    }

    /** What the production code makes of {@code files}. */
    static RecoveredCheckpoints read(List<File> files, String cell, int maxContentBytes) {
        if (files.isEmpty()) {
            return RecoveredCheckpoints.NONE;
        }
        return new RecoveredCheckpoints(
                files.stream().map(File::name).toList(), read(files.get(files.size() - 1), cell, maxContentBytes));
    }

    private static RestoredCheckpoint read(File file, String cell, int maxContentBytes) {
        List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
        WireReader in = new WireReader(file.bytes());
        while (in.remaining() > 0) {
            records.add(Map.entry(in.bytes(), in.bytes()));
        }
        return CheckpointCodec.read(cell, maxContentBytes, records.iterator());
    }
}
