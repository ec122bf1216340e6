package io.lockservice.paxos;

import io.lockservice.log.Configuration;
import io.lockservice.log.LogWindow;
import io.lockservice.log.ProposalNumber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who leads: this replica campaigns, leads, follows, and gives way. */
final class Leadership {
    /** So much may always wait for the disk: less, and what a new leader proposes anew would come in retransmissions. */
    static final long LEAST_UNSYNCED_BYTES = 1 << 20;

    /** A candidate that has this much more to learn before it can lead finds nobody willing. */
    private static final long MOST_BEHIND_SLOTS = 1_000;

    /** For so long a new leader bears with a slow disk. */
    private static final int PATIENT_LEASES = 5;

    private final Membership membership;
    private final int self;
    private final PaxosSettings settings;
    private final PaxosHost host;
    private final LogWindow log;
    private final Acceptor acceptor;
    private final Learner learner;
    private final Election election;
    private final KnownLeader known;
    private final StateAge age = new StateAge();
    private @Nullable Candidate candidacy;
    private @Nullable Leader leader;
    private long ledSinceNanos;

    Leadership(Membership membership, int self, PaxosSettings settings, PaxosHost host, Parts parts) {
        this.membership = membership;
        this.self = self;
        this.settings = settings;
        this.host = host;
        this.log = parts.log();
        this.acceptor = parts.acceptor();
        this.learner = parts.learner();
        this.election = parts.election();
        this.known = new KnownLeader(settings.leaseMs());
    }

    /** What it works with. */
    record Parts(LogWindow log, Acceptor acceptor, Learner learner, Election election) {}

    /** Ends recovery. */
    void start(long nowNanos) {
        election.seen(acceptor.promised());
        election.start(!acceptor.promised().equals(ProposalNumber.NONE), nowNanos);
    }

    /** Phase 2b. */
    void accepted(int from, PaxosMessage.Accepted accepted, long nowNanos) {
        if (leader != null) {
            leader.accepted(from, accepted, nowNanos);
        }
    }

    /** The lease is granted. */
    void heartbeatAnswered(int from, PaxosMessage.HeartbeatAnswer answer, long nowNanos) {
        if (leader != null) {
            leader.heartbeatAnswered(from, answer, nowNanos);
        }
    }

    /** {@code isVoter} tells whether the sender votes, as far as this replica knows. */
    void receive(int from, boolean isVoter, PaxosMessage message, long nowNanos) {
        if (message instanceof PaxosMessage.Probe probe) {
            boolean willing = leader == null
                    && mayLead(isVoter, probe.chosenSlot())
                    && acceptor.willing(from, nowNanos)
                    && probe.chosenSlot() >= log.chosenSlot() - MOST_BEHIND_SLOTS;
            if (probe.chosenSlot() < log.chosenSlot()) {
                // It cannot hear a leader that it does not know, and may not even know that it was removed.
                host.send(from, new PaxosMessage.ChosenEntries(List.of(), log.chosenSlot()));
            }
            host.send(from, new PaxosMessage.ProbeAnswer(probe.probeId(), willing, acceptor.promised()));
        } else if (message instanceof PaxosMessage.ProbeAnswer answer) {
            if (election.answered(from, answer, nowNanos) && leader == null && candidacy == null) {
                campaign(nowNanos);
            }
        } else if (message instanceof PaxosMessage.Prepare prepare
                && (prepare.number().equals(acceptor.promised()) || mayLead(isVoter, prepare.fromSlot() - 1))) {
            ProposalNumber before = acceptor.promised();
            acceptor.prepare(from, prepare, nowNanos);
            if (acceptor.promised().isAbove(before)) {
                election.seen(acceptor.promised());
                giveUp(nowNanos);
                known.forget();
            }
            if (acceptor.promised().equals(prepare.number())) {
                // A candidate is at work, chunk by chunk perhaps: another one would only undo it.
                election.postpone(2 * settings.retransmitMs(), nowNanos);
            }
        } else if (message instanceof PaxosMessage.Promise promise) {
            promised(from, promise, nowNanos);
        } else if (message instanceof PaxosMessage.Rejected rejected) {
            rejected(rejected, nowNanos);
        } else if (message instanceof PaxosMessage.Resigned resigned) {
            resigned(from, resigned, nowNanos);
        }
    }

    /**
     * Whether a candidate which knows the log up to {@code chosenSlot} may lead: it votes, as far as this replica knows; or
     * it knows more, and so may know better.
     */
    private boolean mayLead(boolean isVoter, long chosenSlot) {
        return isVoter || chosenSlot > log.chosenSlot();
    }

