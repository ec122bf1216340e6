package io.lockservice.sim.cluster;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Virtual time, in nanoseconds from 0, and what will happen in it. Equal times happen in the order of their planning. */
public final class Scheduler {
    /** Nanoseconds in a millisecond. */
    public static final long MS = 1_000_000L;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNanos;
    private long planned;

    /** True time: no replica and no client can see it. */
    public long now() {
        return nowNanos;
    }

    /** Plans {@code action} for {@code delayNanos} from now. */
    public void after(long delayNanos, Runnable action) {
        events.add(new Event(nowNanos + Math.max(0, delayNanos), planned++, action));
    }

    /** Lets everything happen that is planned up to {@code timeNanos}. */
    public void runUntil(long timeNanos) {
        runUntil(timeNanos, () -> false);
    }

    /** As {@link #runUntil(long)}, but stops as soon as {@code done}; tells whether it was. */
    public boolean runUntil(long timeNanos, BooleanSupplier done) {
        if (timeNanos < nowNanos) {
            return done.getAsBoolean();
        }
        while (!done.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.timeNanos > timeNanos) {
                nowNanos = timeNanos;
                return false;
            }
            events.remove();
            nowNanos = next.timeNanos;
            next.action.run();
        }
        return true;
    }

    private record Event(long timeNanos, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(timeNanos, other.timeNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
