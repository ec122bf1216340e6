package io.lockservice.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @TempDir
    Path directory;

    private String file = "";

    @BeforeEach
    void writeFile() throws IOException {
        file = Files.writeString(directory.resolve("cell.yaml"), """
                        cell: paris
                        replicas: [{id: 1, host: a, bus: 1, http: 2}, {id: 4, host: b, bus: 1, http: 2}]
                        """).toString();
    }

    @Test
    void withoutArgumentsTheCellIsEmbedded() {
        assertEquals(new Invocation.Embedded(CellConfig.embedded(), Path.of("data")), CommandLine.parse());
    }

    @Test
    void theEmbeddedCellKeepsItsDataWhereItIsTold() {
        assertEquals(
                new Invocation.Embedded(CellConfig.embedded(), Path.of("here")), CommandLine.parse("--data", "here"));
    }

    @Test
    void oneReplicaOfACell() {
        Invocation invocation = CommandLine.parse("--config", file, "--replica=4", "--data", "here");
        assertEquals(new Invocation.OneReplica(ConfigFile.read(Path.of(file)), 4, false, Path.of("here")), invocation);
    }

    @Test
    void verifyNamesADirectory() {
        assertEquals(new Invocation.Verify(Path.of("here")), CommandLine.parse("verify", "--data", "here"));
        var help = assertInstanceOf(Invocation.Exit.class, CommandLine.parse("verify", "--help"));
        assertEquals(0, help.status());
        assertTrue(help.text().contains("--data"), help.text());
        var general = assertInstanceOf(Invocation.Exit.class, CommandLine.parse("--help"));
        assertTrue(general.text().contains("verify"), general.text());
    }

    @Test
    void restoreNamesABackupACellAndADirectory() {
        assertEquals(
                new Invocation.Restore(Path.of("b"), ConfigFile.read(Path.of(file)), 4, Path.of("here")),
                CommandLine.parse("restore", "--from", "b", "--data", "here", "--config", file, "--replica", "4"));
        var help = assertInstanceOf(Invocation.Exit.class, CommandLine.parse("restore", "--help"));
        assertEquals(0, help.status());
        for (String option : new String[] {"--from", "--data", "--config", "--replica"}) {
            assertTrue(help.text().contains(option), help.text());
        }
    }

    @Test
    void helpNamesEveryOption() {
        var exit = assertInstanceOf(Invocation.Exit.class, CommandLine.parse("--help"));
        assertEquals(0, exit.status());
        for (String option : new String[] {"--config", "--replica", "--data", "--help", "--version"}) {
            assertTrue(exit.text().contains(option), exit.text());
        }
    }

    @Test
    void versionIsOneLine() {
        var exit = assertInstanceOf(Invocation.Exit.class, CommandLine.parse("--version"));
        assertEquals(0, exit.status());
        assertTrue(exit.text().matches("lockservice \\S+"), exit.text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "verify                             | verify needs --data",
                "verify --data d --nonsense         | Unknown option",
                "restore --from b --data d --replica 1 | restore needs --from CHECKPOINT, --data DIR, --config FILE",
                "restore --from b --data d --config FILE --replica 2 | has no replica 2; give one of 1, 4",
                "restore --from b --data d --config FILE --replica x | --replica",
                "--replica 1                        | --replica needs --config",
                "--config FILE                      | --config needs --replica",
                "--config FILE --replica 1          | --config needs --data",
                "--config FILE --replica 2 --data d | has no replica 2; give one of 1, 4",
                "--config FILE --replica x --data d | --replica",
                "--config                           | --config",
                "--config FILE --config FILE --replica 1 --data d | --config",
                "--nonsense                         | --nonsense",
                "start                              | start",
                "--config FILE.no --replica 1 --data d | there is no such file",
            })
    void mistakesExitWithStatus2AndOneLine(String arguments, String expected) {
        var exit = assertInstanceOf(
                Invocation.Exit.class,
                CommandLine.parse(arguments.replace("FILE", file).split(" ", -1)));
        assertEquals(CommandLine.USAGE_ERROR, exit.status());
        assertTrue(exit.text().contains(expected), exit.text());
        assertEquals(1, exit.text().lines().count(), exit.text());
    }
}
