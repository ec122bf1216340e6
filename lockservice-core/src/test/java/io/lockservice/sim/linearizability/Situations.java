package io.lockservice.sim.linearizability;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Situations to go on from. Of two with the same state, in which the same answered calls have taken effect, one needs no
 * following if more calls of unknown outcome have taken effect in it: whatever follows from it follows from the other too.
 */
final class Situations<S> {
    private final Map<Situation<S>, List<Long>> unknownDone = new LinkedHashMap<>();
    private int size;

    /** Adds one, {@code answerable} being the bits of answered calls; false where another covers it. */
    boolean add(Situation<S> situation, long answerable) {
        long unknown = situation.done() & ~answerable;
        Situation<S> key = new Situation<>(situation.state(), situation.done() & answerable);
        List<Long> known = unknownDone.computeIfAbsent(key, any -> new ArrayList<>(2));
        for (long other : known) {
            if ((other & ~unknown) == 0) {
                return false;
            }
        }
        known.removeIf(other -> (unknown & ~other) == 0);
        known.add(unknown);
        size++;
        return true;
    }

    List<Situation<S>> all() {
        List<Situation<S>> all = new ArrayList<>();
        unknownDone.forEach((key, known) ->
                known.forEach(unknown -> all.add(new Situation<>(key.state(), key.done() | unknown))));
        return all;
    }

    boolean isEmpty() {
        return unknownDone.isEmpty();
    }

    /** How many were ever added. */
    int size() {
        return size;
    }
}
