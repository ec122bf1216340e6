package io.lockservice.client.cli.lock;

import io.lockservice.api.LockMode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.Durations;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.lock.LockOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a program while a lock is held. */
@Command(
        name = "lock",
        description = {
            "Acquires a lock, runs COMMAND while it is held, and ends with its exit status.",
            "COMMAND finds LOCKSERVICE_TOKEN, LOCKSERVICE_SEQUENCER, LOCKSERVICE_LOCK and LOCKSERVICE_CELL in its"
                    + " environment. It is ended, TERM and then KILL, before the lease can end; the status is not 0 then."
        })
public final class LockCommand extends CellCommand {
    private static final double LONGEST_WAIT_SECONDS = 1e9;

    @Mixin
    private final HoldOptions options = new HoldOptions();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "how long to wait for the lock, 0 for not at all; default: as long as it takes")
    private @Nullable Double waitSeconds;

    @Option(names = "--shared", description = "together with others that share the lock")
    private boolean shared;

    /** The command in this shell. */
    public LockCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        path("locks", options.name());
        LockOptions how = shared ? options.lock().withMode(LockMode.SHARED) : options.lock();
        Duration waitTime = waitSeconds == null
                ? null
                : Duration.ofMillis(Durations.ms("--wait", waitSeconds, 0, LONGEST_WAIT_SECONDS));
        try (Hold hold = Hold.acquire(shell(), client, options, how, waitTime)) {
            return hold.run();
        }
    }
}
