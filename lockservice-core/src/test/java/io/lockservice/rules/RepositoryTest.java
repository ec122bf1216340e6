package io.lockservice.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The repository reads itself: sizes, marks of unfinished work, null-marked packages, links in the documents. */
final class RepositoryTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int MAX_LINES = 450;
    private static final int MAX_CLASSES = 20;
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b|@Dis" + "abled");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    @Test
    void filesAreShort() {
        assertNone(javaFiles().filter(file -> lines(file).size() > MAX_LINES), "longer than " + MAX_LINES + " lines");
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertNone(
                javaFiles()
                        .filter(file -> lines(file).stream()
                                .anyMatch(line -> UNFINISHED.matcher(line).find())),
                "marks of unfinished work");
    }

    @Test
    void everyPackageIsNullMarkedAndNotCrowded() {
        List<Path> packages = javaFiles().map(Path::getParent).distinct().toList();
        assertNone(
                packages.stream().filter(folder -> !isNullMarked(folder) && !isNullMarked(besideMain(folder))),
                "packages without @NullMarked package-info.java");
        assertNone(packages.stream().filter(folder -> publicRooms(folder) > MAX_CLASSES), "more than 20 classes");
    }

    @Test
    void linksInTheDocumentsLeadSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                if (!Files.exists(document.resolveSibling(link.group(1)))) {
                    broken.add(ROOT.relativize(document) + " -> " + link.group(1));
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void everyDecisionIsListed() throws IOException {
        Path folder = ROOT.resolve("docs/adr");
        String index = Files.readString(folder.resolve("README.md"));
        try (Stream<Path> decisions = Files.list(folder)) {
            List<String> names = decisions
                    .map(each -> String.valueOf(each.getFileName()))
                    .filter(name -> !name.equals("README.md"))
                    .sorted()
                    .toList();
            for (int i = 0; i < names.size(); i++) {
                assertTrue(names.get(i).startsWith(String.format("%04d-", i + 1)), "numbered: " + names.get(i));
                assertTrue(index.contains(names.get(i)), "listed: " + names.get(i));
            }
        }
    }

    /** What is not built breaks one day, and nobody notices. */
    @Test
    void everyExampleIsExplainedAndInTheBuild() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        List<Path> examples = examples();
        assertTrue(examples.size() > 0);
        for (Path example : examples) {
            String module = "docs/examples/" + example.getFileName();
            assertTrue(pom.contains("<module>" + module + "</module>"), module);
            assertTrue(Files.exists(example.resolve("README.md")), module);
        }
    }

    private static List<Path> examples() {
        try (Stream<Path> folders = Files.list(ROOT.resolve("docs/examples"))) {
            return folders.filter(Files::isDirectory).sorted().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static long publicRooms(Path folder) {
        boolean test = folder.toString().contains("/src/test/");
        try (Stream<Path> files = Files.list(folder)) {
            long classes = files.filter(
                            file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                    .count();
            // The shared values are one room by design: every request, reply and problem is a class of its own.
            return test || folder.endsWith("io/lockservice/api") ? 0 : classes;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The tests of a package are marked by the package they test. */
    private static Path besideMain(Path folder) {
        return Path.of(folder.toString().replace("/src/test/", "/src/main/"));
    }

    private static boolean isNullMarked(Path folder) {
        Path packageInfo = folder.resolve("package-info.java");
        return Files.exists(packageInfo) && lines(packageInfo).stream().anyMatch(line -> line.equals("@NullMarked"));
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            List<Path> all = new ArrayList<>(
                    docs.filter(file -> file.toString().endsWith(".md")).toList());
            all.add(ROOT.resolve("README.md"));
            return all;
        }
    }

    private static Stream<Path> javaFiles() {
        Stream<Path> product = Stream.of("lockservice-core", "lockservice-server", "lockservice-client")
                .map(ROOT::resolve);
        return Stream.concat(product, examples().stream())
                .flatMap(module -> walk(module.resolve("src")))
                .filter(file -> file.toString().endsWith(".java"));
    }

    private static Stream<Path> walk(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.toList().stream();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void assertNone(Stream<Path> offenders, String what) {
        assertEquals(
                List.of(),
                offenders.map(file -> ROOT.relativize(file).toString()).toList(),
                what);
    }
}
