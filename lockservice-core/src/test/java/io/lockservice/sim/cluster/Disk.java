package io.lockservice.sim.cluster;

import io.lockservice.log.DiskRoom;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.replica.RecoveredCheckpoints;
import io.lockservice.sim.invariant.Violation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A replica's journal with group commit: one sync at a time, each of everything appended before it began. A crash keeps
 * what was synced and an arbitrary prefix of the rest.
 */
public final class Disk {
    private static final long SLOW_READ_NANOS = 150_000_000;
    private static final long MOST_UNNOTICED_NANOS = 500_000_000;

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final List<LogRecord> durable = new ArrayList<>();
    private final ArrayDeque<Unsynced> unsynced = new ArrayDeque<>();
    private final Map<Long, LogEntry> durableEntries = new HashMap<>();
    private final Map<Long, LogEntry> appendedEntries = new HashMap<>();
    private final Map<Long, LogEntry> readableEntries = new HashMap<>();
    private long droppedSlot;
    private ProposalNumber durablePromise = ProposalNumber.NONE;
    private LongConsumer onDurable = sequence -> {};
    private final Checkpoints checkpoints;
    private long usualNanos;
    private long process;
    private boolean syncing;
    private boolean readsQueue;
    private DiskRoom room = DiskRoom.ENOUGH;
    private int reserveRecords;
    private Runnable onRoom = () -> {};

    Disk(Scheduler scheduler, SplittableRandom random, long usualNanos) {
        this.scheduler = scheduler;
        this.random = random;
        this.usualNanos = usualNanos;
        // Of its own, so that what else happens does not depend on when checkpoints are taken.
        checkpoints = new Checkpoints(scheduler, new SplittableRandom(usualNanos), () -> room != DiskRoom.ENOUGH);
    }

    /** What a process finds at its start. */
    public record Found(List<LogRecord> records, List<Checkpoints.File> files) {
        /** The checkpoints as the production code reads them. */
        RecoveredCheckpoints checkpoints(String cell, int maxContentBytes) {
            return Checkpoints.read(files, cell, maxContentBytes);
        }
    }

    /** Starts a process on this disk: returns what it finds. {@code durableUpTo} is told of each sync. */
    Found open(LongConsumer durableUpTo) {
        onDurable = durableUpTo;
        List<Checkpoints.File> files = checkpoints.open();
        long newest = files.isEmpty() ? 0 : files.get(files.size() - 1).name().slot();
        Violation.unless(
                newest >= droppedSlot,
                Disk.class,
                "the log was dropped up to slot %d, and the newest checkpoint has only slot %d",
                droppedSlot,
                newest);
        return new Found(new ArrayList<>(durable), files);
    }

    /** Its checkpoints. */
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    /** Appends; {@code onDurable} will be told once it is synced. */
    void append(long sequence, LogRecord record) {
        unsynced.add(new Unsynced(sequence, record));
        index(record, appendedEntries);
        index(record, readableEntries);
        if (!syncing) {
            sync();
        }
    }

    /** The process is gone: keeps what was synced and a random prefix of the rest. */
    void crash() {
        int kept = unsynced.isEmpty() || room == DiskRoom.NONE ? 0 : random.nextInt(unsynced.size() + 1);
        for (int i = 0; i < kept; i++) {
            settle(unsynced.remove().record);
        }
        unsynced.clear();
        appendedEntries.clear();
        appendedEntries.putAll(durableEntries);
        readableEntries.clear();
        durable.forEach(record -> index(record, readableEntries));
        syncing = false;
        process++;
        checkpoints.crash();
        onDurable = sequence -> {};
    }

    /** Loses everything. The process must be gone. */
    void wipe() {
        durable.clear();
        durableEntries.clear();
        appendedEntries.clear();
        readableEntries.clear();
        droppedSlot = 0;
        durablePromise = ProposalNumber.NONE;
        checkpoints.wipe();
    }

    /** The last accepted entries for consecutive slots, as {@link io.lockservice.log.Journal#read} promises. */
    public List<LogEntry> read(long fromSlot, int maxBytes) {
        List<LogEntry> entries = new ArrayList<>();
        long bytes = 0;
        for (long slot = fromSlot; ; slot++) {
            LogEntry entry = readableEntries.get(slot);
            if (entry == null || (!entries.isEmpty() && bytes + entry.value().length() > maxBytes)) {
                return entries;
            }
            bytes += entry.value().length();
            entries.add(entry);
        }
    }

