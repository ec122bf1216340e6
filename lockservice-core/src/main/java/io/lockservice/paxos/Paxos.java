package io.lockservice.paxos;

import io.lockservice.check.Check;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.LogWindow;
import io.lockservice.log.ProposalNumber;
import java.util.List;
import java.util.random.RandomGenerator;

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
    private final Membership membership;
    private final int self;
    private final PaxosSettings settings;
    private final PaxosHost host;
    private final LogWindow log;
    private final Acceptor acceptor;
    private final Learner learner;
    private final Leadership leadership;
    private boolean hasLeft;
    private long leftNanos;
    private boolean isRemoved;

    /**
     * Which replica this is.
     *
     * @param id its id
     * @param incarnation of its data: the votes of other data under the same id are not its own
     */
    public record Self(int id, long incarnation) {}

    /** A replica that has not yet recovered; where nobody votes in {@code configuration}, it learns who is in the cell. */
    public Paxos(
            Configuration configuration, Self replica, PaxosSettings settings, PaxosHost host, RandomGenerator random) {
        this.membership = new Membership(replica.id(), replica.incarnation(), configuration);
        this.self = replica.id();
        this.settings = settings;
        this.host = host;
        this.log = new LogWindow(settings.windowBytes());
        this.acceptor = new Acceptor(self, settings, host, log);
        this.learner = new Learner(membership, settings, host, log);
        this.leadership = new Leadership(
                membership,
                self,
                settings,
                host,
                new Leadership.Parts(log, acceptor, learner, new Election(membership, self, settings, random)));
    }

    /** Everything up to {@code slot} is known from a checkpoint. Called before any {@link #recover}. */
    public void restored(long slot, Configuration configuration) {
        membership.become(configuration);
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
        } else if (record instanceof LogRecord.Founded founded) {
            founded(founded.configuration());
        }
    }

    /** The cell was founded by these. Whoever knows a later configuration keeps that. */
    public void founded(Configuration configuration) {
        if (!membership.configuration().isFounded()) {
            membership.become(configuration);
            host.reconfigured(configuration);
        }
    }

    /** Whether it has neither promised nor accepted nor learned anything, nor knows who founded the cell. */
    public boolean isBlank() {
        return acceptor.promised().equals(ProposalNumber.NONE)
                && log.lastSlot() == 0
                && !membership.configuration().isFounded();
    }

    /** Whether this replica, with the data it has, is in the cell as it knows it. */
    public boolean isMember() {
        return membership.isMember();
    }

    /** Ends recovery. */
    public void start(long nowNanos) {
        acceptor.recovered(nowNanos);
        learner.recovered(nowNanos);
        leadership.start(nowNanos);
    }

    /**
     * A message from another replica. It need not be in the configuration that this one knows: the one in force may be newer,
     * or older. But only the votes of members with the data that the configuration knows count. Messages that cannot be from
     * their sender are dropped.
     *
     * @param incarnation of the sender's data
     */
    public void receive(int from, long incarnation, PaxosMessage message, long nowNanos) {
        boolean forged = message instanceof PaxosMessage.FromProposer proposal
                && proposal.number().replicaId() != from;
        boolean isNobodys = message instanceof PaxosMessage.Vote
                && !membership.configuration().has(from, incarnation);
        if (forged || isNobodys || from == self) {
            return;
        }
        if (message instanceof PaxosMessage.Accept accept) {
            if (!leadership.isDiskBehind() && acceptor.accept(from, accept, nowNanos)) {
                leadership.follow(from, accept.number(), accept.chosenSlot(), nowNanos);
            }
        } else if (message instanceof PaxosMessage.Accepted accepted) {
            leadership.accepted(from, accepted, nowNanos);
        } else if (message instanceof PaxosMessage.Heartbeat heartbeat) {
            if (acceptor.heartbeat(from, heartbeat, nowNanos)) {
                leadership.follow(from, heartbeat.number(), heartbeat.chosenSlot(), nowNanos);
                leadership.heard(heartbeat, nowNanos);
            }
        } else if (message instanceof PaxosMessage.HeartbeatAnswer answer) {
            leadership.heartbeatAnswered(from, answer, nowNanos);
        } else if (message instanceof PaxosMessage.CatchUp catchUp) {
            learner.serve(from, catchUp.fromSlot());
        } else if (message instanceof PaxosMessage.ChosenEntries entries) {
            // A leader that proposes decides the open slots by votes alone.
            if (!isLeading() && !leadership.isDiskBehind()) {
                learner.learn(from, entries, nowNanos);
                leadership.caughtUp(nowNanos);
            }
        } else {
            leadership.receive(from, membership.configuration().isVoter(from, incarnation), message, nowNanos);
        }
    }

    /** The journal's answer to {@link PaxosHost#readLog}. */
    public void logRead(int peer, List<LogEntry> entries) {
        learner.logRead(peer, entries);
    }

    /** Everything up to {@code slot}, above the chosen prefix, is known from a peer's checkpoint. */
    public void installed(long slot, Configuration configuration, long nowNanos) {
        Check.that(!isLeading(), "who proposes lacks nothing");
        learner.installed(slot, configuration, nowNanos);
        leadership.caughtUp(nowNanos);
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

    /** Who is in the cell, as far as this replica knows. */
    public Configuration configuration() {
        return membership.configuration();
    }

    /** Everything up to here is chosen and has been handed to the host. */
    public long chosenSlot() {
        return log.chosenSlot();
    }

    /** Whether it has what it knows to be chosen, but for what is under way in one pipeline. */
    public boolean isCaughtUp() {
        return learner.missingSlots() <= settings.pipelineSlots();
    }

    /** The number this replica has promised, for checks. */
    public ProposalNumber promised() {
        return acceptor.promised();
    }

    /** Time went by. */
    public void tick(long nowNanos) {
        learner.tick(nowNanos);
        leadership.tick(nowNanos);
        noticeRemoval(nowNanos);
    }

    /**
     * Whether this replica was taken out of the cell and has not heard of being added again for a while. It is not needed
     * any more: those that stay have all that was decided before.
     */
    public boolean isRemoved() {
        return isRemoved;
    }

    /**
     * Who was added again since would be told by the leader within this time. The others go on meanwhile, and now and then
     * this replica hears how far they are: that it lacks something again for a moment does not mean that it lacks the news of
     * being added.
     */
    private void noticeRemoval(long nowNanos) {
        boolean knowsAll = learner.missingSlots() == 0;
        if (!membership.hasLeft() || leadership.leader() == self) {
            hasLeft = false;
        } else if (!hasLeft && knowsAll) {
            hasLeft = true;
            leftNanos = nowNanos;
        }
        isRemoved = hasLeft && knowsAll && nowNanos - leftNanos >= 2 * settings.leaseMs() * 1_000_000;
    }

    /** Whether a change of the configuration waits to be chosen. */
    public boolean isReconfiguring() {
        return leadership.isReconfiguring();
    }

    /**
     * Proposes to change who is in the cell, by one voter at most; false where this replica does not lead or another change
     * waits.
     */
    public boolean reconfigure(Configuration next, long nowNanos) {
        return leadership.reconfigure(next, nowNanos);
    }

    /** Takes a command for the log; false where this replica does not lead or too much is waiting. */
    public boolean propose(byte[] command) {
        return leadership.propose(command);
    }

    /** Sends off what was proposed. Called at the end of each step. */
    public void flush(long nowNanos) {
        leadership.flush(nowNanos);
    }

    /** The process is going to stop: hands leadership to the follower that has come furthest. */
    public void resign(long nowNanos) {
        leadership.resign(leadership.successor(), nowNanos);
    }

    /** Hands leadership to {@code successor}, 0 for nobody in particular. */
    public void resign(int successor, long nowNanos) {
        leadership.resign(successor, nowNanos);
    }

    /** The voter that should lead next: reachable, with the furthest prefix; 0 where there is none or another leads. */
    public int successor() {
        return leadership.successor();
    }

    /** Whether {@code replica} votes, answers, and has nearly all of the log, as this leader sees it. */
    public boolean canLead(int replica) {
        return leadership.canLead(replica);
    }

    /** The learners that this leader sees to have nearly all of the log. */
    public List<Integer> learnersCaughtUp() {
        return leadership.learnersCaughtUp();
    }

    /** The replica taken for the leader, 0 for none. */
    public int leader() {
        return leadership.leader();
    }

    /** The sequence of the number under which {@link #leader} leads: it tells one leadership of a replica from another. */
    public long leaderSequence() {
        return leadership.leaderSequence();
    }

    /** Whether this replica leads and may propose. */
    public boolean isLeading() {
        return leadership.isLeading();
    }

    /** Whether this replica leads and nobody else can lead at {@code nowNanos}. */
    public boolean hasLease(long nowNanos) {
        return leadership.hasLease(nowNanos);
    }

    /**
     * Whether this replica is known, by the answers of a majority, to have led at or after {@code sinceNanos}. Without a
     * lease, what was read since then is current once this is true.
     */
    public boolean ledAt(long sinceNanos) {
        return leadership.ledAt(sinceNanos);
    }

    /** Asks for a confirmation now rather than with the next heartbeat. */
    public void confirm(long nowNanos) {
        leadership.confirm(nowNanos);
    }

    /** See {@code Input.ClockJumped}. */
    public void clockJumped(long nowNanos) {
        leadership.clockJumped(nowNanos);
    }

    /** This replica's role, for people: leader, candidate or follower. */
    public String role() {
        return leadership.role();
    }

    /** How old what this replica knows can be at most, in milliseconds; -1 where that was never known. */
    public long stateAgeMs(long nowNanos) {
        return leadership.stateAgeMs(nowNanos);
    }

    /** What this replica knows of another voter. */
    public PeerView view(int voter, long nowNanos) {
        return leadership.view(voter, nowNanos);
    }
}
