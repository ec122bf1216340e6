package io.lockservice.sim;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.lockservice.sim.cluster.Trace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Lives in which something once went wrong, from {@code seeds-that-found-bugs.txt}: a seed a line, what it was after #. */
public class SeedsThatFoundBugsTest {
    @TestFactory
    List<DynamicTest> staysMended() throws IOException {
        return seeds().stream()
                .map(seed -> DynamicTest.dynamicTest("seed " + seed, () -> Simulation.run(seed, Trace.OFF)))
                .toList();
    }

    /** All of them. */
    public static List<Long> seeds() throws IOException {
        try (InputStream file = SeedsThatFoundBugsTest.class.getResourceAsStream("/seeds-that-found-bugs.txt")) {
            assertNotNull(file, "seeds-that-found-bugs.txt is on the class path");
            return new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))
                    .lines()
                    .map(line -> line.replaceAll("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .map(Long::parseLong)
                    .toList();
        }
    }
}
