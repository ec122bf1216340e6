package io.lockservice.client.example;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every Java snippet in these documents stands in a test, so that it compiles and is run. */
class DocumentSnippetsTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Path SOURCES = Path.of("src/test/java");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../README.md",
                "client.md",
                "fencing.md",
                "adapters.md",
                "testing.md",
                "recipes.md",
                "registry.md"
            })
    void everySnippetStandsInATest(String document) throws IOException {
        String tests;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            tests = String.join(
                    "\n",
                    files.filter(file -> file.toString().endsWith(".java"))
                            .map(DocumentSnippetsTest::squeezed)
                            .toList());
        }
        Matcher snippets = SNIPPET.matcher(Files.readString(Path.of("../docs", document)));
        List<String> all = snippets.results().map(each -> each.group(1)).toList();
        assertFalse(all.isEmpty());
        for (String snippet : all) {
            assertTrue(tests.contains(squeeze(snippet)), () -> "in no test: " + snippet);
        }
    }

    private static String squeezed(Path file) {
        try {
            return squeeze(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without the white space that a formatter decides. */
    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "");
    }
}
