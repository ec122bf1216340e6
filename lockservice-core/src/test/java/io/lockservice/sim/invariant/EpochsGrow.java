package io.lockservice.sim.invariant;

import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import io.lockservice.sim.cluster.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A call made after somebody was told an epoch is answered with one that is not smaller, and of two replicas that hold a
 * lease one after the other the later one serves in a larger epoch.
 */
public final class EpochsGrow implements Observer {
    private final RealTimeOrder order = new RealTimeOrder();
    private final Map<Long, String> servedBy = new HashMap<>();

    /** An answer of a leader. */
    public void told(long calledNanos, long answeredNanos, long epoch) {
        long before = order.largestBefore(calledNanos);
        Violation.unless(
                epoch >= before,
                EpochsGrow.class,
                "epoch %d in an answer to a call made after epoch %d was told",
                epoch,
                before);
        order.told(answeredNanos, epoch);
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        Subject subject = host.subject();
        if (subject == null || !subject.holdsLease(host.localNow())) {
            return;
        }
        long epoch = subject.status().epoch();
        String process = host.id() + "/" + host.incarnation();
        String before = Objects.requireNonNullElse(servedBy.putIfAbsent(epoch, process), process);
        Violation.unless(
                before.equals(process),
                EpochsGrow.class,
                "epoch %d is served by process %s and was by %s",
                epoch,
                process,
                before);
    }
}
