package io.lockservice.client.cli.node;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes nodes. */
@Command(name = "rm", description = "Deletes files and directories. Stops at the first that is refused.")
public final class RmCommand extends CellCommand {
    @Parameters(index = "0..*", arity = "1..*", paramLabel = "NAME", description = "files or directories")
    private List<String> names = List.of();

    @Option(
            names = {"-r", "--recursive"},
            description = "directories with all that is below them")
    private boolean recursive;

    @Mixin
    private final WriteOptions conditions = new WriteOptions();

    /** The command in this shell. */
    public RmCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        for (String name : names) {
            ask(
                    client,
                    conditions.applied(Operation.delete(path("nodes", name) + (recursive ? "?recursive=true" : ""))));
        }
        return ExitStatus.DONE;
    }
}
