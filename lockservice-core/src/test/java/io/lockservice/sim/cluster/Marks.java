package io.lockservice.sim.cluster;

import java.util.SortedMap;
import java.util.TreeMap;

/** Counts how often rare paths were reached, so that a run can prove that it reached them. */
public final class Marks {
    private final SortedMap<String, Long> counts = new TreeMap<>();

    /** {@code path} was reached. */
    public void hit(String path) {
        add(path, 1);
    }

    /** {@code path} was reached so many times. */
    public void add(String path, long times) {
        counts.merge(path, times, Long::sum);
    }

    /** Adds the counts of another run. */
    public void addAll(Marks other) {
        other.counts.forEach(this::add);
    }

    /** How often {@code path} was reached. */
    public long of(String path) {
        return counts.getOrDefault(path, 0L);
    }

    /** All counts by path. */
    public SortedMap<String, Long> counts() {
        return counts;
    }
}
