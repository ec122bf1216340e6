package io.lockservice.server.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the program measures; what, is for a machine that does nothing else. */
@Timeout(120)
final class ChannelBenchTest {
    @Test
    void bothWaysAreMeasured() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        List<Double> ratios = ChannelBench.run(4, 0.2, 1, out);
        assertEquals(2, ratios.size());
        assertTrue(ratios.stream().allMatch(ratio -> ratio > 0), printed.toString(StandardCharsets.UTF_8));
    }
}
