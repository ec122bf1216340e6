package io.lockservice.server.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Who waits until a revision is applied here.
 *
 * <p>Threading: the replica's event loop.
 */
final class RevisionWaits {
    private final NavigableMap<Long, List<Runnable>> waiting = new TreeMap<>();

    /** Calls {@code then} at {@code revision}, or beyond it. */
    void add(long revision, Runnable then) {
        waiting.computeIfAbsent(revision, none -> new ArrayList<>(1)).add(then);
    }

    void remove(long revision, Runnable then) {
        waiting.computeIfPresent(revision, (at, all) -> all.remove(then) && all.isEmpty() ? null : all);
    }

    /** All up to {@code revision} is applied. */
    void reached(long revision) {
        while (!waiting.isEmpty() && waiting.firstKey() <= revision) {
            waiting.pollFirstEntry().getValue().forEach(Runnable::run);
        }
    }
}
