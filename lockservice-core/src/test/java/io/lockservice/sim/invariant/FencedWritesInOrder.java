package io.lockservice.sim.invariant;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Writes that carry a sequencer happen in the order of the grants: once a later holder wrote, an earlier one cannot. */
public final class FencedWritesInOrder {
    private final Map<String, NavigableMap<Long, Long>> tokenByRevision = new HashMap<>();

    /** A fenced write under {@code token} was acknowledged as the cell's {@code revision}. */
    public void wrote(String lock, long revision, long token) {
        NavigableMap<Long, Long> ofLock = tokenByRevision.computeIfAbsent(lock, key -> new TreeMap<>());
        Map.Entry<Long, Long> before = ofLock.lowerEntry(revision);
        Map.Entry<Long, Long> after = ofLock.higherEntry(revision);
        Violation.unless(
                (before == null || before.getValue() <= token) && (after == null || token <= after.getValue()),
                FencedWritesInOrder.class,
                "a write fenced by token %d of %s at revision %d, between %s and %s",
                token,
                lock,
                revision,
                before,
                after);
        ofLock.put(revision, token);
    }
}
