package io.lockservice.paxos;

import io.lockservice.log.Configuration;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client that embeds a proposer of its own and brings its values through, one slot after the other, against acceptors
 * that grant no lease: what a cell would be like without a distinguished proposer.
 */
final class EmbeddedProposer {
    /** How to reach the acceptors: each answers, possibly with a refusal. */
    interface Acceptors {
        List<PaxosMessage> ask(int proposer, PaxosMessage message);
    }

    private final int id;
    private final Configuration configuration;
    private final Acceptors acceptors;
    private ProposalNumber highest = ProposalNumber.NONE;
    private @Nullable Proposer preparing;
    private long slot = 1;
    private int wanted;
    int rejections;
    int proposals;
    int done;

    EmbeddedProposer(int id, Configuration configuration, Acceptors acceptors, int wanted) {
        this.id = id;
        this.configuration = configuration;
        this.acceptors = acceptors;
        this.wanted = wanted;
    }

    boolean isDone() {
        return wanted == 0;
    }

    /** One phase: prepare where it has no number, else propose for the next slot. */
    void turn() {
        if (preparing == null) {
            prepare();
        } else {
            propose(preparing);
        }
    }

    private void prepare() {
        Proposer proposer = new Proposer(configuration, highest.next(id), slot);
        highest = proposer.number();
        int voter = 0;
        for (PaxosMessage answer : acceptors.ask(id, proposer.prepareFor(1))) {
            voter++;
            if (answer instanceof PaxosMessage.Promise promise) {
                proposer.promise(voter, promise);
            } else if (answer instanceof PaxosMessage.Rejected rejected) {
                refused(rejected);
            }
        }
        preparing = proposer.isPrepared() ? proposer : null;
    }

    private void propose(Proposer proposer) {
        Value own = Value.batch(List.of(("client " + id + " value " + wanted).getBytes(StandardCharsets.UTF_8)));
        boolean free = slot > proposer.lastSlot();
        Value value = free ? own : proposer.valueFor(slot);
        proposals++;
        Set<Integer> votes = new HashSet<>();
        int voter = 0;
        for (PaxosMessage answer : acceptors.ask(id, new PaxosMessage.Accept(proposer.number(), 1, slot, value, 0))) {
            voter++;
            if (answer instanceof PaxosMessage.Accepted) {
                votes.add(voter);
            } else if (answer instanceof PaxosMessage.Rejected rejected) {
                refused(rejected);
                preparing = null;
            }
        }
        if (configuration.isQuorum(votes)) {
            slot++;
            if (free) {
                wanted--;
                done++;
            }
        }
    }

    private void refused(PaxosMessage.Rejected rejected) {
        rejections++;
        if (rejected.promised().isAbove(highest)) {
            highest = rejected.promised();
        }
    }
}