    /** Time went by. */
    void tick(long nowNanos) {
        if (leader != null) {
            if (leader.isStuck(nowNanos)) {
                giveUp(nowNanos);
                // Somebody with more of the log should try: once the lease is over the others are as quick as this one.
                election.postpone(2 * settings.leaseMs(), nowNanos);
            } else if (leader.isCutOff(nowNanos)) {
                giveUp(nowNanos);
            } else if ((isDiskBehind() || isDiskSlow(nowNanos)) && leader.successor() != 0) {
                resign(leader.successor(), nowNanos);
            } else {
                leader.tick(nowNanos);
            }
        } else if (candidacy != null) {
            if (!candidacy.tick(nowNanos)) {
                giveUp(nowNanos);
            }
        } else if (election.isDue(nowNanos)) {
            probe(nowNanos);
        }
        known.expire(self, nowNanos);
    }

    /**
     * Whether the disk cannot keep up. Then nothing more is taken for it, as if the message were lost: a stalled disk must
     * not fill the memory, and the window must still hold every chosen entry that a journal read would not find yet.
     */
    boolean isDiskBehind() {
        return host.unsyncedBytes() > Math.max(settings.windowBytes() / 2, LEAST_UNSYNCED_BYTES);
    }

    /**
     * Whether this leader's disk takes so long that another would do better. One that has just begun waits a while: among
     * slow disks leadership would only go round.
     */
    private boolean isDiskSlow(long nowNanos) {
        long leaseNanos = settings.leaseMs() * 1_000_000;
        return host.unsyncedNanos() >= leaseNanos && nowNanos - ledSinceNanos >= PATIENT_LEASES * leaseNanos;
    }

    private void probe(long nowNanos) {
        PaxosMessage.Probe probe = election.probe(acceptor.willing(self, nowNanos), log.chosenSlot(), nowNanos);
        if (election.isWon()) {
            campaign(nowNanos);
            return;
        }
        sendToOthers(probe);
    }

    /** Phase 1 with a new number. Its own promise is durable before anybody hears the number, so it is used once. */
    private void campaign(long nowNanos) {
        if (!membership.isVoter()) {
            // A leader may hand over to the replica that this one was before it lost its data.
            return;
        }
        if (!acceptor.willing(self, nowNanos)) {
            // A leader was heard since the probe: this acceptor's promise to itself would break that leader's lease.
            return;
        }
        election.seen(acceptor.promised());
        Proposer proposer = new Proposer(membership.configuration(), election.nextNumber(), log.chosenSlot() + 1);
        election.seen(proposer.number());
        Candidate candidate = new Candidate(membership.configuration(), self, settings, host, acceptor, proposer);
        candidacy = candidate;
        candidate.waitForDisk(nowNanos);
        known.forget();
        acceptor.promise(proposer.number());
        host.whenDurable(() -> {
            if (candidacy == candidate) {
                leadIfPrepared(candidate, candidate.start());
            }
        });
    }

    private void promised(int from, PaxosMessage.Promise promise, long nowNanos) {
        Candidate candidate = candidacy;
        if (candidate != null && candidate.promised(from, promise, nowNanos)) {
            leadIfPrepared(candidate, nowNanos);
        }
    }

    private void leadIfPrepared(Candidate candidate, long nowNanos) {
        if (!candidate.isPrepared() || candidacy != candidate) {
            return;
        }
        Proposer proposer = candidate.proposer();
        candidacy = null;
        known.elected(proposer.number());
        ledSinceNanos = nowNanos;
        leader = new Leader(
                membership,
                self,
                settings,
                host,
                new Leader.Parts(acceptor, learner, proposer, log.chosenSlot()),
                nowNanos);
        leader.beat(nowNanos);
        if (proposer.chosenSlot() > log.chosenSlot()) {
            learner.wantAtOnce(proposer.mostAdvanced(), proposer.chosenSlot(), nowNanos);
        }
        caughtUp(nowNanos);
    }

    void caughtUp(long nowNanos) {
        settleConfiguration(nowNanos);
        if (leader != null && !leader.isProposing()) {
            leader.caughtUpTo(log.chosenSlot(), nowNanos);
            if (leader.isProposing()) {
                host.startedLeading();
            }
        }
    }

    /** Where the configuration has changed: who may no longer lead or campaign does not. */
    private void settleConfiguration(long nowNanos) {
        long slot = learner.takeReconfiguredSlot();
        if (slot == 0) {
            return;
        }
        if (candidacy != null) {
            giveUp(nowNanos);
        } else if (leader != null && !leader.reconfigured(slot, nowNanos)) {
            if (leader.isProposing() && !membership.isVoter()) {
                resign(leader.successor(), nowNanos);
            } else {
                giveUp(nowNanos);
            }
        }
    }

