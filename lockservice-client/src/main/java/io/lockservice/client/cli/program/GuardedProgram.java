package io.lockservice.client.cli.program;

import io.lockservice.client.Loop;
import io.lockservice.client.cli.shell.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program that runs while a lock is held, with all processes that it starts. It is told to stop (TERM) before the lease
 * can end and killed (KILL) where it does not, in time for it to be gone before the cell can give the lock to another.
 */
public final class GuardedProgram {
    private static final long LONGEST_LOOK_MS = 60_000;

    private final Process process;
    private final Guard guard;
    private final Loop loop;
    private final Margins margins;
    private final CompletableFuture<Void> lost;
    private final Set<ProcessHandle> ended = new LinkedHashSet<>();
    private boolean stopped;

    private GuardedProgram(Process process, Guard guard, Loop loop, Margins margins, CompletableFuture<Void> lost) {
        this.process = process;
        this.guard = guard;
        this.loop = loop;
        this.margins = margins;
        this.lost = lost;
    }

    /** What the program may run under. Asked from the threads that run it. */
    public interface Guard {
        /** For how long it may certainly go on running; 0 where it may not. */
        long remainingMs();

        /** For how long nobody else can be running in its place. */
        long exclusiveMs();

        /** Whether it may run now. */
        boolean isHeld();
    }

    /** Starts {@code command} with the caller's own streams; {@code lost} is completed when it may run no longer. */
    public static GuardedProgram start(
            List<String> command,
            Map<String, String> environment,
            Guard guard,
            Loop loop,
            Margins margins,
            CompletableFuture<Void> lost) {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(environment);
        try {
            return new GuardedProgram(builder.start(), guard, loop, margins, lost);
        } catch (IOException e) {
            String program = command.get(0);
            String hint = new File(program).exists() ? "it is not a program" : "there is no such program";
            throw CommandFailure.notFound("cannot run " + program + ": " + hint);
        }
    }

    /**
     * Waits until the program has ended, by itself or because the lock is no longer certain.
     *
     * @return true where it might run until the program had ended
     */
    public boolean await() throws InterruptedException {
        CompletableFuture<?> end = CompletableFuture.anyOf(process.onExit(), lost);
        while (process.isAlive()) {
            long leftMs = guard.remainingMs() - margins.termMs();
            if (leftMs <= 0) {
                stop();
                return false;
            }
            look(end, Math.min(leftMs, LONGEST_LOOK_MS));
        }
        return guard.isHeld();
    }

    /** The status it ended with; 128 and the signal's number where a signal ended it. */
    public int status() {
        // Its end can be seen a moment before its status.
        return process.onExit().join().exitValue();
    }

    /** Ends it: TERM, then KILL when the grace is over or the lease about to be. From any thread; the first call does it. */
    public synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        signal(false);
        long endNanos = loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(margins.graceMs());
        boolean interrupted = false;
        while (isAlive()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - loop.nanoTime());
            long leaseMs = guard.exclusiveMs() - margins.killMs();
            long waitMs = Math.min(leftMs, leaseMs);
            if (waitMs <= 0) {
                signal(true);
            }
            interrupted |= !waitedForEnd(Math.max(1, waitMs));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The program before what it started, or a shell would go on with its next line. All of them are remembered: once the
     * program is gone, nothing else tells what it has left behind.
     */
    private void signal(boolean kill) {
        ended.add(process.toHandle());
        process.descendants().forEach(ended::add);
        for (ProcessHandle each : ended) {
            if (kill) {
                each.destroyForcibly();
            } else {
                each.destroy();
            }
        }
    }

    private boolean isAlive() {
        return ended.stream().anyMatch(ProcessHandle::isAlive);
    }

    private boolean waitedForEnd(long ms) {
        CompletableFuture<?>[] ends = ended.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        try {
            look(CompletableFuture.allOf(ends), ms);
            return true;
        } catch (InterruptedException e) {
            // It is being ended already, and that must not be cut short.
            return false;
        }
    }

    private static void look(CompletableFuture<?> end, long ms) throws InterruptedException {
        try {
            end.get(ms, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException later) {
            // The caller looks at the clock again.
        }
    }
}
