package io.lockservice.sim.invariant;

import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import java.util.List;

/** Where nobody tampers with a state, no replica stops because of it, and none tells that states differ. */
public final class NobodyIsDistrusted implements Observer {
    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        for (Effect effect : effects) {
            boolean isAlarm = effect instanceof Effect.DigestsDisagree
                    || (effect instanceof Effect.StopReplica stop && stop.distrusted());
            Violation.unless(!isAlarm, NobodyIsDistrusted.class, "replica %d: %s", host.id(), effect);
        }
    }
}
