package io.lockservice.sim.invariant;

import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import io.lockservice.paxos.PaxosMessage;
import io.lockservice.replica.Message;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import java.util.HashMap;
import java.util.Map;

/**
 * An acceptor that has promised a number says and writes nothing more under a lower one, also after a crash; a value that
 * is known to be chosen may be kept under any number.
 */
public final class PromisesNeverGoBack implements Observer {
    private final OneValuePerSlot decided;
    private final Map<Integer, ProposalNumber> written = new HashMap<>();
    private final Map<Integer, ProposalNumber> said = new HashMap<>();

    /** {@code decided} knows what is chosen. */
    public PromisesNeverGoBack(OneValuePerSlot decided) {
        this.decided = decided;
    }

    @Override
    public void crashed(Host host) {
        ProposalNumber kept = host.disk().durablePromise();
        written.put(host.id(), kept);
        ProposalNumber spoken = said.getOrDefault(host.id(), ProposalNumber.NONE);
        Violation.unless(
                !spoken.isAbove(kept),
                PromisesNeverGoBack.class,
                "replica %d had promised %s, but its disk kept %s",
                host.id(),
                spoken,
                kept);
    }

    @Override
    public void wiped(Host host) {
        written.remove(host.id());
        said.remove(host.id());
    }

    @Override
    public void persisted(Host host, LogRecord record) {
        ProposalNumber before = written.getOrDefault(host.id(), ProposalNumber.NONE);
        if (record instanceof LogRecord.Promised promised) {
            check(!before.isAbove(promised.number()), host, "a promise of " + promised.number(), before);
            written.put(host.id(), promised.number());
        } else if (record instanceof LogRecord.Accepted accepted) {
            ProposalNumber number = accepted.entry().number();
            Value chosen = decided.chosenAt(accepted.entry().slot());
            boolean learned = chosen != null && chosen.equals(accepted.entry().value());
            check(learned || !before.isAbove(number), host, "an acceptance under " + number, before);
            // Keeping a chosen value promises nothing before a restart; what was voted for does at once.
            if (!learned && number.isAbove(before)) {
                written.put(host.id(), number);
            }
        }
    }

    @Override
    public void sent(Host host, int to, Message message) {
        if (message instanceof Message.Consensus consensus
                && consensus.message() instanceof PaxosMessage.Promise promise) {
            ProposalNumber before = said.getOrDefault(host.id(), ProposalNumber.NONE);
            Violation.unless(
                    !before.isAbove(promise.number()),
                    PromisesNeverGoBack.class,
                    "replica %d promises %s after it promised %s",
                    host.id(),
                    promise.number(),
                    before);
            if (promise.number().isAbove(before)) {
                said.put(host.id(), promise.number());
            }
        }
    }

    private static void check(boolean condition, Host host, String what, ProposalNumber before) {
        Violation.unless(
                condition,
                PromisesNeverGoBack.class,
                "replica %d writes %s after it promised %s",
                host.id(),
                what,
                before);
    }
}
