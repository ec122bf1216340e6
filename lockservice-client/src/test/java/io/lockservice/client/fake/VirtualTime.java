package io.lockservice.client.fake;

import io.lockservice.client.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A clock that moves when told, and the loops of several processes on it. A process can be paused, as by SIGSTOP, and its
 * machine suspended, so that its own clock stands still.
 */
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
        private final List<Task> due = new ArrayList<>();
        private boolean paused;
        private boolean suspended;
        private long suspendedNanos;
        private long sleptNanos;
        private Runnable beforeReading = () -> {};

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

        /** Suspends the machine: nothing of it runs, and its clock and timers stand still. */
        public void suspend() {
            paused = true;
            suspended = true;
            suspendedNanos = nowNanos;
        }

        /** Wakes it; what came to it meanwhile happens now, its timers as much later as it slept. */
        public void wake() {
            long gapNanos = nowNanos - suspendedNanos;
            suspended = false;
            sleptNanos += gapNanos;
            for (Task task : List.copyOf(tasks)) {
                if (task.machine == this && tasks.remove(task)) {
                    due.add(task);
                }
            }
            due.forEach(task -> tasks.add(task.later(gapNanos)));
            due.clear();
            resume();
        }

        /** Has {@code work} happen just before the clock is read the next time: so late is whoever reads it. */
        public void beforeNextReading(Runnable work) {
            beforeReading = work;
        }

        @Override
        public long nanoTime() {
            Runnable work = beforeReading;
            beforeReading = () -> {};
            work.run();
            return (suspended ? suspendedNanos : nowNanos) - sleptNanos;
        }

        @Override
        public long sleptNanos() {
            return suspended ? sleptNanos + nowNanos - suspendedNanos : sleptNanos;
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
            return task::cancel;
        }

        private void run(Task task) {
            if (suspended) {
                due.add(task);
                return;
            }
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
        private @Nullable Task moved;

        Task(Machine machine, long dueNanos, long sequence, Runnable work) {
            this.machine = machine;
            this.dueNanos = dueNanos;
            this.sequence = sequence;
            this.work = work;
        }

        /** The same, and cancelled with it. */
        Task later(long nanos) {
            moved = new Task(machine, dueNanos + nanos, sequence, work);
            moved.cancelled = cancelled;
            return moved;
        }

        void cancel() {
            cancelled = true;
            if (moved != null) {
                moved.cancel();
            }
        }
    }
}
