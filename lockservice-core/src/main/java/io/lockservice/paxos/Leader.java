package io.lockservice.paxos;

import io.lockservice.check.Check;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.Member;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Phase 2 of one leader: a pipeline of slots, each with a batch of commands; votes are counted here, without separate
 * learners. The leader's own vote counts once its own journal has the entry, in parallel with its followers.
 */
final class Leader {
    /** A slot proposed and not yet known to be chosen. */
    private static final class OpenSlot {
        final LogEntry entry;
        final Set<Integer> votes = new TreeSet<>();
        long sentNanos;

        OpenSlot(LogEntry entry, long sentNanos) {
            this.entry = entry;
            this.sentNanos = sentNanos;
        }
    }

    /** Heartbeats tell how far a follower is, every now and then; under load it is further by the time it is told. */
    private static final long CAN_LEAD_BEHIND_SLOTS = 1_000;

    /** A change of the configuration that so few are ready for holds up what is proposed no longer than this. */
    private static final long LONGEST_DRAIN_NANOS = 1_000_000_000;

    /** What the leader knows of a follower. */
    private static final class Follower {
        final long incarnation;
        long heardNanos;
        long chosenSlot = -1;
        boolean silent;

        Follower(long incarnation, long nowNanos) {
            this.incarnation = incarnation;
            this.heardNanos = nowNanos;
        }
    }

    private final Membership membership;
    private final int self;
    private final PaxosSettings settings;
    private final PaxosHost host;
    private final Acceptor acceptor;
    private final Learner learner;
    private final ProposalNumber number;
    private final Proposer proposer;
    private final Rounds rounds;
    private final Map<Integer, Follower> followers = new TreeMap<>();
    private final TreeMap<Long, OpenSlot> open = new TreeMap<>();
    private final CommandQueue queue;
    private long chosenSlot;
    private long nextSlot;
    private boolean proposing;
    private long progressNanos;
    private long beatNanos;
    private long toldSlot;
    private long barrierSlot;
    private long reconfiguredSlot;
    private @Nullable Configuration wanted;
    private long wantedNanos;
    private boolean leaseLost;
    private long leaseLostNanos;

    Leader(Membership membership, int self, PaxosSettings settings, PaxosHost host, Parts parts, long nowNanos) {
        this.membership = membership;
        this.self = self;
        this.settings = settings;
        this.host = host;
        this.acceptor = parts.acceptor();
        this.learner = parts.learner();
        this.proposer = parts.proposer();
        this.number = proposer.number();
        this.queue = new CommandQueue(settings.queuedBytes());
        this.chosenSlot = parts.chosenSlot();
        this.progressNanos = nowNanos;
        this.rounds = new Rounds(membership, self, settings.leaseMs() * 2_000_000, nowNanos);
        followMembers(nowNanos);
    }

    /** Everybody else in the cell is followed, also those whose votes do not count. */
    private void followMembers(long nowNanos) {
        Configuration configuration = membership.configuration();
        followers.entrySet().removeIf(each -> !configuration.has(each.getKey(), each.getValue().incarnation));
        for (Member member : configuration.members()) {
            if (member.id() != self && !followers.containsKey(member.id())) {
                followers.put(member.id(), new Follower(member.incarnation(), nowNanos));
                rounds.forget(member.id());
            }
        }
    }

    /**
     * The configuration chosen in {@code slot} is in force. Returns whether this leader may go on: it proposed the change
     * itself, so that nobody can have proposed anything under the new configuration before; or the acceptors that promised
     * are a majority of the new configuration too.
     */
    boolean reconfigured(long slot, long nowNanos) {
        boolean isOwn = proposing && slot > proposer.lastSlot();
        if (!membership.isVoter() || !(isOwn || proposer.isPreparedFor(membership.configuration()))) {
            return false;
        }
        reconfiguredSlot = slot;
        beat(nowNanos);
        followMembers(nowNanos);
        return true;
    }

