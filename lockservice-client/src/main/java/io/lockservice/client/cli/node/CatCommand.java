package io.lockservice.client.cli.node;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the content of files. */
@Command(name = "cat", description = "Prints the content of files, byte by byte; with --json one line for each file.")
public final class CatCommand extends CellCommand {
    @Parameters(index = "0..*", arity = "1..*", paramLabel = "NAME", description = "files")
    private List<String> names = List.of();

    /** The command in this shell. */
    public CatCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        for (String name : names) {
            if (shell().json()) {
                console()
                        .json(ask(client, Operation.get(path("nodes", name) + "?content=true"))
                                .json());
            } else {
                byte[] content =
                        ask(client, Operation.get(path("files", name))).body().getBytes();
                console().out().write(content, 0, content.length);
            }
        }
        return ExitStatus.DONE;
    }
}
