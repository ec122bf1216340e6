package io.lockservice.sim.client;

import io.lockservice.sim.cluster.Scheduler;

/** What clients plan, and the numbers they draw so that no two of their calls have the same key. */
final class Timetable {
    private final Scheduler scheduler;
    private long keys;

    Timetable(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    long now() {
        return scheduler.now();
    }

    void after(long delayNanos, Runnable action) {
        scheduler.after(delayNanos, action);
    }

    long nextKey() {
        return ++keys;
    }
}
