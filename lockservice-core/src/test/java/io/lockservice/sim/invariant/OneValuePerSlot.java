package io.lockservice.sim.invariant;

import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.Member;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import io.lockservice.paxos.PaxosMessage;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import io.lockservice.sim.cluster.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * For each slot at most one value is ever chosen (Lamport, "Paxos Made Simple", section 2.1): what replicas take for
 * chosen, and what a majority of acceptors said to have accepted under one number, whether or not anybody noticed. And
 * under one number a slot is proposed one value.
 */
public final class OneValuePerSlot implements Observer {
    /** By the first slot that each decides; the first of them is chosen by those it names. */
    private final TreeMap<Long, Configuration> configurations = new TreeMap<>();

    private final Map<Long, Value> chosen = new HashMap<>();
    private final Map<Proposal, Value> proposed = new HashMap<>();
    private final Map<Proposal, Set<Voter>> votes = new HashMap<>();
    private final Map<Integer, List<Proposal>> ownOpen = new HashMap<>();
    private final Map<Integer, Long> claimed = new HashMap<>();
    private final Map<Integer, Long> checked = new HashMap<>();

    /** Who is in the cell by what is chosen; null where nothing is. */
    public @Nullable Configuration configuration() {
        return configurations.isEmpty() ? null : configurations.lastEntry().getValue();
    }

    /** The slot in which that was chosen; 0 where nothing is. */
    public long configurationSlot() {
        return configurations.isEmpty() ? 0 : configurations.lastKey() - (configurations.size() > 1 ? 1 : 0);
    }

    /** The configurations that were proposed for slots in which nothing is chosen yet: each may come into force. */
    public List<Configuration> pendingConfigurations() {
        List<Configuration> pending = new ArrayList<>();
        proposed.forEach((proposal, value) -> {
            Configuration next = value.configuration();
            if (next != null && !chosen.containsKey(proposal.slot)) {
                pending.add(next);
            }
        });
        return pending;
    }

    /** The value chosen for a slot, as far as seen. */
    @Nullable
    Value chosenAt(long slot) {
        return chosen.get(slot);
    }

    @Override
    public void started(Host host) {
        checked.put(host.id(), 0L);
        claimed.put(host.id(), 0L);
        check(host);
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        check(host);
    }

    @Override
    public void sent(Host host, int to, Message message) {
        if (!(message instanceof Message.Consensus consensus)) {
            return;
        }
        if (consensus.message() instanceof PaxosMessage.Accept accept) {
            propose(host, accept.number(), accept.slot(), accept.value());
        } else if (consensus.message() instanceof PaxosMessage.Accepted accepted) {
            vote(host, accepted.number(), accepted.slot());
        } else if (consensus.message() instanceof PaxosMessage.ChosenEntries entries) {
            entries.entries()
                    .forEach(entry -> choose(
                            "replica " + host.id() + " serves it to replica " + to, entry.slot(), entry.value()));
        }
    }

    @Override
    public void persisted(Host host, LogRecord record) {
        if (record instanceof LogRecord.Accepted accepted
                && accepted.entry().number().replicaId() == host.id()) {
            LogEntry entry = accepted.entry();
            Value before = chosen.get(entry.slot());
            if (before == null || !before.equals(entry.value())) {
                propose(host, entry.number(), entry.slot(), entry.value());
            }
        }
    }

    @Override
    public void synced(Host host) {
        // The leader's own vote is not sent; it counts from when it is on its disk.
        List<Proposal> own = ownOpen.getOrDefault(host.id(), new ArrayList<>());
        for (Iterator<Proposal> each = own.iterator(); each.hasNext(); ) {
            Proposal proposal = each.next();
            LogEntry durable = host.disk().durableEntry(proposal.slot);
            if (durable != null && durable.number().equals(proposal.number)) {
                each.remove();
                vote(host, proposal.number, proposal.slot);
            }
        }
    }

