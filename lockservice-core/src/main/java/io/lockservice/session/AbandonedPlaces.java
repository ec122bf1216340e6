package io.lockservice.session;

import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import java.util.function.Predicate;

/**
 * Places in locks' queues whose call may be gone: those that a new leader finds, and those that a command of its
 * predecessor still took. Their calls usually come again, through their origins; where none does, the place is given up
 * after the time the call wanted to wait, so that the lock is not granted to nobody.
 */
final class AbandonedPlaces {
    private static final long RETRY_NANOS = 250_000_000;

    private final DutyHost host;
    private final Deadlines<StateMachine.TimedPlace> deadlines = new Deadlines<>();

    AbandonedPlaces(DutyHost host) {
        this.host = host;
    }

    /** Nobody waits here at this place, yet. */
    void add(StateMachine.TimedPlace place, long nowNanos) {
        deadlines.put(place, nowNanos + place.waitMs() * 1_000_000);
    }

    /** Gives up the places whose time is over and which {@code abandoned} says are still there without a call. */
    void tick(long nowNanos, Predicate<StateMachine.TimedPlace> abandoned) {
        for (StateMachine.TimedPlace place : deadlines.takeDue(nowNanos, Integer.MAX_VALUE)) {
            if (abandoned.test(place)) {
                host.propose(new Command.Withdraw(place.name(), place.session(), place.ticket()));
                // Until it is seen to be gone: the command may find no room in the queue.
                deadlines.put(place, nowNanos + RETRY_NANOS);
            }
        }
    }

    void clear() {
        deadlines.clear();
    }
}
