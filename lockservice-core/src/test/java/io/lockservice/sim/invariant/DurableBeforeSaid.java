package io.lockservice.sim.invariant;

import io.lockservice.log.LogEntry;
import io.lockservice.log.ProposalNumber;
import io.lockservice.paxos.PaxosMessage;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import io.lockservice.sim.cluster.Subject;
import java.util.List;

/**
 * A promise, an acceptance and a proposal number of one's own are on disk before anybody hears of them; what is in a
 * checkpoint is in the journal before the checkpoint is written.
 */
public final class DurableBeforeSaid implements Observer {
    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.TakeCheckpoint take) {
                long slot = take.checkpoint().slot();
                Violation.unless(
                        host.disk().durableEntry(slot) != null
                                || slot <= host.disk().checkpoints().installedSlot(),
                        DurableBeforeSaid.class,
                        "replica %d takes a checkpoint at slot %d, which its disk has not",
                        host.id(),
                        slot);
            }
        }
    }

    @Override
    public void sent(Host host, int to, Message message) {
        if (!(message instanceof Message.Consensus consensus)) {
            return;
        }
        if (consensus.message() instanceof PaxosMessage.Promise promise) {
            promised(host, promise.number(), "promises");
        } else if (consensus.message() instanceof PaxosMessage.Prepare prepare) {
            promised(host, prepare.number(), "prepares");
        } else if (consensus.message() instanceof PaxosMessage.Accepted accepted) {
            accepted(host, accepted);
        }
    }

    private static void promised(Host host, ProposalNumber number, String what) {
        ProposalNumber durable = host.disk().durablePromise();
        Violation.unless(
                !number.isAbove(durable),
                DurableBeforeSaid.class,
                "replica %d %s %s, but its disk has only %s",
                host.id(),
                what,
                number,
                durable);
    }

    private static void accepted(Host host, PaxosMessage.Accepted accepted) {
        LogEntry durable = host.disk().durableEntry(accepted.slot());
        Subject subject = host.subject();
        boolean known = subject != null && accepted.slot() <= subject.status().chosenSlot();
        boolean installed = accepted.slot() <= host.disk().checkpoints().installedSlot();
        boolean accepts = durable != null && (known || !accepted.number().isAbove(durable.number()));
        boolean kept = accepts || (installed && known);
        Violation.unless(
                kept,
                DurableBeforeSaid.class,
                "replica %d says it accepted slot %d under %s, but its disk has only %s",
                host.id(),
                accepted.slot(),
                accepted.number(),
                durable);
    }
}
