package io.lockservice.client.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.cell.TestCell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RegistryBenchTest {
    @Test
    void aSmallOneGoesThroughWithoutAnError() throws InterruptedException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (TestCell cell = new TestCell()) {
            RegistryBench bench = new RegistryBench(
                    new RegistryBench.Shape(60, 5, 3, 20, 10, 0.2, List.of(cell.urls())),
                    new PrintStream(printed, true, StandardCharsets.UTF_8));
            assertEquals(0, bench.run(), () -> printed.toString(StandardCharsets.UTF_8));
        }
        assertTrue(printed.toString(StandardCharsets.UTF_8).contains("until a watcher is told"));
    }
}
