package io.lockservice.client.cli.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows how the cell is. */
@Command(name = "status", description = "Shows how the cell is: who leads, who answers, how many more may fail.")
public final class StatusCommand extends CellCommand {
    @Option(names = "--stale", description = "as the replica that is asked knows it, also where nobody leads")
    private boolean stale;

    /** The command in this shell. */
    public StatusCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        JsonNode cell = ask(client, Operation.get("/v1/cell" + (stale ? "?consistency=stale" : "")))
                .json();
        shell().print(cell, () -> {
            String tolerance = cell.path("faultTolerance").isNumber()
                    ? cell.path("faultTolerance").asText()
                    : "unknown, only the leader can tell";
            line(
                    "cell",
                    cell.path("cell").asText() + ", version "
                            + cell.path("version").asText());
            line(
                    "leader",
                    cell.path("leader").isNumber()
                            ? "replica " + cell.path("leader").asText()
                            : "none");
            line("may fail", tolerance.equals("0") ? console().warning("no more") : tolerance + " more");
            line(
                    "state",
                    "revision " + cell.path("revision").asText() + ", epoch "
                            + cell.path("epoch").asText() + ", "
                            + cell.path("nodes").asText() + " nodes, "
                            + cell.path("locks").asText() + " locks, "
                            + cell.path("sessions").asText() + " sessions");
            console().line("");
            Replicas.print(console(), cell.path("replicas"));
        });
        return ExitStatus.DONE;
    }

    private void line(String title, String text) {
        console().line("%-9s %s".formatted(title, console().colour() ? text : Console.plain(text)));
    }
}
