package io.lockservice.example.shop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README quotes is what the programs do. */
class SnippetsTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void everySnippetStandsInAProgram() throws IOException {
        StringBuilder programs = new StringBuilder();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(Path.of("src/main/java/io/lockservice/example/shop"), "*.java")) {
            for (Path file : files) {
                programs.append(squeezed(Files.readString(file)));
            }
        }
        List<String> snippets = SNIPPET.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(each -> each.group(1))
                .toList();
        assertFalse(snippets.isEmpty());
        for (String snippet : snippets) {
            assertTrue(programs.toString().contains(squeezed(snippet)), () -> "in no program: " + snippet);
        }
    }

    /** Without the white space that a formatter decides. */
    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
