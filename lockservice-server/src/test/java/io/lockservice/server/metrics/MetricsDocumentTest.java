package io.lockservice.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} lists every metric, and nothing else. */
final class MetricsDocumentTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| .+ \\|$");

    /** Which of these there are depends on the collector, and on whether it has run. */
    private static final String DEPENDS = "jvm_gc_(pause|concurrent_phase_time)_seconds(_max)?";

    @Test
    void everyMetricIsListedAndEveryRowIsAMetric() throws IOException {
        Set<String> listed = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("..", "docs", "metrics.md")));
        while (row.find()) {
            listed.add(row.group(1));
        }
        Set<String> there = new TreeSet<>();
        try (ReplicaMetrics metrics = new ReplicaMetrics("paris", 1, Path.of("."), new ScriptedSources().sources())) {
            there.addAll(new Exposed(metrics.text()).names());
        }
        assertEquals(without(there), without(listed));
        there.removeAll(listed);
        assertEquals(Set.of(), there, "not listed");
    }

    private static Set<String> without(Set<String> names) {
        Set<String> always = new TreeSet<>(names);
        always.removeIf(name -> name.matches(DEPENDS));
        return always;
    }
}