    /**
     * Whether a change of the configuration waits to be chosen, or to be known to a majority of those who decide from then
     * on: only then the cell can do without those who decided before.
     */
    boolean isReconfiguring() {
        return wanted != null || barrierSlot != 0 || knownToQuorumOf(membership.configuration()) < reconfiguredSlot;
    }

    /** Proposes a configuration, which must be one step away from the one in force; false where another change waits. */
    boolean reconfigure(Configuration next, long nowNanos) {
        if (isReconfiguring()) {
            return false;
        }
        Check.that(membership.configuration().canBecome(next), "one voter changes at a time");
        wanted = next;
        wantedNanos = nowNanos;
        return true;
    }

    /**
     * Whether a majority of {@code next} has all that was decided before. Who votes from now on need not be who voted then,
     * so majorities that meet in one voter are not enough: that one may have voted without having what came before.
     */
    private boolean isKnownToMajorityOf(Configuration next) {
        return open.isEmpty() && knownToQuorumOf(next) >= nextSlot - 1;
    }

    private long knownToQuorumOf(Configuration next) {
        Map<Integer, Long> known = new TreeMap<>();
        known.put(self, learner.durableSlot());
        followers.forEach((id, follower) -> {
            if (next.has(id, follower.incarnation)) {
                known.put(id, follower.chosenSlot);
            }
        });
        return next.reachedByQuorum(known, -1);
    }

