package io.lockservice.sim.linearizability;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A lock with exclusive and shared holders: its state is who holds it, and whether shared. It does not know who waits: a
 * call that waits takes effect when it is granted. Whether a session's end may come already, and that nothing of it takes
 * effect later, is for the history to say.
 */
public final class LockModel implements Model<SortedMap<String, Boolean>, LockCall, LockAnswer> {
    @Override
    public SortedMap<String, Boolean> initial() {
        return new TreeMap<>();
    }

    @Override
    public Optional<SortedMap<String, Boolean>> after(
            SortedMap<String, Boolean> holders, LockCall call, @Nullable LockAnswer answer) {
        if (call instanceof LockCall.Acquire acquire) {
            return acquire(holders, acquire, answer);
        }
        boolean holds = holders.containsKey(call.session());
        boolean plausible = answer == null || (answer == LockAnswer.RELEASED) == holds;
        if (!plausible) {
            return Optional.empty();
        }
        return Optional.of(holds ? without(holders, call.session()) : holders);
    }

    private static Optional<SortedMap<String, Boolean>> acquire(
            SortedMap<String, Boolean> holders, LockCall.Acquire call, @Nullable LockAnswer answer) {
        Boolean own = holders.get(call.session());
        boolean othersHold = holders.size() > (own == null ? 0 : 1);
        if (answer == LockAnswer.HELD) {
            boolean otherMode = own != null && own != call.shared();
            return othersHold || otherMode ? Optional.of(holders) : Optional.empty();
        }
        if (answer != null && answer != LockAnswer.GRANTED) {
            return Optional.empty();
        }
        if (own != null) {
            return own == call.shared() || answer == null ? Optional.of(holders) : Optional.empty();
        }
        boolean free =
                !othersHold || (call.shared() && holders.values().stream().allMatch(shared -> shared));
        if (!free) {
            return answer == null ? Optional.of(holders) : Optional.empty();
        }
        SortedMap<String, Boolean> more = new TreeMap<>(holders);
        more.put(call.session(), call.shared());
        return Optional.of(more);
    }

    private static SortedMap<String, Boolean> without(SortedMap<String, Boolean> holders, String session) {
        SortedMap<String, Boolean> fewer = new TreeMap<>(holders);
        fewer.remove(session);
        return fewer;
    }
}