    /**
     * Drops the log up to {@code slot}, as {@link io.lockservice.log.Journal#drop} allows: of what was written before the
     * last promise, an arbitrary beginning.
     */
    void drop(long slot) {
        droppedSlot = Math.max(droppedSlot, slot);
        int lastPromise = durable.size() - 1;
        while (lastPromise > 0 && !(durable.get(lastPromise) instanceof LogRecord.Promised)) {
            lastPromise--;
        }
        int beginning = lastPromise <= 0 ? 0 : random.nextInt(lastPromise + 1);
        List<LogRecord> dropped = durable.subList(0, beginning).stream()
                .filter(record -> isDroppable(record, slot))
                .toList();
        List<LogRecord> kept = new ArrayList<>(durable.subList(0, beginning));
        kept.removeAll(dropped);
        kept.addAll(durable.subList(beginning, durable.size()));
        durable.clear();
        durable.addAll(kept);
        ProposalNumber promised = dropped.stream()
                .filter(record -> record instanceof LogRecord.Promised)
                .map(Disk::numberIn)
                .max(Comparator.naturalOrder())
                .orElse(ProposalNumber.NONE);
        durablePromise = durable.stream()
                .map(Disk::numberIn)
                .max(Comparator.naturalOrder())
                .orElse(ProposalNumber.NONE);
        Violation.unless(
                !promised.isAbove(durablePromise),
                Disk.class,
                "with the log up to slot %d the promise of %s was dropped",
                slot,
                promised);
        for (LogRecord record : dropped) {
            if (record instanceof LogRecord.Accepted accepted) {
                readableEntries.remove(accepted.entry().slot(), accepted.entry());
            }
        }
    }

    private static boolean isDroppable(LogRecord record, long slot) {
        if (record instanceof LogRecord.Accepted accepted) {
            return accepted.entry().slot() <= slot;
        }
        return !(record instanceof LogRecord.Installed installed) || installed.slot() <= slot;
    }

    /** Others have filled it: there is room for so many records more, and then appends wait. */
    public void fill(int records) {
        reserveRecords = records;
        become(records > 0 ? DiskRoom.LOW : DiskRoom.NONE);
    }

    /** There is room again. */
    public void makeRoom() {
        become(DiskRoom.ENOUGH);
        if (!syncing && !unsynced.isEmpty()) {
            sync();
        }
    }

    private void become(DiskRoom next) {
        if (room != next) {
            room = next;
            // Nobody looks at a disk all the time.
            scheduler.after(random.nextLong(MOST_UNNOTICED_NANOS), onRoom);
        }
    }

    /** How much room there is. */
    public DiskRoom room() {
        return room;
    }

    /** Somebody will hear, a little later, when there is more room or less. */
    void watch(Runnable newOnRoom) {
        onRoom = newOnRoom;
    }

    /** How long a sync takes from now on. */
    public void speed(long newUsualNanos) {
        usualNanos = newUsualNanos;
    }

    /** Whether from now on some reads have to wait long behind others. */
    public void queueReads(boolean queue) {
        readsQueue = queue;
    }

    /** How long a read takes now: as long as a sync, or much longer. */
    long readNanos() {
        long queued = readsQueue && random.nextInt(4) == 0 ? random.nextLong(SLOW_READ_NANOS) : 0;
        return queued + usualNanos / 2 + random.nextLong(usualNanos + 1);
    }

    /** The largest promise that is safe from a crash. */
    public ProposalNumber durablePromise() {
        return durablePromise;
    }

    /** The accepted entry of a slot that is safe from a crash; null for none. */
    public @Nullable LogEntry durableEntry(long slot) {
        return durableEntries.get(slot);
    }

    /** The last accepted entry of a slot, safe from a crash or not; null for none. */
    public @Nullable LogEntry appendedEntry(long slot) {
        return appendedEntries.get(slot);
    }

    /** Everything up to here is known to be chosen, by what is safe from a crash. */
    public long durablyChosenSlot() {
        long chosen = checkpoints.newestSlot();
        for (LogRecord record : durable) {
            if (record instanceof LogRecord.Chosen note) {
                chosen = Math.max(chosen, note.slot());
            }
        }
        return chosen;
    }

    /** How many records are safe from a crash. */
    public int durableCount() {
        return durable.size();
    }

    private void sync() {
        if (room == DiskRoom.NONE) {
            return;
        }
        syncing = true;
        int batch = unsynced.size();
        long starter = process;
        scheduler.after(usualNanos / 2 + random.nextLong(usualNanos + 1), () -> {
            if (starter == process) {
                synced(batch);
            }
        });
    }

    private void synced(int batch) {
        long last = 0;
        for (int i = 0; i < batch; i++) {
            Unsynced next = unsynced.remove();
            settle(next.record);
            last = next.sequence;
        }
        syncing = false;
        reserveRecords -= batch;
        if (room == DiskRoom.LOW && reserveRecords <= 0) {
            become(DiskRoom.NONE);
        }
        if (!unsynced.isEmpty()) {
            sync();
        }
        onDurable.accept(last);
    }

    private void settle(LogRecord record) {
        durable.add(record);
        index(record, durableEntries);
        ProposalNumber number = numberIn(record);
        if (number.isAbove(durablePromise)) {
            durablePromise = number;
        }
    }

    private static ProposalNumber numberIn(LogRecord record) {
        if (record instanceof LogRecord.Promised promised) {
            return promised.number();
        }
        return record instanceof LogRecord.Accepted accepted ? accepted.entry().number() : ProposalNumber.NONE;
    }

    private static void index(LogRecord record, Map<Long, LogEntry> entries) {
        if (record instanceof LogRecord.Accepted accepted) {
            entries.put(accepted.entry().slot(), accepted.entry());
        }
    }

    private record Unsynced(long sequence, LogRecord record) {}
}
