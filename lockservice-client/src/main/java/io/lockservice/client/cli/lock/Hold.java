package io.lockservice.client.cli.lock;

import io.lockservice.client.LockHeldException;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.cli.program.GuardedProgram;
import io.lockservice.client.cli.program.Margins;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A lock that is held for as long as programs run under it, one after the other. When this process is told to stop, the
 * program is ended first and the lock released then.
 */
final class Hold implements AutoCloseable {
    /** The code of a lock that was lost before anything ran under it. */
    static final String LOST = "lock-lost";

    private static final int FIRST_SIGNAL = 128;
    private static final long SIGNAL_MS = 100;
    private static final long LONGEST_RELEASE_SECONDS = 3;

    private final Shell shell;
    private final HoldOptions options;
    private final Margins margins;
    private final Session session;
    private final Thread onSignal = new Thread(this::signalled, "end");
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private @Nullable HeldLock lock;
    private volatile @Nullable GuardedProgram program;
    private volatile boolean stopping;

    private Hold(Shell shell, HoldOptions options, Margins margins, Session session) {
        this.shell = shell;
        this.options = options;
        this.margins = margins;
        this.session = session;
        Runtime.getRuntime().addShutdownHook(onSignal);
    }

    /**
     * Opens a session and acquires the lock with it.
     *
     * @param waitTime null: for as long as it takes
     */
    static Hold acquire(
            Shell shell, LockServiceClient client, HoldOptions options, LockOptions how, @Nullable Duration waitTime)
            throws InterruptedException {
        Margins margins = options.margins();
        Hold hold = new Hold(shell, options, margins, CellCommand.await(client.openSession(options.session())));
        try {
            hold.acquire(how, waitTime);
            return hold;
        } catch (RuntimeException | InterruptedException failure) {
            hold.close();
            hold.checkNotStopping();
            throw failure;
        }
    }

    /**
     * Runs the command once.
     *
     * @return its status; never 0 where the lock was lost meanwhile
     */
    int run() throws InterruptedException {
        HeldLock held = held();
        GuardedProgram running;
        synchronized (this) {
            checkNotStopping();
            running = GuardedProgram.start(
                    options.command(),
                    environment(held),
                    new LockGuard(held),
                    session.client().loop(),
                    margins,
                    lost);
            program = running;
        }
        boolean undisturbed;
        try {
            undisturbed = running.await();
        } catch (InterruptedException stop) {
            running.stop();
            throw stop;
        }
        if (running.status() > FIRST_SIGNAL) {
            // Ctrl-C reaches the program and this process alike, and this one may be the slower to notice.
            pause(SIGNAL_MS);
        }
        checkNotStopping();
        if (!undisturbed) {
            lost.complete(null);
            shell.console()
                    .note("the lock " + held.name()
                            + " could no longer be relied on; the command was ended with status " + running.status());
            return running.status() == 0 ? ExitStatus.REFUSED : running.status();
        }
        return running.status();
    }

    /** Whether the lock is held, with enough of the lease left to run something. */
    boolean isUsable() {
        return lock != null && held().remainingMs() > margins.termMs();
    }

    /** Waits, but not on when the lock is lost. */
    void pause(long ms) throws InterruptedException {
        try {
            lost.get(ms, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException passed) {
            // The pause is over.
        }
    }

    /** Throws where this process was told to stop: its session is being closed. */
    void checkNotStopping() throws InterruptedException {
        if (stopping) {
            throw new InterruptedException("told to stop");
        }
    }

    /** Closes the session, which releases the lock. Does not wait long where the cell is away. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException stoppingAlready) {
            // The hook runs, and closes it too.
            return;
        }
        closeSession();
    }

    private void acquire(LockOptions how, @Nullable Duration waitTime) throws InterruptedException {
        DistributedLock locks = DistributedLock.of(session);
        HeldLock granted;
        try {
            granted = CellCommand.await(locks.tryAcquire(options.name(), how));
        } catch (LockHeldException held) {
            if (waitTime != null && waitTime.isZero()) {
                throw held;
            }
            shell.console().note("waiting for " + options.name() + ", " + ExitStatus.holders(held));
            granted =
                    CellCommand.await(locks.acquire(options.name(), waitTime == null ? how : how.waitAtMost(waitTime)));
        }
        lock = granted;
        granted.onLost(reason -> lost.complete(null));
        // A grant can take long to arrive; what is left of the lease may not be enough to begin with.
        while (!isUsable() && !lost.isDone()) {
            pause(margins.killMs());
        }
        if (!isUsable()) {
            throw CommandFailure.refused(LOST, "the lock was lost again before the command began; try again");
        }
    }

    private Map<String, String> environment(HeldLock held) {
        return Map.of(
                "LOCKSERVICE_CELL", shell.options().cell(shell.console()),
                "LOCKSERVICE_LOCK", held.name(),
                "LOCKSERVICE_TOKEN", Long.toString(held.token()),
                "LOCKSERVICE_SEQUENCER", held.sequencer());
    }

    private HeldLock held() {
        if (lock == null) {
            throw new IllegalStateException("the lock was never acquired");
        }
        return lock;
    }

    private void signalled() {
        GuardedProgram running;
        synchronized (this) {
            stopping = true;
            running = program;
        }
        if (running != null) {
            running.stop();
        }
        closeSession();
    }

    private void closeSession() {
        try {
            session.close().toCompletionStage().toCompletableFuture().get(LONGEST_RELEASE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The lock is free when the lease is over.
            System.getLogger(Hold.class.getName()).log(System.Logger.Level.DEBUG, "not closed in order", e);
        }
    }

    /** A program runs while the lock is held, and nobody has it before the session's lease is over. */
    private record LockGuard(HeldLock lock) implements GuardedProgram.Guard {
        @Override
        public long remainingMs() {
            return lock.remainingMs();
        }

        @Override
        public long exclusiveMs() {
            return lock.session().remainingMs();
        }

        @Override
        public boolean isHeld() {
            return lock.isHeld();
        }
    }
}
