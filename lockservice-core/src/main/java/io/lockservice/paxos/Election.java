package io.lockservice.paxos;

import io.lockservice.log.ProposalNumber;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * When a backup takes over. It waits until the leader's lease can have ended, a little longer by chance, and then asks
 * the others whether they would promise ({@code Probe}) before it issues a number: a replica that comes back from a
 * partition, or that alone does not hear the leader, unseats nobody.
 */
final class Election {
    /** Who was told of another's lease probes again within this. */
    private static final long PROBE_AGAIN_MS = 50;

    private final Membership membership;
    private final int self;
    private final PaxosSettings settings;
    private final RandomGenerator random;
    private final Set<Integer> willing = new TreeSet<>();
    private long dueNanos;
    private long probeId;
    private boolean probing;
    private ProposalNumber highest = ProposalNumber.NONE;

    Election(Membership membership, int self, PaxosSettings settings, RandomGenerator random) {
        this.membership = membership;
        this.self = self;
        this.settings = settings;
        this.random = random;
    }

    /** The first probe, where no leader is heard: soon for a new cell, after a lease for one that restarts. */
    void start(boolean mayHaveGrantedLease, long nowNanos) {
        postpone(mayHaveGrantedLease ? settings.leaseMs() : 0, nowNanos);
    }

    /** A leader was heard. */
    void leaderHeard(long nowNanos) {
        postpone(settings.leaseMs(), nowNanos);
    }

    /** Nothing before {@code afterMs} and a random time more. */
    void postpone(long afterMs, long nowNanos) {
        probing = false;
        long jitterMs = 1 + random.nextLong(settings.electionJitterMs());
        dueNanos = nowNanos + (afterMs + jitterMs) * 1_000_000;
    }

    /** A number seen anywhere: the next one must be larger. */
    void seen(ProposalNumber number) {
        if (number.isAbove(highest)) {
            highest = number;
        }
    }

    /** The smallest number that is larger than all seen. */
    ProposalNumber nextNumber() {
        return highest.next(self);
    }

    /** Whether it is time to probe. */
    boolean isDue(long nowNanos) {
        return membership.isVoter() && nowNanos - dueNanos >= 0;
    }

    /** Starts a probe. If no majority answers, another one follows. */
    PaxosMessage.Probe probe(boolean selfWilling, long chosenSlot, long nowNanos) {
        postpone(settings.retransmitMs(), nowNanos);
        probing = true;
        willing.clear();
        if (selfWilling) {
            willing.add(self);
        }
        return new PaxosMessage.Probe(++probeId, chosenSlot);
    }

    /**
     * Takes an answer to a probe; returns whether a majority is now willing. Who is not willing has a lease to run out that
     * was granted a little later than this replica's own: it is asked again soon.
     */
    boolean answered(int from, PaxosMessage.ProbeAnswer answer, long nowNanos) {
        seen(answer.promised());
        if (!probing || answer.probeId() != probeId) {
            return false;
        }
        if (answer.willing()) {
            willing.add(from);
            return isWon();
        }
        long soon = 1 + random.nextLong(PROBE_AGAIN_MS);
        long soonNanos = nowNanos + soon * 1_000_000;
        if (dueNanos - soonNanos > 0) {
            dueNanos = soonNanos;
        }
        return false;
    }

    /** Whether a majority is willing. */
    boolean isWon() {
        return probing && membership.configuration().isQuorum(willing);
    }
}
