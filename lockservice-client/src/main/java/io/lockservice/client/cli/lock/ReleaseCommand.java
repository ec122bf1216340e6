package io.lockservice.client.cli.lock;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a lock from whoever holds it. */
@Command(
        name = "release",
        description = "Takes a lock from whoever holds it. Their sequencers are refused from then on, but what they do"
                + " without one goes on until they notice.")
public final class ReleaseCommand extends CellCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "the lock")
    private String name = "";

    @Option(names = "--force", description = "has to be given: it is somebody else's lock")
    private boolean force;

    /** The command in this shell. */
    public ReleaseCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        String path = path("locks", name);
        if (!force) {
            throw CommandFailure.usage("this takes the lock from somebody who relies on it: see `lockctl locks " + name
                    + "`, and add --force to do it");
        }
        JsonNode answer = ask(client, Operation.delete(path + "?force=true")).json();
        shell().print(answer, () -> {
            if (answer.path("released").isEmpty()) {
                console().line("nobody held it");
            }
            for (JsonNode holder : answer.path("released")) {
                console()
                        .line(Console.plain(
                                "released, was held by " + holder.path("client").asText() + " with token "
                                        + holder.path("token").asText()));
            }
        });
        return ExitStatus.DONE;
    }
}
