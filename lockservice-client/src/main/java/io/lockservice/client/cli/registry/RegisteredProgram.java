package io.lockservice.client.cli.registry;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.cli.program.GuardedProgram;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.lockservice.client.registry.RegistrationListener;
import io.vertx.core.Future;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A program that is registered while it runs and is well. When this process is told to stop, it is deregistered first, so that
 * nobody new comes, and the program ended then.
 */
final class RegisteredProgram implements AutoCloseable {
    private static final int FIRST_SIGNAL = 128;
    private static final long SIGNAL_MS = 100;
    private static final long LONGEST_GOODBYE_SECONDS = 3;

    private final Shell shell;
    private final LockServiceClient client;
    private final RegisterOptions options;
    private final NameRegistry registry;
    private final Thread onSignal = new Thread(this::signalled, "end");
    private @Nullable Registration registration;
    private @Nullable GuardedProgram program;
    private boolean over;
    private volatile boolean stopping;

    RegisteredProgram(Shell shell, LockServiceClient client, RegisterOptions options) {
        this.shell = shell;
        this.client = client;
        this.options = options;
        options.service();
        options.id();
        options.healthMs();
        options.healthFailures();
        this.registry = NameRegistry.of(client, options.session(), 1);
        Runtime.getRuntime().addShutdownHook(onSignal);
    }

    /** Runs it, to its end; its status. */
    int run() throws InterruptedException {
        URI url = options.healthUrl();
        GuardedProgram running;
        synchronized (this) {
            checkNotStopping();
            running = GuardedProgram.start(
                    options.command(),
                    Map.of("LOCKSERVICE_CELL", shell.options().cell(shell.console())),
                    new Free(),
                    client.loop(),
                    options.margins(),
                    new CompletableFuture<>());
            program = running;
        }
        HealthCheck health = url == null
                ? null
                : new HealthCheck(url, options.healthMs(), options.healthFailures(), this::changed).begun();
        if (health == null) {
            changed("");
        }
        try {
            running.await();
        } catch (InterruptedException stop) {
            running.stop();
            throw stop;
        } finally {
            if (health != null) {
                health.close();
            }
        }
        if (running.status() > FIRST_SIGNAL) {
            // Ctrl-C reaches the program and this process alike, and this one may be the slower to notice.
            TimeUnit.MILLISECONDS.sleep(SIGNAL_MS);
        }
        checkNotStopping();
        return running.status();
    }

    /** Deregisters it, and ends the session. Does not wait long where the cell is away. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException stoppingAlready) {
            // The hook runs, and closes it too.
            return;
        }
        goodbye();
    }

    /** With an empty problem it is well. */
    private synchronized void changed(String problem) {
        Registration now = registration;
        if (over) {
            return;
        }
        if (problem.isEmpty() && now == null) {
            Registration begun = registry.register(options.service(), options.id(), options.instance());
            begun.addListener(new Notes());
            registration = begun;
        } else if (!problem.isEmpty() && now != null) {
            registration = null;
            shell.console().note("deregistered, for " + options.healthUrl() + " is not well: " + problem);
            now.deregister()
                    .onFailure(failure -> shell.console()
                            .note("the registration goes with its lease: " + ExitStatus.message(failure)));
        }
    }

    private void checkNotStopping() throws InterruptedException {
        if (stopping) {
            throw new InterruptedException("told to stop");
        }
    }

    private void signalled() {
        GuardedProgram running;
        synchronized (this) {
            stopping = true;
            running = program;
        }
        goodbye();
        if (running != null) {
            running.stop();
        }
    }

    private void goodbye() {
        synchronized (this) {
            over = true;
        }
        Future<Void> end = registry.shutdown();
        try {
            end.toCompletionStage().toCompletableFuture().get(LONGEST_GOODBYE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It is found no longer when the lease is over.
            System.getLogger(RegisteredProgram.class.getName())
                    .log(System.Logger.Level.DEBUG, "not closed in order", e);
        }
    }

    /** Says what people have to know. */
    private final class Notes implements RegistrationListener {
        @Override
        public void lost(Registration lost, LockServiceException reason) {
            shell.console().note("not registered now, it is tried again: " + ExitStatus.message(reason));
        }

        @Override
        public void refused(Registration refused, LockServiceException reason) {
            shell.console().note("not registered yet, it is tried again: " + ExitStatus.message(reason));
        }
    }

    /** A program that serves may run whatever becomes of its registration. */
    private static final class Free implements GuardedProgram.Guard {
        @Override
        public long remainingMs() {
            return Long.MAX_VALUE;
        }

        @Override
        public long exclusiveMs() {
            return Long.MAX_VALUE;
        }

        @Override
        public boolean isHeld() {
            return true;
        }
    }
}
