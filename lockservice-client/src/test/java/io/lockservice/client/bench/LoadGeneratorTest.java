package io.lockservice.client.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.cell.TestCell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LoadGeneratorTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void measuresWhatTheCellDoes(boolean followLeader) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (TestCell cell = new TestCell()) {
            LoadOptions options = new LoadOptions(
                    List.of(cell.urls()),
                    List.of("lock-cycle", "write"),
                    List.of(1, 8),
                    0.1,
                    0.1,
                    0.5,
                    followLeader,
                    "t");
            List<Measurement.Row> rows =
                    LoadGenerator.run(options, new PrintStream(printed, true, StandardCharsets.UTF_8));
            assertEquals(4, rows.size());
            for (Measurement.Row row : rows) {
                assertEquals(0, row.errors(), row.errorKinds());
                assertTrue(row.latencies().count() > 0);
                assertTrue(row.latencies().micros(0.5) <= row.latencies().micros(0.99));
            }
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        assertEquals(
                4,
                text.lines()
                        .filter(line -> line.startsWith("{\"target\":\"t\""))
                        .count());
    }

    @Test
    void readsItsOptions() {
        LoadOptions options =
                LoadOptions.parse("--clients", "1,2", "--follow-leader", "--seconds", "1.5", "--workloads", "write");
        assertEquals(List.of(1, 2), options.clients());
        assertTrue(options.followLeader());
        assertEquals(1.5, options.seconds());
        assertEquals(List.of("write"), options.workloads());
        assertThrows(IllegalArgumentException.class, () -> LoadOptions.parse("--client", "1"));
        assertThrows(IllegalArgumentException.class, () -> LoadOptions.parse("--clients"));
    }

    @Test
    void quantilesAreOfAllValues() {
        Latencies latencies = new Latencies();
        for (int i = 100_000; i > 0; i--) {
            latencies.add(i * 1_000L);
        }
        assertEquals(50_001, latencies.micros(0.5));
        assertEquals(99_001, latencies.micros(0.99));
        assertEquals(100_000, latencies.micros(1));
        assertEquals(-1, new Latencies().micros(0.5));
    }
}
