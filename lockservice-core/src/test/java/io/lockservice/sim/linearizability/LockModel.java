package io.lockservice.sim.linearizability;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A lock with exclusive and shared holders. It does not know who waits: a call that waits takes effect when it is granted.
 * An ended session holds nothing and gets nothing.
 */
public final class LockModel implements Model<LockModel.State, LockCall, LockAnswer> {
    /**
     * The lock.
     *
     * @param holders who holds it, and whether shared
     * @param over sessions known to have ended
     */
    public record State(SortedMap<String, Boolean> holders, SortedSet<String> over) {}

    @Override
    public State initial() {
        return new State(new TreeMap<>(), new TreeSet<>());
    }

    @Override
    public Optional<State> after(State state, LockCall call, @Nullable LockAnswer answer) {
        if (answer == LockAnswer.OVER) {
            return call instanceof LockCall.End || state.over.contains(call.session())
                    ? Optional.of(ended(state, call.session()))
                    : Optional.empty();
        }
        if (call instanceof LockCall.Acquire acquire) {
            return acquire(state, acquire, answer);
        }
        boolean holds = state.holders.containsKey(call.session());
        if (call instanceof LockCall.End) {
            // That it gets nothing any more is known once somebody is told that it is over.
            return Optional.of(holds ? without(state, call.session()) : state);
        }
        if (answer != null && (answer == LockAnswer.RELEASED) != holds) {
            return Optional.empty();
        }
        return Optional.of(holds ? without(state, call.session()) : state);
    }

    private static Optional<State> acquire(State state, LockCall.Acquire call, @Nullable LockAnswer answer) {
        Boolean own = state.holders.get(call.session());
        boolean othersHold = state.holders.size() > (own == null ? 0 : 1);
        if (answer == LockAnswer.HELD) {
            boolean otherMode = own != null && own != call.shared();
            return othersHold || otherMode ? Optional.of(state) : Optional.empty();
        }
        if (answer != null && answer != LockAnswer.GRANTED) {
            return Optional.empty();
        }
        if (own != null) {
            return own == call.shared() || answer == null ? Optional.of(state) : Optional.empty();
        }
        boolean free =
                !othersHold || (call.shared() && state.holders.values().stream().allMatch(shared -> shared));
        if (!free || state.over.contains(call.session())) {
            return answer == null ? Optional.of(state) : Optional.empty();
        }
        SortedMap<String, Boolean> holders = new TreeMap<>(state.holders);
        holders.put(call.session(), call.shared());
        return Optional.of(new State(holders, state.over));
    }

    private static State ended(State state, String session) {
        SortedSet<String> over = new TreeSet<>(state.over);
        over.add(session);
        return new State(without(state, session).holders, over);
    }

    private static State without(State state, String session) {
        SortedMap<String, Boolean> holders = new TreeMap<>(state.holders);
        holders.remove(session);
        return new State(holders, state.over);
    }
}