    @Override
    public void crashed(Host host) {
        synced(host);
        ownOpen.remove(host.id());
    }

    private void propose(Host host, ProposalNumber number, long slot, Value value) {
        Proposal proposal = new Proposal(number, slot);
        Value before = proposed.putIfAbsent(proposal, value);
        if (before == null) {
            ownOpen.computeIfAbsent(host.id(), key -> new ArrayList<>()).add(proposal);
        }
        Violation.unless(
                before == null || before.equals(value),
                OneValuePerSlot.class,
                "replica %d proposes %s for slot %d under number %s, under which it had proposed %s",
                host.id(),
                value,
                slot,
                number,
                before);
    }

    private void vote(Host host, ProposalNumber number, long slot) {
        Proposal proposal = new Proposal(number, slot);
        Set<Voter> voters = votes.computeIfAbsent(proposal, key -> new HashSet<>());
        voters.add(new Voter(host.id(), host.dataIncarnation()));
        Value value = proposed.get(proposal);
        if (value == null) {
            return;
        }
        Map.Entry<Long, Configuration> inForce = configurations.floorEntry(slot);
        Configuration deciding = inForce == null ? value.configuration() : inForce.getValue();
        if (deciding != null && isMajority(deciding, voters)) {
            choose("a majority accepted under " + number, slot, value);
        }
    }

    private static boolean isMajority(Configuration configuration, Set<Voter> accepted) {
        List<Member> voters =
                configuration.members().stream().filter(Member::voter).toList();
        return 2
                        * voters.stream()
                                .filter(each -> accepted.contains(new Voter(each.id(), each.incarnation())))
                                .count()
                > voters.size();
    }

    /** Checks what the replica had chosen before this step: its disk has been given all of that by now. */
    private void check(Host host) {
        long from = checked.getOrDefault(host.id(), 0L);
        long to = claimed.getOrDefault(host.id(), 0L);
        // What a peer's checkpoint brought is compared by the digest of the state.
        long installed = host.disk().checkpoints().installedSlot();
        for (long slot = Math.max(from, installed) + 1; slot <= to; slot++) {
            LogEntry entry = host.disk().appendedEntry(slot);
            Violation.unless(
                    entry != null,
                    OneValuePerSlot.class,
                    "replica %d takes slot %d for chosen, but its disk was never given a value",
                    host.id(),
                    slot);
            Violation.unless(
                    chosen.containsKey(slot),
                    OneValuePerSlot.class,
                    "replica %d takes slot %d for chosen, but no majority has accepted one proposal for it",
                    host.id(),
                    slot);
            if (entry != null) {
                choose("replica " + host.id() + " takes it for chosen", slot, entry.value());
            }
        }
        checked.put(host.id(), Math.max(from, to));
        Subject subject = host.subject();
        long now = subject == null ? 0 : subject.status().chosenSlot();
        Violation.unless(
                now >= to, OneValuePerSlot.class, "replica %d's chosen prefix goes back to %d", host.id(), now);
        claimed.put(host.id(), now);
    }

    private void choose(String why, long slot, Value value) {
        Value before = chosen.putIfAbsent(slot, value);
        Configuration next = value.configuration();
        if (before == null && next != null && slot == 1) {
            configurations.put(1L, next);
        } else if (before == null && next != null) {
            Violation.unless(
                    configurations.floorEntry(slot).getValue().canBecome(next),
                    OneValuePerSlot.class,
                    "slot %d changes more than one voter at once, to %s",
                    slot,
                    next);
            configurations.put(slot + 1, next);
        }
        Violation.unless(
                before == null || before.equals(value),
                OneValuePerSlot.class,
                "slot %d was decided as %s, and now %s: %s",
                slot,
                before,
                value,
                why);
    }

    private record Proposal(ProposalNumber number, long slot) {}

    /** A replica with the data it had. */
    private record Voter(int id, long dataIncarnation) {}
}
