package io.lockservice.client.cli.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what the cell knows of a node. */
@Command(name = "stat", description = "Shows what the cell knows of a file or directory.")
public final class StatCommand extends CellCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "a file or directory")
    private String name = "";

    /** The command in this shell. */
    public StatCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        JsonNode stat = ask(client, Operation.get(path("nodes", name))).json();
        shell().print(stat, () -> {
            stat.properties()
                    .forEach(field -> line(field.getKey(), field.getValue().asText()));
            line("version", version(stat));
        });
        return ExitStatus.DONE;
    }

    private void line(String field, String value) {
        console().line("%-18s %s".formatted(field, Console.plain(value)));
    }
}
