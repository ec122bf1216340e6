package io.lockservice.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    /** Nothing listens on port 1. */
    private static final String[] NOWHERE = {"http://127.0.0.1:1"};

    private static Ran run(String... arguments) {
        return Ran.of(NOWHERE, "", arguments);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nosuch                                    | Unmatched argument
                    cat                                       | Missing required parameter: 'NAME'
                    cat app/config                            | such as /ls/local/app/config
                    locks /app                                | such as /ls/local/app
                    ls --cell localhost:7301                  | --cell: 'localhost:7301' is not a replica's address
                    ls --timeout 0                            | --timeout is 0.1 to 3600 seconds, not 0
                    ls --timeout soon                         | Invalid value for option '--timeout'
                    put /ls/local/x --new --if-match 1.1      | exclude each other
                    lock /ls/local/x                          | Missing required parameter: 'COMMAND'
                    lock /ls/local/x --wait -1 -- true        | --wait is 0 to
                    lock /ls/local/x --lease 0.5 -- true      | --lease is 1 to 86400 seconds, not 0.5
                    lock /ls/local/x --grace 9 -- true        | --grace is too long for a lease of 12 s: give at most 5.5 s
                    lock /ls/local/x --lock-delay 61 -- true  | --lock-delay is 0 to 60 seconds
                    release /ls/local/x                       | add --force
                    services a/b                              | names without a slash
                    resolve                                   | Missing required parameter: 'NAME'
                    resolve web --count 1                     | goes with --watch
                    register web 1 --port 1 -- true           | --address
                    register web 1 --address a --port 0 -- true | port is 1 to 65,535
                    register web 1 --address a --port 1 --health-url x -- true | --health-url is such as
                    register web 1 --address a --port 1 --lease 0 -- true | --lease is 1 to
                    members                                   | Missing required subcommand
                    members add 4                             | --host
                    members remove four                       | Invalid value
                    bench --clients 0                         | --clients is 1 to 256
                    bench --workload none                     | Invalid value for option '--workload'
                    """)
    void whatCannotBeUnderstoodIsStatus2AndOneLine(String arguments, String words) {
        run(arguments.split(" ")).failed(2, words);
    }

    @Test
    void aVariableThatIsNoAddressIsNamed() {
        Ran.with(Map.of("LOCKSERVICE_CELL", "somewhere"), "", "ls").failed(2, "LOCKSERVICE_CELL: 'somewhere'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "ls",
                "put /ls/local/x",
                "watch /ls/local/x",
                "backup /tmp/never-written",
                "lock /ls/local/x -- true",
                "elect /ls/local/x -- true",
                "services",
                "resolve web",
                "resolve web --watch"
            })
    void aCellThatIsNotThereIsStatus3AndOneLine(String arguments) {
        run(("--timeout 0.2 " + arguments).split(" ")).failed(3, "no replica of the cell answers");
    }

    @Test
    void programsAreToldInJson() {
        Ran ran = run("ls", "--json", "--timeout", "0.2");
        assertEquals(3, ran.status());
        assertTrue(ran.err().startsWith("{\"code\":\"unreachable\",\"detail\":\"no replica"), ran::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "status",
                "put",
                "lock",
                "elect",
                "services",
                "resolve",
                "register",
                "members",
                "members add",
                "bench",
                "completion"
            })
    void everyCommandExplainsItself(String command) {
        Ran ran = run((command + " --help").strip().split(" "));
        ran.done();
        assertTrue(ran.out().contains("Exit status: 0 done"), ran::out);
        assertFalse(ran.out().contains("\u001b"), "colour only where it is asked for");
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        String script = run("completion").done().out();
        assertTrue(script.contains("complete -F _complete_lockctl"));
        assertTrue(script.contains("members") && script.contains("--if-match"));
    }

    @Test
    void outputThatCannotBeWrittenIsNoSuccess() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("no space left on device");
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                InputStream.nullInputStream(),
                new PrintStream(full, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                false);
        assertEquals(1, Lockctl.run(console, "completion"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("could be written"));
    }

    @Test
    void whatOthersWroteDoesNotSteerTheTerminal() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Table table =
                new Table(new Console(InputStream.nullInputStream(), print, print, Map.of(), true), "NOTE", "TOKEN");
        table.row("\u001b[2Jgone\n", "7");
        table.print();
        String text = out.toString(StandardCharsets.UTF_8);
        assertTrue(text.startsWith("\u001b[1mNOTE"), "titles stand out where there is colour");
        assertTrue(text.contains("?[2Jgone?  7"), text);
    }
}
