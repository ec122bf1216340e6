package io.lockservice.client.cli.shell;

import io.lockservice.client.transport.Address;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options of every command. They may stand before the command's name or behind it. */
public final class CellOptions {
    private static final String VARIABLE = "LOCKSERVICE_CELL";
    private static final String EMBEDDED = "http://127.0.0.1:7301,http://127.0.0.1:7302,http://127.0.0.1:7303";
    private static final double MOST_SECONDS = 3_600;

    @Option(
            names = "--cell",
            paramLabel = "URL[,URL...]",
            scope = ScopeType.INHERIT,
            description = "where replicas of the cell answer; else LOCKSERVICE_CELL, else the embedded cell's ports"
                    + " 7301 to 7303 on this machine")
    private @Nullable String cell;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "prints JSON, for programs")
    private boolean json;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            scope = ScopeType.INHERIT,
            description = "how long to try to reach the cell; default 10")
    private double timeoutSeconds = 10;

    /** Whether programs read the output. */
    public boolean json() {
        return json;
    }

    /** How long an operation is tried. */
    public long timeoutMs() {
        return Durations.ms("--timeout", timeoutSeconds, 0.1, MOST_SECONDS);
    }

    /** The replicas to ask, as one text. */
    public String cell(Console console) {
        String variable = console.variable(VARIABLE);
        return cell != null ? cell : variable != null ? variable : EMBEDDED;
    }

    /** The replicas to ask. */
    public List<Address> addresses(Console console) {
        try {
            return List.of(cell(console).split(",", -1)).stream()
                    .map(url -> Address.parse(url.strip()))
                    .distinct()
                    .toList();
        } catch (IllegalArgumentException wrong) {
            throw CommandFailure.usage((cell != null ? "--cell: " : VARIABLE + ": ") + wrong.getMessage());
        }
    }
}
