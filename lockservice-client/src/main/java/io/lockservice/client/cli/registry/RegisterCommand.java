package io.lockservice.client.cli.registry;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a program and registers it while it is well. */
@Command(
        name = "register",
        description = {
            "Runs COMMAND, registers it as an instance of SERVICE while it runs, and ends with its exit status.",
            "With --health-url only while that answers. The registration is made again after the cell was away; COMMAND"
                    + " runs on meanwhile."
        })
public final class RegisterCommand extends CellCommand {
    @Mixin
    private final RegisterOptions options = new RegisterOptions();

    /** The command in this shell. */
    public RegisterCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        try (RegisteredProgram program = new RegisteredProgram(shell(), client, options)) {
            return program.run();
        }
    }
}
