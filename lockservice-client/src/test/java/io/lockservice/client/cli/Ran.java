package io.lockservice.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockservice.client.cli.shell.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A command line that was run in this process, and what came of it. */
record Ran(int status, String out, String err) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Runs a command line against the replicas at these URLs. */
    static Ran of(String[] urls, String input, String... arguments) {
        return with(Map.of("LOCKSERVICE_CELL", String.join(",", urls)), input, arguments);
    }

    static Ran with(Map<String, String> environment, String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        Console console = new Console(
                in,
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                false);
        int status = Lockctl.run(console, arguments);
        return new Ran(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** It was done, and said nothing beside its result. */
    Ran done() {
        assertEquals(0, status, this::toString);
        assertEquals("", err, this::toString);
        return this;
    }

    /** It failed with this status and one line that has {@code words} in it. */
    Ran failed(int expected, String words) {
        assertEquals(expected, status, this::toString);
        assertEquals(1, err.lines().count(), this::toString);
        return failedAfterWaiting(expected, words);
    }

    /** The same, but it had said for whom it waited. */
    Ran failedAfterWaiting(int expected, String words) {
        assertEquals(expected, status, this::toString);
        assertEquals("", out, this::toString);
        if (!err.contains(words)) {
            throw new AssertionError("not said '" + words + "': " + this);
        }
        return this;
    }

    JsonNode json() {
        List<JsonNode> lines = jsonLines();
        assertEquals(1, lines.size(), this::toString);
        return lines.get(0);
    }

    List<JsonNode> jsonLines() {
        List<JsonNode> values = new ArrayList<>();
        try {
            for (String line : out.lines().toList()) {
                values.add(JSON.readTree(line));
            }
        } catch (IOException e) {
            throw new AssertionError(toString(), e);
        }
        return values;
    }
}
