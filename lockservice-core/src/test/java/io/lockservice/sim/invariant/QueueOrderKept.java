package io.lockservice.sim.invariant;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who was seen waiting before another in a lock's queue is granted the lock before the other, if both are. */
public final class QueueOrderKept {
    private final Map<String, Long> tokens = new HashMap<>();
    private final Set<Pair> pairs = new LinkedHashSet<>();

    /** The cell showed these places, in this order; a place is one wait of one session. */
    public void shown(List<String> places) {
        List<String> seen = new ArrayList<>();
        for (String place : places) {
            seen.forEach(earlier -> pairs.add(new Pair(earlier, place)));
            seen.add(place);
        }
    }

    /** A place was granted the lock. */
    public void granted(String place, long token) {
        tokens.put(place, token);
    }

    /** How many places were granted after they had been seen waiting behind another that was granted too. */
    public int checked() {
        return (int) pairs.stream()
                .filter(pair -> tokens.containsKey(pair.earlier) && tokens.containsKey(pair.later))
                .count();
    }

    /** Checks what was seen. */
    public void finish() {
        for (Pair pair : pairs) {
            Long earlier = tokens.get(pair.earlier);
            Long later = tokens.get(pair.later);
            Violation.unless(
                    earlier == null || later == null || earlier < later,
                    QueueOrderKept.class,
                    "%s waited before %s, but got token %s after %s",
                    pair.earlier,
                    pair.later,
                    earlier,
                    later);
        }
    }

    private record Pair(String earlier, String later) {}
}
