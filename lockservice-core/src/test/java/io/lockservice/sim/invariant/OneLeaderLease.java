package io.lockservice.sim.invariant;

import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import io.lockservice.sim.cluster.Subject;
import java.util.List;

/** At no moment of true time would two replicas answer a linearizable read on their own. */
public final class OneLeaderLease implements Observer {
    private final List<Host> hosts;

    /** Over these hosts. */
    public OneLeaderLease(List<Host> hosts) {
        this.hosts = hosts;
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        if (!holds(host)) {
            return;
        }
        for (Host other : hosts) {
            Violation.unless(
                    other == host || !holds(other),
                    OneLeaderLease.class,
                    "replicas %d and %d both hold a leader's lease",
                    host.id(),
                    other.id());
        }
    }

    /** A suspended machine counts for nothing: it is told that its clock stood still before anything else. */
    private static boolean holds(Host host) {
        Subject subject = host.subject();
        return subject != null
                && !host.clock().isSuspended()
                && !host.isToldOfJump()
                && subject.holdsLease(host.localNow());
    }
}
