package io.lockservice.client.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** How long things took, by what they are. One thread. */
final class RoundFigures {
    private final Map<String, List<Long>> all = new TreeMap<>();

    void add(String what, long nanos) {
        all.computeIfAbsent(what, none -> new ArrayList<>()).add(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /** A line for each. */
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        all.forEach((what, values) -> {
            List<Long> sorted = values.stream().sorted().toList();
            lines.append("%-62s %4d times, ms: p50 %5d  p99 %5d  longest %5d%n"
                    .formatted(what, sorted.size(), at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1)));
        });
        return lines.toString();
    }

    private static long at(List<Long> sorted, double share) {
        return sorted.get(Math.min(sorted.size() - 1, (int) (share * sorted.size())));
    }
}
