package io.lockservice.sim.invariant;

import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import io.lockservice.sim.cluster.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Replicas that applied the same prefix of the log are in the same state: revision and epoch after every slot, the digest,
 * which costs more than the rest of a life, after some.
 */
public final class AppliedPrefixesAgree implements Observer {
    private static final int DIGEST_EVERY = 16;

    private final Map<Long, State> states = new HashMap<>();
    private final Map<Integer, Long> lastSlot = new HashMap<>();

    @Override
    public void started(Host host) {
        lastSlot.remove(host.id());
        check(host);
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        check(host);
    }

    private void check(Host host) {
        Subject subject = host.subject();
        if (subject == null) {
            return;
        }
        ReplicaStatus status = subject.status();
        long slot = status.appliedSlot();
        Long last = lastSlot.put(host.id(), slot);
        if (last != null && last == slot) {
            return;
        }
        Violation.unless(
                last == null || last < slot,
                AppliedPrefixesAgree.class,
                "replica %d's applied prefix goes back to %d",
                host.id(),
                slot);
        Violation.unless(
                slot <= status.chosenSlot(),
                AppliedPrefixesAgree.class,
                "replica %d applied slot %d, which it does not know to be chosen",
                host.id(),
                slot);
        long digest = slot % DIGEST_EVERY == 0 ? subject.digest() : 0;
        State state = new State(digest, status.revision(), status.epoch());
        State before = states.putIfAbsent(slot, state);
        Violation.unless(
                before == null || before.equals(state),
                AppliedPrefixesAgree.class,
                "after slot %d replica %d is in %s, another was in %s",
                slot,
                host.id(),
                state,
                before);
    }

    private record State(long digest, long revision, long epoch) {}
}
