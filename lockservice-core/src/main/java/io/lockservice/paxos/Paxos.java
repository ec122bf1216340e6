package io.lockservice.paxos;

import io.lockservice.check.Check;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.LogWindow;
import io.lockservice.log.ProposalNumber;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One replica's part in Multi-Paxos: acceptor, learner, and at times proposer and leader. Legal transitions:
 *
 * <pre>
 * follower  --election due, majority willing-->  candidate   (phase 1 of a new number)
 * follower  --leader resigns to this one----->   candidate
 * candidate --majority promised-------------->   leader      (learns what was chosen, then phase 2)
 * candidate --higher number seen, no majority->  follower
 * leader    --higher number seen, cut off,
 *             resigns------------------------>   follower
 * </pre>
 *
 * <p>Values are opaque. Not thread-safe: called from one step at a time.
 */
public final class Paxos {
    /** So much may always wait for the disk: less, and what a new leader proposes anew would come in retransmissions. */
    static final long LEAST_UNSYNCED_BYTES = 1 << 20;

    /** A candidate that has this much more to learn before it can lead finds nobody willing. */
    private static final long MOST_BEHIND_SLOTS = 1_000;

    private final Configuration configuration;
    private final int self;
    private final PaxosSettings settings;
    private final PaxosHost host;
    private final LogWindow log;
    private final Acceptor acceptor;
    private final Learner learner;
    private final Election election;
    private final KnownLeader known;
    private @Nullable Candidate candidacy;
    private @Nullable Leader leader;

    /** A replica that has not yet recovered. */
    public Paxos(
            Configuration configuration, int self, PaxosSettings settings, PaxosHost host, RandomGenerator random) {
        this.configuration = configuration;
        this.self = self;
        this.settings = settings;
        this.host = host;
        this.log = new LogWindow(settings.windowBytes());
        this.acceptor = new Acceptor(self, settings, host, log);
        this.learner = new Learner(configuration, self, settings, host, log);
        this.known = new KnownLeader(settings.leaseMs());
        this.election = new Election(configuration, self, settings, random);
    }

    /** Everything up to {@code slot} is known from a checkpoint. Called before any {@link #recover}. */
    public void restored(long slot) {
        log.startAt(slot);
    }

    /** Takes back one record of the journal. Called for each in order, before {@link #start}. */
    public void recover(LogRecord record) {
        if (record instanceof LogRecord.Promised promised) {
            acceptor.recoverPromise(promised.number());
        } else if (record instanceof LogRecord.Accepted accepted) {
            acceptor.recoverPromise(accepted.entry().number());
            if (accepted.entry().slot() > log.chosenSlot()) {
                log.accept(accepted.entry());
            }
        } else if (record instanceof LogRecord.Chosen chosen) {
            learner.recoverChosen(chosen.slot());
        } else if (record instanceof LogRecord.Installed installed) {
            learner.recoverInstalled(installed.slot());
        }
    }

    /** Ends recovery. */
    public void start(long nowNanos) {
        acceptor.recovered(nowNanos);
        election.seen(acceptor.promised());
        election.start(!acceptor.promised().equals(ProposalNumber.NONE), nowNanos);
    }

    /** A message from a voter. Messages that cannot be from their sender are dropped. */
    public void receive(int from, PaxosMessage message, long nowNanos) {
        boolean forged = message instanceof PaxosMessage.FromProposer proposal
                && proposal.number().replicaId() != from;
        if (forged || from == self || !configuration.voters().contains(from)) {
            return;
        }
        if (message instanceof PaxosMessage.Accept accept) {
            if (!isDiskBehind() && acceptor.accept(from, accept, nowNanos)) {
                follow(from, accept.number(), accept.chosenSlot(), nowNanos);
            }
        } else if (message instanceof PaxosMessage.Accepted accepted) {
            if (leader != null) {
                leader.accepted(from, accepted, nowNanos);
            }
        } else if (message instanceof PaxosMessage.Heartbeat heartbeat) {
            if (acceptor.heartbeat(from, heartbeat, nowNanos)) {
                follow(from, heartbeat.number(), heartbeat.chosenSlot(), nowNanos);
            }
        } else if (message instanceof PaxosMessage.HeartbeatAnswer answer) {
            if (leader != null) {
                leader.heartbeatAnswered(from, answer, nowNanos);
            }
        } else if (message instanceof PaxosMessage.CatchUp catchUp) {
            learner.serve(from, catchUp.fromSlot());
        } else if (message instanceof PaxosMessage.ChosenEntries entries) {
            // A leader that proposes decides the open slots by votes alone.
            if (!isLeading() && !isDiskBehind()) {
                learner.learn(from, entries, nowNanos);
                leaderCaughtUp(nowNanos);
            }
        } else {
            receiveElection(from, message, nowNanos);
        }
    }

