package io.lockservice.client.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ClientBenchTest {
    @Test
    void measuresBothWays() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        List<Measurement.Row> rows = ClientBench.run(1, 0.5, 1, new PrintStream(printed, true, StandardCharsets.UTF_8));
        assertEquals(4, rows.size());
        for (Measurement.Row row : rows) {
            assertEquals(0, row.errors(), row.errorKinds());
            assertTrue(row.latencies().count() > 0);
        }
        assertTrue(printed.toString(StandardCharsets.UTF_8).contains("channel"));
    }
}
