package io.lockservice.sim.invariant;

import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import java.util.HashMap;
import java.util.Map;

/**
 * A session that watches a file which is only ever written is told of each of its generations once and in order, whatever
 * becomes of leaders, as long as it takes in what it is told.
 */
public final class SessionEventsWhole {
    private final Map<String, Watch> watches = new HashMap<>();

    private static final class Watch {
        private long seq;
        private long generation;
    }

    /** A session has opened the file, which was at that generation, and is told of its changes since. */
    public void watches(String session, long generation) {
        Watch watch = watches.computeIfAbsent(session, any -> new Watch());
        // Unless a change was told before the answer came.
        watch.generation = watch.generation == 0 ? generation : watch.generation;
    }

    /** A session was sent that; returns whether it is news to it. */
    public boolean told(String session, SessionEvent event) {
        Watch watch = watches.computeIfAbsent(session, any -> new Watch());
        if (event.seq() <= watch.seq) {
            return false;
        }
        watch.seq = event.seq();
        if (event.notice() instanceof SessionEvent.Happened happened
                && happened.event().type() == Event.Type.CONTENT_CHANGED
                && happened.event().stat() != null) {
            long generation = happened.event().stat().contentGeneration();
            Violation.unless(
                    watch.generation == 0 || generation == watch.generation + 1,
                    SessionEventsWhole.class,
                    "session %s was told of generation %d after %d",
                    session,
                    generation,
                    watch.generation);
            watch.generation = generation;
        } else if (event.notice() instanceof SessionEvent.Dropped) {
            watch.generation = 0;
        }
        return true;
    }

    /** The last event that a session has taken in. */
    public long takenIn(String session) {
        Watch watch = watches.get(session);
        return watch == null ? 0 : watch.seq;
    }
}
