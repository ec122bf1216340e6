package io.lockservice.sim.invariant;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.event.Event;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A lock whose holder expired is granted to nobody before its lock-delay has passed, but for the same client. Of one lock,
 * that is always acquired with the same delay.
 */
public final class LockDelayKept implements Observer {
    /** The lock. */
    public static final String LOCK = "delayed";

    /** Its lock-delay. */
    public static final long DELAY_MS = 500;

    /** How the names of its clients begin; those of their sessions begin with the client's. */
    public static final String CLIENT = "delayer";

    private final LongSupplier trueNanos;
    private final long delayNanos;
    private final Set<Long> seen = new HashSet<>();
    private final Set<String> expired = new HashSet<>();
    private @Nullable String heldBy;
    private @Nullable String leftBy;
    private long leftNanos;

    /** For a cell whose clocks' rates differ by so much at most. */
    public LockDelayKept(LongSupplier trueNanos, int driftPercent) {
        this.trueNanos = trueNanos;
        this.delayNanos = DELAY_MS * MS * 100 / (100 + 2L * driftPercent);
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Happened happened) {
                happened.events().forEach(this::happened);
            }
        }
    }

    private void happened(Event event) {
        if (event.type() == Event.Type.SESSION_EXPIRED && event.session() != null) {
            expired.add(event.session());
            return;
        }
        String session = event.session();
        boolean isLocks = event.name() != null && event.name().endsWith("/" + LOCK);
        // Each replica tells of it; what counts is when the first did.
        if (session == null || !isLocks || !seen.add(event.revision() * 1_000 + event.index())) {
            return;
        }
        if (event.type() == Event.Type.LOCK_RELEASED) {
            leftBy = expired.contains(session) && session.equals(heldBy) ? client(session) : null;
            leftNanos = trueNanos.getAsLong();
        } else if (event.type() == Event.Type.LOCK_ACQUIRED) {
            boolean isReclaimed = client(session).equals(leftBy);
            Violation.unless(
                    leftBy == null || isReclaimed || trueNanos.getAsLong() - leftNanos >= delayNanos,
                    LockDelayKept.class,
                    "%s has the lock %d ns after the session of %s expired holding it",
                    session,
                    trueNanos.getAsLong() - leftNanos,
                    leftBy);
            heldBy = session;
            leftBy = null;
        }
    }

    private static String client(String session) {
        return session.substring(0, session.indexOf('-'));
    }
}
