package io.lockservice.sim.invariant;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who was seen waiting for a lock is granted it before those seen behind it, and before those who asked later. A place is
 * one wait of one session, which it never left until it was granted.
 */
public final class QueueOrderKept {
    private final Map<String, Grant> grants = new HashMap<>();
    private final Map<String, Long> seenNanos = new HashMap<>();
    private final Map<String, List<Grant>> byLock = new HashMap<>();
    private final Set<Pair> pairs = new LinkedHashSet<>();

    /** The cell showed these places, in this order; the answer came at {@code nowNanos}. */
    public void shown(List<String> places, long nowNanos) {
        List<String> seen = new ArrayList<>();
        for (String place : places) {
            seen.forEach(earlier -> pairs.add(new Pair(earlier, place)));
            seen.add(place);
            seenNanos.putIfAbsent(place, nowNanos);
        }
    }

    /** A place was granted the lock; it was asked for at {@code calledNanos}. */
    public void granted(String lock, String place, long token, long calledNanos) {
        Grant grant = new Grant(place, token, calledNanos);
        grants.put(place, grant);
        byLock.computeIfAbsent(lock, key -> new ArrayList<>()).add(grant);
    }

    /** How many places were granted after they had been seen waiting behind another that was granted too. */
    public int checked() {
        return (int) pairs.stream()
                .filter(pair -> grants.containsKey(pair.earlier) && grants.containsKey(pair.later))
                .count();
    }

    /** Checks what was seen. */
    public void finish() {
        for (Pair pair : pairs) {
            Grant earlier = grants.get(pair.earlier);
            Grant later = grants.get(pair.later);
            if (earlier != null && later != null) {
                check(earlier, later);
            }
        }
        byLock.values().forEach(this::checkNewcomers);
    }

    private void checkNewcomers(List<Grant> ofLock) {
        for (Grant earlier : ofLock) {
            Long seen = seenNanos.get(earlier.place);
            if (seen != null) {
                ofLock.stream().filter(other -> other.calledNanos > seen).forEach(later -> check(earlier, later));
            }
        }
    }

    private static void check(Grant earlier, Grant later) {
        Violation.unless(
                earlier.token < later.token,
                QueueOrderKept.class,
                "%s waited before %s, but got token %s after %s",
                earlier.place,
                later.place,
                earlier.token,
                later.token);
    }

    private record Pair(String earlier, String later) {}

    private record Grant(String place, long token, long calledNanos) {}
}
