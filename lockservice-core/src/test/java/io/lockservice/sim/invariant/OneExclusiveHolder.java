package io.lockservice.sim.invariant;

import io.lockservice.api.LockMode;
import io.lockservice.api.Reply;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * At no moment of true time do two clients have reason to believe that they hold a lock, unless both share it: from the
 * answer that granted it to the end of the lease as the client counts it, or to its release. And the cell never says so.
 */
public final class OneExclusiveHolder {
    private final Map<String, Map<String, Belief>> beliefs = new HashMap<>();

    /** {@code session} believes from now until {@code untilNanos} that it holds the lock. */
    public void believes(String lock, String session, boolean shared, long nowNanos, long untilNanos) {
        Map<String, Belief> ofLock = beliefs.computeIfAbsent(lock, key -> new TreeMap<>());
        ofLock.forEach((other, belief) -> Violation.unless(
                other.equals(session) || belief.untilNanos <= nowNanos || (shared && belief.shared),
                OneExclusiveHolder.class,
                "%s holds %s while %s does, for another %.3f ms",
                session,
                lock,
                other,
                (belief.untilNanos - nowNanos) / 1e6));
        ofLock.put(session, new Belief(shared, untilNanos));
    }

    /** {@code session} no longer acts as the holder. */
    public void stops(String lock, String session) {
        Map<String, Belief> ofLock = beliefs.get(lock);
        if (ofLock != null) {
            ofLock.remove(session);
        }
    }

    /** The cell says who holds a lock. */
    public void shown(Reply.LockState state) {
        boolean plausible = state.mode() == null
                ? state.holders().isEmpty()
                : !state.holders().isEmpty()
                        && (state.mode() == LockMode.SHARED || state.holders().size() == 1)
                        && state.holders().stream().allMatch(holder -> holder.mode() == state.mode());
        Violation.unless(plausible, OneExclusiveHolder.class, "the cell shows %s", state);
    }

    private record Belief(boolean shared, long untilNanos) {}
}
