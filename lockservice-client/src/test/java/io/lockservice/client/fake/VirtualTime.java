package io.lockservice.client.fake;

import io.lockservice.client.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** A clock that moves when told, and the loops of several processes on it. A process can be paused, as by SIGSTOP. */
public final class VirtualTime {
    // Near the overflow, as nanoTime may be: differences must be right all the same.
    private long nowNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30);
    private long sequence;
    private final long startNanos = nowNanos;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.<Task>comparingLong(task -> task.dueNanos - startNanos)
                    .thenComparingLong(task -> task.sequence));

    /** A process's loop. */
    public Machine machine() {
        return new Machine();
    }

    /** Milliseconds since the beginning. */
    public long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos);
    }

    /** Lets {@code ms} pass; what is due happens at its time, in order. */
    public void advanceMs(long ms) {
        long endNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(ms);
        while (!tasks.isEmpty() && tasks.element().dueNanos - endNanos <= 0) {
            Task task = tasks.remove();
            if (task.dueNanos - nowNanos > 0) {
                nowNanos = task.dueNanos;
            }
            task.machine.run(task);
        }
        nowNanos = endNanos;
    }

    /** One process's loop on this clock. */
    public final class Machine implements Loop {
        private final Queue<Runnable> backlog = new ArrayDeque<>();
        private boolean paused;

        /** Stops the process: nothing of it runs, while time goes on. */
        public void pause() {
            paused = true;
        }

        /** Lets it go on; what was due meanwhile happens now, late. */
        public void resume() {
            paused = false;
            while (!paused && !backlog.isEmpty()) {
                backlog.remove().run();
            }
        }

        @Override
        public long nanoTime() {
            return nowNanos;
        }

        @Override
        public void execute(Runnable work) {
            if (paused) {
                backlog.add(work);
            } else {
                work.run();
            }
        }

        @Override
        public Timer after(long delayMs, Runnable work) {
            Task task = new Task(this, nowNanos + TimeUnit.MILLISECONDS.toNanos(delayMs), sequence++, work);
            tasks.add(task);
            return () -> task.cancelled = true;
        }

        private void run(Task task) {
            execute(() -> {
                if (!task.cancelled) {
                    task.work.run();
                }
            });
        }
    }

    private static final class Task {
        private final Machine machine;
        private final long dueNanos;
        private final long sequence;
        private final Runnable work;
        private boolean cancelled;

        Task(Machine machine, long dueNanos, long sequence, Runnable work) {
            this.machine = machine;
            this.dueNanos = dueNanos;
            this.sequence = sequence;
            this.work = work;
        }
    }
}
