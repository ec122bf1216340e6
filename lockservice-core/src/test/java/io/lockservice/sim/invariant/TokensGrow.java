package io.lockservice.sim.invariant;

import java.util.HashMap;
import java.util.Map;

/** Tokens are unique among all grants, and grow: who asked after a grant was told gets a larger one. */
public final class TokensGrow {
    private final RealTimeOrder order = new RealTimeOrder();
    private final Map<Long, String> owners = new HashMap<>();

    /**
     * A grant was told.
     *
     * @param hold names lock, session and which of the session's holds of the lock
     * @param calledNanos when the session first asked for this hold
     */
    public void granted(String hold, long token, long calledNanos, long answeredNanos) {
        String before = owners.putIfAbsent(token, hold);
        if (before != null) {
            Violation.unless(before.equals(hold), TokensGrow.class, "token %d is of %s and of %s", token, before, hold);
            return;
        }
        long largest = order.largestBefore(calledNanos);
        Violation.unless(
                token > largest,
                TokensGrow.class,
                "token %d for %s, asked for after token %d was told",
                token,
                hold,
                largest);
        order.told(answeredNanos, token);
    }
}
