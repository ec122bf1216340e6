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
    private static final System.Logger LOG = System.getLogger(RevisionWaits.class.getName());

    private final NavigableMap<Long, List<Runnable>> waiting = new TreeMap<>();

    /** Calls {@code then} at {@code revision}, or beyond it. */
    void add(long revision, Runnable then) {
        waiting.computeIfAbsent(revision, none -> new ArrayList<>(1)).add(then);
    }

    void remove(long revision, Runnable then) {
        waiting.computeIfPresent(revision, (at, all) -> all.remove(then) && all.isEmpty() ? null : all);
    }

    /** What goes wrong there is that client's trouble, and must not stop the replica. */
    private static void run(Runnable then) {
        try {
            then.run();
        } catch (RuntimeException broken) {
            LOG.log(System.Logger.Level.ERROR, "who waited for a revision failed", broken);
        }
    }

    /** All up to {@code revision} is applied. */
    void reached(long revision) {
        while (!waiting.isEmpty() && waiting.firstKey() <= revision) {
            waiting.pollFirstEntry().getValue().forEach(RevisionWaits::run);
        }
    }
}
