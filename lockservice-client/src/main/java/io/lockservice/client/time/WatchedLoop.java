package io.lockservice.client.time;

import io.lockservice.client.Loop;

/**
 * A loop that looks at the clock before each task: what a pause of the process or of the machine has cost is known before
 * anything else runs.
 */
public final class WatchedLoop implements Loop {
    private final Loop loop;
    private final Runnable before;
    private boolean inTask;

    /** Does {@code before} on the loop ahead of each task of {@code loop}. */
    public WatchedLoop(Loop loop, Runnable before) {
        this.loop = loop;
        this.before = before;
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public long sleptNanos() {
        return loop.sleptNanos();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(() -> run(task));
    }

    @Override
    public Timer after(long delayMs, Runnable task) {
        return loop.after(delayMs, () -> run(task));
    }

    private void run(Runnable task) {
        if (inTask) {
            task.run();
            return;
        }
        inTask = true;
        try {
            before.run();
            task.run();
        } finally {
            inTask = false;
        }
    }
}
