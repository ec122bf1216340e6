package io.lockservice.client.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that docs/lessons.md names is there. */
class LessonsTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Map<String, List<String>> tests;
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            tests = files.filter(LessonsTest::isTest)
                    .collect(Collectors.groupingBy(
                            file -> file.getFileName().toString().replace(".java", ""),
                            Collectors.mapping(LessonsTest::read, Collectors.toList())));
        }
        List<String> missing = new ArrayList<>();
        List<MatchResult> all = NAMED.matcher(Files.readString(Path.of("../docs/lessons.md")))
                .results()
                .toList();
        for (MatchResult named : all) {
            String method = named.group(2) == null ? "" : " " + named.group(2) + "(";
            if (tests.getOrDefault(named.group(1), List.of()).stream().noneMatch(source -> source.contains(method))) {
                missing.add(named.group());
            }
        }
        assertFalse(all.isEmpty());
        assertEquals(List.of(), missing);
    }

    private static boolean isTest(Path file) {
        String path = file.toString().replace('\\', '/');
        return path.contains("/src/test/java/") && path.endsWith(".java");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