    /** The learners that have come so far that their votes may count. */
    List<Integer> learnersCaughtUp() {
        return followers.entrySet().stream()
                .filter(each -> !membership.configuration().isVoter(each.getKey()))
                .filter(each -> !each.getValue().silent
                        && each.getValue().chosenSlot >= 0
                        && each.getValue().chosenSlot >= chosenSlot - CAN_LEAD_BEHIND_SLOTS)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What a leader works with. */
    record Parts(Acceptor acceptor, Learner learner, Proposer proposer, long chosenSlot) {}

    ProposalNumber number() {
        return number;
    }

    /** Whether it has learned what its acceptors knew to be chosen, so that it proposes. */
    boolean isProposing() {
        return proposing;
    }

    /** Takes a command for a slot to come; false where too much is waiting already. */
    boolean propose(byte[] command) {
        return queue.offer(command);
    }

    /** The chosen prefix of this replica has come to {@code slot}, by catching up. */
    void caughtUpTo(long slot, long nowNanos) {
        if (proposing) {
            return;
        }
        if (slot > chosenSlot) {
            chosenSlot = slot;
            progressNanos = nowNanos;
        }
        if (slot < proposer.chosenSlot()) {
            return;
        }
        nextSlot = slot + 1;
        proposing = true;
        proposeAccepted(nowNanos);
    }

    /** What phase 1 found, as far as a change of the configuration lets it: that decides who decides the slots behind it. */
    private void proposeAccepted(long nowNanos) {
        while (barrierSlot == 0 && nextSlot <= proposer.lastSlot()) {
            open(proposer.valueFor(nextSlot), nowNanos);
        }
    }

    /** Fills free slots of the pipeline with what is waiting. Called at the end of each step. */
    void flush(long nowNanos) {
        proposeWaiting(nowNanos);
        announce(nowNanos);
    }

    /**
     * Followers hear of what was chosen with the next proposal. Where there is none, who watches at a follower or reads there
     * what was just written would wait for the next heartbeat. While more is on its way to be chosen it is soon told with that.
     */
    private void announce(long nowNanos) {
        boolean isNews = toldSlot < chosenSlot && open.isEmpty();
        if (isNews
                && settings.announceMs() < settings.heartbeatMs()
                && nowNanos - beatNanos >= settings.announceMs() * 1_000_000) {
            beat(nowNanos);
        }
    }

    private void proposeWaiting(long nowNanos) {
        if (!proposing || barrierSlot != 0) {
            return;
        }
        proposeAccepted(nowNanos);
        Configuration next = wanted;
        if (barrierSlot == 0 && next != null) {
            if (!isKnownToMajorityOf(next)) {
                return;
            }
            wanted = null;
            open(Value.reconfigure(next), nowNanos);
        }
        while (barrierSlot == 0 && !queue.isEmpty() && open.size() < settings.pipelineSlots()) {
            open(Value.batch(queue.nextBatch(settings.batchBytes())), nowNanos);
        }
    }

    private void open(Value value, long nowNanos) {
        LogEntry entry = new LogEntry(nextSlot++, number, value);
        OpenSlot slot = new OpenSlot(entry, nowNanos);
        open.put(entry.slot(), slot);
        if (value.configuration() != null) {
            barrierSlot = entry.slot();
        }
        // One message for all: it is encoded once.
        PaxosMessage.Accept accept = acceptOf(slot, rounds.at(nowNanos));
        toldSlot = chosenSlot;
        followers.forEach((voter, follower) -> {
            if (!follower.silent) {
                host.send(voter, accept);
            }
        });
        acceptor.acceptOwn(entry, nowNanos);
        host.whenDurable(() -> vote(self, entry.slot()));
    }

    private PaxosMessage.Accept acceptOf(OpenSlot slot, long round) {
        return new PaxosMessage.Accept(number, round, slot.entry.slot(), slot.entry.value(), chosenSlot);
    }

    /** Phase 2b from a follower. */
    void accepted(int from, PaxosMessage.Accepted accepted, long nowNanos) {
        if (!accepted.number().equals(number)) {
            return;
        }
        heard(from, accepted.round(), nowNanos);
        vote(from, accepted.slot());
    }

    private void vote(int voter, long slotNumber) {
        OpenSlot slot = open.get(slotNumber);
        if (slot == null) {
            return;
        }
        slot.votes.add(voter);
        while (!open.isEmpty()
                && membership.configuration().isQuorum(open.firstEntry().getValue().votes)) {
            LogEntry chosen = open.pollFirstEntry().getValue().entry;
            Check.that(chosen.slot() == chosenSlot + 1, "slots are chosen in order", chosen.slot(), chosenSlot);
            chosenSlot++;
            if (chosenSlot == barrierSlot) {
                barrierSlot = 0;
            }
            learner.chooseNext();
        }
    }

    /** A follower grants the lease. */
    void heartbeatAnswered(int from, PaxosMessage.HeartbeatAnswer answer, long nowNanos) {
        Follower follower = followers.get(from);
        if (follower == null || !answer.number().equals(number)) {
            return;
        }
        follower.chosenSlot = Math.max(follower.chosenSlot, answer.chosenSlot());
        boolean wasSilent = follower.silent;
        heard(from, answer.round(), nowNanos);
        if (wasSilent) {
            resendTo(from, nowNanos);
        }
    }

    private void heard(int from, long round, long nowNanos) {
        Follower follower = followers.get(from);
        if (follower != null) {
            follower.heardNanos = nowNanos;
            follower.silent = false;
            rounds.answered(from, round);
        }
    }

    private void resendTo(int voter, long nowNanos) {
        long round = rounds.at(nowNanos);
        for (OpenSlot slot : open.values()) {
            if (!slot.votes.contains(voter)) {
                host.send(voter, acceptOf(slot, round));
            }
        }
    }

    /** Heartbeats, repeats to those that answer, and nothing but heartbeats to those that do not. */
    void tick(long nowNanos) {
        long silentNanos = (settings.heartbeatMs() * 2 + settings.retransmitMs()) * 1_000_000;
        followers.values().forEach(follower -> follower.silent = nowNanos - follower.heardNanos > silentNanos);
        long retransmitNanos = settings.retransmitMs() * 1_000_000;
        long round = -1;
        for (OpenSlot slot : open.values()) {
            if (nowNanos - slot.sentNanos >= retransmitNanos) {
                round = round < 0 ? rounds.at(nowNanos) : round;
                slot.sentNanos = nowNanos;
                repeat(slot, round);
            }
        }
        if (wanted != null && nowNanos - wantedNanos >= LONGEST_DRAIN_NANOS) {
            wanted = null;
        }
        // While a change waits for the others to say how far they are, they are asked more often.
        if (wanted != null || nowNanos - beatNanos >= settings.heartbeatMs() * 1_000_000) {
            beat(nowNanos);
        }
    }

    private void repeat(OpenSlot slot, long round) {
        PaxosMessage.Accept accept = acceptOf(slot, round);
        followers.forEach((voter, follower) -> {
            if (!follower.silent && !slot.votes.contains(voter)) {
                host.send(voter, accept);
            }
        });
    }

    /** Sends a heartbeat to everybody now. */
    void beat(long nowNanos) {
        beatNanos = nowNanos;
        toldSlot = chosenSlot;
        long round = rounds.at(nowNanos);
        acceptor.grantLease(number, nowNanos);
        PaxosMessage.Heartbeat heartbeat = new PaxosMessage.Heartbeat(number, round, chosenSlot, proposer.lastSlot());
        followers.keySet().forEach(voter -> host.send(voter, heartbeat));
    }

    /** Whether this replica knows everything that was chosen before it began to lead. */
    boolean knowsAllBefore() {
        return chosenSlot >= proposer.lastSlot();
    }

    /** The latest moment at which a majority is known to have taken this replica for the leader. */
    long confirmedNanos() {
        return rounds.confirmedNanos();
    }

    /** Whether nobody else can lead now: counted from sending, less the drift, over a majority. */
    boolean hasLease(long nowNanos) {
        long confirmed = rounds.confirmedNanos();
        if (leaseLost && confirmed - leaseLostNanos < 0) {
            return false;
        }
        long leaseNanos = settings.leaseMs() * 10_000 * (100 - settings.driftPercent());
        return nowNanos - confirmed < leaseNanos;
    }

    /** The clock cannot be trusted for what was counted on it before now. */
    void loseLease(long nowNanos) {
        leaseLost = true;
        leaseLostNanos = nowNanos;
    }

    /** Whether it has been without a majority for so long that it should stop. */
    boolean isCutOff(long nowNanos) {
        return nowNanos - rounds.confirmedNanos() > settings.leaseMs() * 2_000_000;
    }

    /**
     * Whether what an acceptor of its quorum knew to be chosen cannot be learned from anybody: that acceptor may have
     * restarted and know it only as accepted. Phase 1 must be done again, to hear of it as that.
     */
    boolean isStuck(long nowNanos) {
        return !proposing && nowNanos - progressNanos > settings.leaseMs() * 1_000_000;
    }

    /** Another leads: votes still to come count for nothing. */
    void retire() {
        open.clear();
        queue.clear();
    }

    /** The follower that should lead next: heard from lately, with the furthest prefix; 0 where there is none. */
    int successor() {
        int best = 0;
        long bestSlot = -2;
        for (Map.Entry<Integer, Follower> each : followers.entrySet()) {
            if (membership.configuration().isVoter(each.getKey())
                    && !each.getValue().silent
                    && each.getValue().chosenSlot > bestSlot) {
                best = each.getKey();
                bestSlot = each.getValue().chosenSlot;
            }
        }
        return best;
    }

    /** Whether {@code replica} votes, answers, and has nearly all of the log. */
    boolean canLead(int replica) {
        Follower follower = followers.get(replica);
        return follower != null
                && membership.configuration().isVoter(replica)
                && !follower.silent
                && follower.chosenSlot >= chosenSlot - CAN_LEAD_BEHIND_SLOTS;
    }

    /** What this leader knows of a follower. */
    PeerView view(int voter, long nowNanos) {
        Follower follower = followers.get(voter);
        return follower == null
                ? new PeerView(false, -1, -1)
                : new PeerView(!follower.silent, follower.chosenSlot, (nowNanos - follower.heardNanos) / 1_000_000);
    }
}
