package io.lockservice.client.cli.lock;

import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.Durations;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a program whenever, and for as long as, this process is the leader. */
@Command(
        name = "elect",
        description = {
            "Is a candidate until it is stopped: whoever holds the lock leads, and runs COMMAND again and again.",
            "As with lock, COMMAND finds the token and the sequencer in its environment and is ended before the lease can"
                    + " end. Then this is a candidate again, with a larger token the next time."
        })
public final class ElectCommand extends CellCommand {
    private static final long FIRST_PAUSE_MS = 1_000;
    private static final long MAX_PAUSE_MS = 30_000;
    private static final long LONG_RUN_MS = 10_000;

    @Mixin
    private final HoldOptions options = new HoldOptions();

    private final Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
    private boolean everReached;
    private int failures;

    /** The command in this shell. */
    public ElectCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        path("locks", options.name());
        while (true) {
            try (Hold hold = Hold.acquire(shell(), client, options, options.lock(), null)) {
                everReached = true;
                failures = 0;
                lead(client, hold);
                hold.checkNotStopping();
            } catch (RuntimeException failure) {
                if (!isPassing(failure)) {
                    throw failure;
                }
                failures++;
                // Of a cell that is away for a night, a line now and then is enough.
                if (Integer.bitCount(failures) == 1) {
                    console().note(ExitStatus.message(failure) + "; still a candidate");
                }
                TimeUnit.MILLISECONDS.sleep(pauses.delayMs(1));
            }
        }
    }

    private void lead(LockServiceClient client, Hold hold) throws InterruptedException {
        int shortRuns = 0;
        while (hold.isUsable()) {
            long startNanos = client.loop().nanoTime();
            int status = hold.run();
            if (hold.isUsable()) {
                long ranMs = TimeUnit.NANOSECONDS.toMillis(client.loop().nanoTime() - startNanos);
                shortRuns = ranMs < LONG_RUN_MS ? shortRuns + 1 : 1;
                long pauseMs = pauses.delayMs(shortRuns);
                console()
                        .note("the command ended with status " + status + "; leading still, again in "
                                + Durations.text(pauseMs));
                hold.pause(pauseMs);
            }
        }
    }

    /** What a candidate waits out, once it knows that its cell exists. */
    private boolean isPassing(RuntimeException failure) {
        boolean away = ExitStatus.of(failure) == ExitStatus.UNREACHABLE;
        boolean lost = ExitStatus.code(failure).equals(Hold.LOST);
        return lost || failure instanceof SessionExpiredException || (away && everReached);
    }
}
