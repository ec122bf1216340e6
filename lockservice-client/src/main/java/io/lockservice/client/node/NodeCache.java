package io.lockservice.client.node;

import io.lockservice.api.Name;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The copies of a session: at most so many, and so many bytes, the least recently used go first. Read from all threads,
 * changed on the loop alone. Every answer from a copy looks at the lease first, by the clock.
 */
final class NodeCache {
    /** Of what is to be dropped for want of room a little more is dropped, so that it is seldom. */
    private static final int EVICTED_AT_ONCE = 16;

    private static final long ENTRY_BYTES = 120;
    private static final long USED_GRAIN_NANOS = 1_000_000;

    private final Session session;
    private final SessionOptions.Copies bounds;
    private final Map<String, Copy> nodes = new ConcurrentHashMap<>();
    private final Map<String, Copy> lists = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder invalidations = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final AtomicLong bytes = new AtomicLong();

    private static final class Copy {
        private final String name;
        private final Seen seen;
        private final boolean isList;
        private volatile long usedNanos;

        Copy(String name, Seen seen, long nowNanos) {
            this.name = name;
            this.seen = seen;
            this.isList = seen instanceof Seen.Listing;
            this.usedNanos = nowNanos;
        }

        long bytes() {
            return ENTRY_BYTES + 2L * name.length() + seen.bytes();
        }
    }

    NodeCache(Session session, SessionOptions.Copies bounds) {
        this.session = session;
        this.bounds = bounds;
    }

    /** What there is of {@code path}, if it tells {@code part} and the lease is not over. */
    @Nullable
    Seen hit(String path, Seen.Part part) {
        // The lease before the copy as well: whoever is held up between the two may find the session safe again, and
        // what it
        // took was dropped.
        if (!session.isSafe()) {
            return null;
        }
        Copy copy = part == Seen.Part.CHILDREN ? lists.get(path) : nodes.get(path);
        if (copy == null && part == Seen.Part.CHILDREN) {
            copy = nodes.get(path);
        }
        // The lease after the copy: what was dropped since was dropped while this read was under way.
        if (copy == null || !copy.seen.tells(part) || !session.isSafe()) {
            return null;
        }
        long nowNanos = session.client().loop().nanoTime();
        if (nowNanos - copy.usedNanos > USED_GRAIN_NANOS) {
            copy.usedNanos = nowNanos;
        }
        hits.increment();
        return copy.seen;
    }

    void missed() {
        misses.increment();
    }

    /** Keeps what was read. */
    void keep(Name name, Seen seen) {
        if (seen instanceof Seen.Listing listing) {
            put(lists, name.path(), seen);
            Copy node = nodes.get(name.path());
            if (node == null) {
                put(nodes, name.path(), new Seen.Node(listing.directory().stat(), null));
            }
        } else {
            put(nodes, name.path(), seen);
        }
        evict();
    }

    private void put(Map<String, Copy> map, String path, Seen seen) {
        Copy copy = new Copy(path, seen, session.client().loop().nanoTime());
        Copy before = map.put(path, copy);
        bytes.addAndGet(copy.bytes() - (before == null ? 0 : before.bytes()));
    }

    /** The cell says that the node is about to change. */
    void invalidated(String path) {
        invalidations.increment();
        drop(path);
    }

    /** Drops what there is of one node. */
    void drop(String path) {
        remove(nodes, path);
        remove(lists, path);
    }

    /** Drops what an operation of one's own may change. */
    void drop(Scope scope) {
        if (scope.everything()) {
            dropAll();
            return;
        }
        for (Name node : scope.nodes()) {
            for (Name at = node; at != null; at = at.parent()) {
                drop(at.path());
            }
            if (scope.below()) {
                nodes.keySet().stream()
                        .filter(path -> node.isAbove(new Name(path)))
                        .forEach(this::drop);
                lists.keySet().stream()
                        .filter(path -> node.isAbove(new Name(path)))
                        .forEach(this::drop);
            }
        }
    }

    /** Drops everything. */
    void dropAll() {
        nodes.clear();
        lists.clear();
        bytes.set(0);
    }

    CacheStats stats() {
        return new CacheStats(
                hits.sum(),
                misses.sum(),
                invalidations.sum(),
                evictions.sum(),
                nodes.size() + lists.size(),
                bytes.get());
    }

    private boolean isTooLarge() {
        return nodes.size() + lists.size() > bounds.entries() || bytes.get() > bounds.bytes();
    }

    private void evict() {
        if (!isTooLarge()) {
            return;
        }
        List<Copy> oldest = new ArrayList<>(nodes.values());
        oldest.addAll(lists.values());
        long nowNanos = session.client().loop().nanoTime();
        oldest.sort(Comparator.comparingLong((Copy copy) -> nowNanos - copy.usedNanos)
                .reversed());
        int atLeast = oldest.size() / EVICTED_AT_ONCE;
        for (int i = 0; i < oldest.size() && (i < atLeast || isTooLarge()); i++) {
            remove(oldest.get(i).isList ? lists : nodes, oldest.get(i).name);
            evictions.increment();
        }
    }

    private void remove(Map<String, Copy> from, String path) {
        Copy gone = from.remove(path);
        bytes.addAndGet(gone == null ? 0 : -gone.bytes());
    }
}