    private void receiveElection(int from, PaxosMessage message, long nowNanos) {
        if (message instanceof PaxosMessage.Probe probe) {
            boolean willing = leader == null
                    && acceptor.willing(from, nowNanos)
                    && probe.chosenSlot() >= log.chosenSlot() - MOST_BEHIND_SLOTS;
            host.send(from, new PaxosMessage.ProbeAnswer(probe.probeId(), willing, acceptor.promised()));
        } else if (message instanceof PaxosMessage.ProbeAnswer answer) {
            if (election.answered(from, answer, nowNanos) && leader == null && candidacy == null) {
                campaign(nowNanos);
            }
        } else if (message instanceof PaxosMessage.Prepare prepare) {
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

    /** Time went by. */
    public void tick(long nowNanos) {
        learner.tick(nowNanos);
        if (leader != null) {
            if (leader.isStuck(nowNanos)) {
                giveUp(nowNanos);
                // Somebody with more of the log should try: once the lease is over the others are as quick as this one.
                election.postpone(2 * settings.leaseMs(), nowNanos);
            } else if (leader.isCutOff(nowNanos)) {
                giveUp(nowNanos);
            } else if (isDiskBehind() && leader.successor() != 0) {
                resign(nowNanos);
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
    private boolean isDiskBehind() {
        return host.unsyncedBytes() > Math.max(settings.windowBytes() / 2, LEAST_UNSYNCED_BYTES);
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
        if (!acceptor.willing(self, nowNanos)) {
            // A leader was heard since the probe: this acceptor's promise to itself would break that leader's lease.
            return;
        }
        election.seen(acceptor.promised());
        Proposer proposer = new Proposer(configuration, election.nextNumber(), log.chosenSlot() + 1);
        election.seen(proposer.number());
        Candidate candidate = new Candidate(configuration, self, settings, host, acceptor, proposer);
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
        known.elected(self);
        leader = new Leader(
                configuration,
                self,
                settings,
                host,
                new Leader.Parts(acceptor, learner, proposer, log.chosenSlot()),
                nowNanos);
        leader.beat(nowNanos);
        if (proposer.chosenSlot() > log.chosenSlot()) {
            learner.wantAtOnce(proposer.mostAdvanced(), proposer.chosenSlot(), nowNanos);
        }
        leaderCaughtUp(nowNanos);
    }

    private void leaderCaughtUp(long nowNanos) {
        if (leader != null && !leader.isProposing()) {
            leader.caughtUpTo(log.chosenSlot(), nowNanos);
            if (leader.isProposing()) {
                host.startedLeading();
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
    private void follow(int from, ProposalNumber number, long chosenSlot, long nowNanos) {
        election.seen(number);
        if (leader != null || candidacy != null) {
            giveUp(nowNanos);
        }
        known.heard(from, nowNanos);
        election.leaderHeard(nowNanos);
        learner.chosenUpTo(from, number, chosenSlot, nowNanos);
    }

    /** Back to being a follower, whatever it was; waits before it probes again. */
    private void giveUp(long nowNanos) {
        candidacy = null;
        election.postpone(settings.retransmitMs(), nowNanos);
        if (leader != null) {
            known.ledUntil(leader.confirmedNanos());
            leader.retire();
            leader = null;
            host.stoppedLeading();
        }
    }

    /** The process is going to stop: hands leadership to the follower that has come furthest. */
    public void resign(long nowNanos) {
        if (leader == null) {
            return;
        }
        ProposalNumber number = leader.number();
        int successor = leader.successor();
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

    /** The journal's answer to {@link PaxosHost#readLog}. */
    public void logRead(int peer, List<LogEntry> entries) {
        learner.logRead(peer, entries);
    }

    /** Everything up to {@code slot}, above the chosen prefix, is known from a peer's checkpoint. */
    public void installed(long slot, long nowNanos) {
        Check.that(!isLeading(), "who proposes lacks nothing");
        learner.installed(slot, nowNanos);
        leaderCaughtUp(nowNanos);
    }

    /** Asks another peer for what this replica lacks. */
    public void askAnother(long nowNanos) {
        learner.askAnother(nowNanos);
    }

    /** Writes down once more what must outlive the log that is about to be dropped. */
    public void persistPromise() {
        if (!acceptor.promised().equals(ProposalNumber.NONE)) {
            host.persist(new LogRecord.Promised(acceptor.promised()));
        }
    }

    /** Takes a command for the log; false where this replica does not lead or too much is waiting. */
    public boolean propose(byte[] command) {
        return leader != null && leader.isProposing() && leader.propose(command);
    }

    /** Sends off what was proposed. Called at the end of each step. */
    public void flush(long nowNanos) {
        if (leader != null && !isDiskBehind()) {
            leader.flush(nowNanos);
        }
    }

    /** The replica taken for the leader, 0 for none. */
    public int leader() {
        return known.id();
    }

    /** Whether this replica leads and may propose. */
    public boolean isLeading() {
        return leader != null && leader.isProposing();
    }

    /** Whether this replica leads and nobody else can lead at {@code nowNanos}. */
    public boolean hasLease(long nowNanos) {
        return leader != null && leader.hasLease(nowNanos);
    }

    /**
     * Whether this replica is known, by the answers of a majority, to have led at or after {@code sinceNanos}. Without a
     * lease, what was read since then is current once this is true.
     */
    public boolean ledAt(long sinceNanos) {
        return leader != null && leader.confirmedNanos() - sinceNanos >= 0;
    }

    /** Asks for a confirmation now rather than with the next heartbeat. */
    public void confirm(long nowNanos) {
        if (leader != null) {
            leader.beat(nowNanos);
        }
    }

    /** See {@code Input.ClockJumped}. */
    public void clockJumped(long nowNanos) {
        if (leader != null) {
            leader.loseLease(nowNanos);
        }
    }

    /** This replica's role, for people: leader, candidate or follower. */
    public String role() {
        if (leader != null) {
            return "leader";
        }
        return candidacy != null ? "candidate" : "follower";
    }

    /** Everything up to here is chosen and has been handed to the host. */
    public long chosenSlot() {
        return log.chosenSlot();
    }

    /** Whether it has what it knows to be chosen, but for what is under way in one pipeline. */
    public boolean isCaughtUp() {
        return learner.missingSlots() <= settings.pipelineSlots();
    }

    /** How long ago a leader was heard, or this one was last known to lead, in milliseconds; -1 for never. */
    public long leaderHeardMs(long nowNanos) {
        if (leader != null) {
            return Math.max(0, (nowNanos - leader.confirmedNanos()) / 1_000_000);
        }
        return known.heardMs(nowNanos);
    }

    /** What this replica knows of another voter. */
    public PeerView view(int voter, long nowNanos) {
        if (leader != null) {
            return leader.view(voter, nowNanos);
        }
        return voter == known.id() ? new PeerView(true, -1, leaderHeardMs(nowNanos)) : new PeerView(false, -1, -1);
    }

    /** The number this replica has promised, for checks. */
    public ProposalNumber promised() {
        return acceptor.promised();
    }

    private void sendToOthers(PaxosMessage message) {
        for (int voter : configuration.voters()) {
            if (voter != self) {
                host.send(voter, message);
            }
        }
    }
}
