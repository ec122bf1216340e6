package io.lockservice.log;

import io.lockservice.check.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of the log that is in memory: everything accepted above the chosen prefix, and as much of the chosen prefix
 * below it as fits a bound, for peers that lag. Older entries are in the journal only.
 */
public final class LogWindow {
    private final TreeMap<Long, LogEntry> entries = new TreeMap<>();
    private final long boundBytes;
    private long chosenSlot;
    private long durableSlot;
    private long chosenBytes;
    private long aheadBytes;

    /** An empty window that keeps up to {@code boundBytes} of chosen values. */
    public LogWindow(long boundBytes) {
        this.boundBytes = boundBytes;
    }

    /** Everything up to {@code slot} is known from a checkpoint. Only to be called on an empty window. */
    public void startAt(long slot) {
        Check.that(entries.isEmpty() && chosenSlot == 0, "a log starts once");
        chosenSlot = slot;
    }

    /** Everything up to {@code slot}, above the chosen prefix, is known from a checkpoint: the entries up to there go. */
    public void installed(long slot) {
        Check.that(slot > chosenSlot, "a checkpoint is ahead of the log it replaces", slot, chosenSlot);
        entries.headMap(slot, true).clear();
        chosenSlot = slot;
        chosenBytes = 0;
        aheadBytes = entries.values().stream()
                .mapToLong(entry -> entry.value().length())
                .sum();
    }

    /** Every slot up to here is chosen; 0 for none. */
    public long chosenSlot() {
        return chosenSlot;
    }

    /** Every slot up to here was chosen and on this replica's disk when it was last noted. */
    public long durableSlot() {
        return durableSlot;
    }

    /** Every slot up to here is chosen and on this replica's disk. */
    public void noteDurable(long slot) {
        durableSlot = Math.max(durableSlot, slot);
    }

    /** The highest slot with an entry, chosen or not; the chosen prefix where there is none above it. */
    public long lastSlot() {
        return entries.isEmpty() ? chosenSlot : Math.max(chosenSlot, entries.lastKey());
    }

    /** The bytes of the values above the chosen prefix. */
    public long aheadBytes() {
        return aheadBytes;
    }

    /** The entry of a slot, null where there is none in memory. */
    public @Nullable LogEntry get(long slot) {
        return entries.get(slot);
    }

    /** Stores an entry above the chosen prefix, in the place of an earlier one. */
    public void accept(LogEntry entry) {
        Check.that(entry.slot() > chosenSlot, "a chosen slot is not accepted again", entry.slot(), chosenSlot);
        LogEntry before = entries.put(entry.slot(), entry);
        aheadBytes +=
                entry.value().length() - (before == null ? 0L : before.value().length());
    }

    /** The slot after the chosen prefix is chosen, with the entry that is in memory. Returns that entry. */
    public LogEntry choose() {
        LogEntry entry = Check.present(entries.get(chosenSlot + 1), "a chosen slot has an entry");
        chosenSlot++;
        aheadBytes -= entry.value().length();
        chosenBytes += entry.value().length();
        while (chosenBytes > boundBytes && entries.firstKey() < chosenSlot) {
            chosenBytes -= entries.pollFirstEntry().getValue().value().length();
        }
        return entry;
    }

    /**
     * Chosen entries for consecutive slots from {@code fromSlot}, up to {@code maxBytes} but at least one; null where the
     * first of them is no longer in memory, and empty where it is not chosen yet.
     */
    public @Nullable List<LogEntry> chosenFrom(long fromSlot, int maxBytes) {
        if (fromSlot > chosenSlot) {
            return List.of();
        }
        return entries.containsKey(fromSlot) ? take(fromSlot, chosenSlot, maxBytes) : null;
    }

    /** Accepted entries above the chosen prefix from {@code fromSlot}, up to {@code maxBytes} but at least one. */
    public List<LogEntry> acceptedFrom(long fromSlot, int maxBytes) {
        return take(Math.max(fromSlot, chosenSlot + 1), Long.MAX_VALUE, maxBytes);
    }

    private List<LogEntry> take(long fromSlot, long throughSlot, int maxBytes) {
        List<LogEntry> taken = new ArrayList<>();
        long bytes = 0;
        for (LogEntry entry : entries.tailMap(fromSlot).values()) {
            bytes += entry.value().length();
            if (entry.slot() > throughSlot || (bytes > maxBytes && !taken.isEmpty())) {
                break;
            }
            taken.add(entry);
        }
        return taken;
    }
}
