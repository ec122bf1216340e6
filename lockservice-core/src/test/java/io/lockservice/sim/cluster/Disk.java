package io.lockservice.sim.cluster;

import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.replica.RecoveredCheckpoints;
import java.util.ArrayDeque;
import java.util.ArrayList;
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

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final List<LogRecord> durable = new ArrayList<>();
    private final ArrayDeque<Unsynced> unsynced = new ArrayDeque<>();
    private final Map<Long, LogEntry> durableEntries = new HashMap<>();
    private final Map<Long, LogEntry> appendedEntries = new HashMap<>();
    private ProposalNumber durablePromise = ProposalNumber.NONE;
    private LongConsumer onDurable = sequence -> {};
    private final Checkpoints checkpoints;
    private long usualNanos;
    private long process;
    private boolean syncing;
    private boolean readsQueue;

    Disk(Scheduler scheduler, SplittableRandom random, long usualNanos) {
        this.scheduler = scheduler;
        this.random = random;
        this.usualNanos = usualNanos;
        // Of its own, so that what else happens does not depend on when checkpoints are taken.
        checkpoints = new Checkpoints(scheduler, new SplittableRandom(usualNanos));
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
        return new Found(new ArrayList<>(durable), checkpoints.open());
    }

    /** Its checkpoints. */
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    /** Appends; {@code onDurable} will be told once it is synced. */
    void append(long sequence, LogRecord record) {
        unsynced.add(new Unsynced(sequence, record));
        index(record, appendedEntries);
        if (!syncing) {
            sync();
        }
    }

    /** The process is gone: keeps what was synced and a random prefix of the rest. */
    void crash() {
        int kept = unsynced.isEmpty() ? 0 : random.nextInt(unsynced.size() + 1);
        for (int i = 0; i < kept; i++) {
            settle(unsynced.remove().record);
        }
        unsynced.clear();
        appendedEntries.clear();
        appendedEntries.putAll(durableEntries);
        syncing = false;
        process++;
        checkpoints.crash();
        onDurable = sequence -> {};
    }

    /** The last accepted entries for consecutive slots, as {@link io.lockservice.log.Journal#read} promises. */
    public List<LogEntry> read(long fromSlot, int maxBytes) {
        List<LogEntry> entries = new ArrayList<>();
        long bytes = 0;
        for (long slot = fromSlot; ; slot++) {
            LogEntry entry = appendedEntries.get(slot);
            if (entry == null || (!entries.isEmpty() && bytes + entry.value().length() > maxBytes)) {
                return entries;
            }
            bytes += entry.value().length();
            entries.add(entry);
        }
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

    /** How many records are safe from a crash. */
    public int durableCount() {
        return durable.size();
    }

    private void sync() {
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
        if (!unsynced.isEmpty()) {
            sync();
        }
        onDurable.accept(last);
    }

    private void settle(LogRecord record) {
        durable.add(record);
        index(record, durableEntries);
        ProposalNumber number = ProposalNumber.NONE;
        if (record instanceof LogRecord.Promised promised) {
            number = promised.number();
        } else if (record instanceof LogRecord.Accepted accepted) {
            number = accepted.entry().number();
        }
        if (number.isAbove(durablePromise)) {
            durablePromise = number;
        }
    }

    private static void index(LogRecord record, Map<Long, LogEntry> entries) {
        if (record instanceof LogRecord.Accepted accepted) {
            entries.put(accepted.entry().slot(), accepted.entry());
        }
    }

    private record Unsynced(long sequence, LogRecord record) {}
}
