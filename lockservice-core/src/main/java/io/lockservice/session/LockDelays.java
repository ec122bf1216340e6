package io.lockservice.session;

import io.lockservice.api.Name;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import java.util.HashMap;
import java.util.Map;

/**
 * Lock-delays that this leader counts (Burrows, section 2.4). Whether a lock is delayed is replicated, how much of the
 * delay is left is not: a new leader lets each of them begin anew, so that a change of leader can only make it longer.
 */
final class LockDelays {
    private static final long RETRY_NANOS = 250_000_000;

    private final DutyHost host;
    private final StateMachine state;
    private final Deadlines<Delayed> deadlines = new Deadlines<>();
    private final Map<Long, Long> endNanos = new HashMap<>();

    private record Delayed(Name name, long token) {}

    LockDelays(DutyHost host, StateMachine state) {
        this.host = host;
        this.state = state;
    }

    /** A lock-delay begins. */
    void begin(Applied.Delay delay, long nowNanos) {
        long end = nowNanos + delay.delayMs() * 1_000_000;
        deadlines.put(new Delayed(delay.name(), delay.token()), end);
        endNanos.put(delay.token(), end);
    }

    /** What is left of the lock-delay that the hold with {@code token} left behind, in milliseconds; 0 for none. */
    long remainingMs(long token, long nowNanos) {
        Long end = endNanos.get(token);
        return end == null ? 0 : Math.max(0, (end - nowNanos + 999_999) / 1_000_000);
    }

    void tick(long nowNanos) {
        for (Delayed each : deadlines.takeDue(nowNanos, Integer.MAX_VALUE)) {
            if (state.isDelayed(each.name(), each.token())) {
                host.propose(new Command.EndLockDelay(each.name(), each.token()));
                // Until it is seen to be over: the command may find no room in the queue.
                deadlines.put(each, nowNanos + RETRY_NANOS);
            } else {
                endNanos.remove(each.token());
            }
        }
    }

    void clear() {
        deadlines.clear();
        endNanos.clear();
    }
}
