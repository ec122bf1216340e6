package io.lockservice.client.cli.node;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.transport.Response;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes directories. */
@Command(name = "mkdir", description = "Makes directories.")
public final class MkdirCommand extends CellCommand {
    @Parameters(index = "0..*", arity = "1..*", paramLabel = "NAME", description = "directories")
    private List<String> names = List.of();

    @Option(
            names = {"-p", "--parents"},
            description = "makes missing directories above; one that exists is no error")
    private boolean parents;

    /** The command in this shell. */
    public MkdirCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        for (String name : names) {
            Response made =
                    ask(client, Operation.put(path("nodes", name)).json(new JsonObject().put("parents", parents)));
            if (shell().json()) {
                console().json(made.json());
            }
        }
        return ExitStatus.DONE;
    }
}