    private void rejected(PaxosMessage.Rejected rejected, long nowNanos) {
        election.seen(rejected.promised());
        if (rejected.number().equals(activeNumber()) && rejected.promised().isAbove(rejected.number())) {
            giveUp(nowNanos);
        }
    }

    /** The number under which this replica leads or campaigns. */
    private ProposalNumber activeNumber() {
        if (leader != null) {
            return leader.number();
        }
        return candidacy == null ? ProposalNumber.NONE : candidacy.proposer().number();
    }

    /** Somebody with a number at least as high as any this replica knows says that it leads. */
    void follow(int from, ProposalNumber number, long chosenSlot, long nowNanos) {
        election.seen(number);
        if (leader != null || candidacy != null) {
            giveUp(nowNanos);
        }
        known.heard(number, nowNanos);
        election.leaderHeard(nowNanos);
        learner.chosenUpTo(from, number, chosenSlot, nowNanos);
    }

    /** What a leader says that it knows, and knows only now. */
    void heard(PaxosMessage.Heartbeat heartbeat, long nowNanos) {
        age.told(Math.max(heartbeat.chosenSlot(), heartbeat.inheritedSlot()), nowNanos, log.chosenSlot());
    }

    /** Back to being a follower, whatever it was; waits before it probes again. */
    private void giveUp(long nowNanos) {
        candidacy = null;
        election.postpone(settings.retransmitMs(), nowNanos);
        if (leader != null) {
            known.ledUntil(leader.confirmedNanos());
            if (leader.knowsAllBefore()) {
                age.told(log.chosenSlot(), leader.confirmedNanos(), log.chosenSlot());
            }
            leader.retire();
            leader = null;
            host.stoppedLeading();
        }
    }

    int successor() {
        return leader == null ? 0 : leader.successor();
    }

    boolean canLead(int replica) {
        return leader != null && leader.canLead(replica);
    }

    List<Integer> learnersCaughtUp() {
        return leader == null ? List.of() : leader.learnersCaughtUp();
    }

    /** This replica leads no more, and {@code successor} should. */
    void resign(int successor, long nowNanos) {
        if (leader == null) {
            return;
        }
        ProposalNumber number = leader.number();
        giveUp(nowNanos);
        acceptor.endLease(number);
        election.postpone(settings.leaseMs(), nowNanos);
        if (successor != 0) {
            sendToOthers(new PaxosMessage.Resigned(number, successor));
        }
    }

    private void resigned(int from, PaxosMessage.Resigned resigned, long nowNanos) {
        if (from != resigned.number().replicaId() || !resigned.number().equals(acceptor.promised())) {
            return;
        }
        acceptor.endLease(resigned.number());
        known.forget();
        if (resigned.successor() == self && leader == null && candidacy == null) {
            campaign(nowNanos);
        } else {
            election.postpone(settings.retransmitMs(), nowNanos);
        }
    }

    boolean isReconfiguring() {
        return leader != null && leader.isReconfiguring();
    }

    boolean reconfigure(Configuration next, long nowNanos) {
        return isLeading() && leader != null && leader.reconfigure(next, nowNanos);
    }

    boolean propose(byte[] command) {
        return leader != null && leader.isProposing() && leader.propose(command);
    }

    void flush(long nowNanos) {
        settleConfiguration(nowNanos);
        if (leader != null && !isDiskBehind()) {
            leader.flush(nowNanos);
        }
    }

    int leader() {
        return known.id();
    }

    long leaderSequence() {
        return known.sequence();
    }

    boolean isLeading() {
        return leader != null && leader.isProposing();
    }

    boolean hasLease(long nowNanos) {
        return leader != null && leader.hasLease(nowNanos);
    }

    boolean ledAt(long sinceNanos) {
        return leader != null && leader.confirmedNanos() - sinceNanos >= 0;
    }

    void confirm(long nowNanos) {
        if (leader != null) {
            leader.beat(nowNanos);
        }
    }

    void clockJumped(long nowNanos) {
        if (leader != null) {
            leader.loseLease(nowNanos);
        }
    }

    String role() {
        if (leader != null) {
            return "leader";
        }
        return candidacy != null ? "candidate" : "follower";
    }

    long stateAgeMs(long nowNanos) {
        if (leader != null && leader.knowsAllBefore()) {
            return Math.max(0, (nowNanos - leader.confirmedNanos()) / 1_000_000);
        }
        age.chosen(log.chosenSlot());
        return age.ageMs(nowNanos);
    }

    PeerView view(int voter, long nowNanos) {
        if (leader != null) {
            return leader.view(voter, nowNanos);
        }
        return voter == known.id() ? new PeerView(true, -1, known.heardMs(nowNanos)) : new PeerView(false, -1, -1);
    }

    private void sendToOthers(PaxosMessage message) {
        for (int other : membership.others()) {
            host.send(other, message);
        }
    }
}
