package io.lockservice.paxos;

import io.lockservice.log.Configuration;

/** One campaign: asks for promises, chunk by chunk, until a majority has given them and this replica's own acceptor too. */
final class Candidate {
    private final Configuration configuration;
    private final int self;
    private final PaxosSettings settings;
    private final PaxosHost host;
    private final Acceptor acceptor;
    private final Proposer proposer;
    private long promisedNanos;
    private long prepareNanos;

    Candidate(
            Configuration configuration,
            int self,
            PaxosSettings settings,
            PaxosHost host,
            Acceptor acceptor,
            Proposer proposer) {
        this.configuration = configuration;
        this.self = self;
        this.settings = settings;
        this.host = host;
        this.acceptor = acceptor;
        this.proposer = proposer;
    }

    Proposer proposer() {
        return proposer;
    }

    /** Time goes by before its own promise is durable; on a slow disk that takes as long as it takes. */
    void waitForDisk(long nowNanos) {
        promisedNanos = nowNanos;
        prepareNanos = nowNanos;
    }

    /**
     * Its own promise is durable: nobody hears the number before, so it is used once. Returns the time at which that was
     * last not so.
     */
    long start() {
        while (proposer.isWaitingFor(self)) {
            long fromSlot = proposer.prepareFor(self).fromSlot();
            proposer.promise(self, acceptor.promiseFrom(proposer.number(), fromSlot));
        }
        sendPrepares(prepareNanos);
        return prepareNanos;
    }

    /** Takes a promise, or a part of one; returns whether it was new. */
    boolean promised(int from, PaxosMessage.Promise promise, long nowNanos) {
        if (!proposer.promise(from, promise)) {
            return false;
        }
        promisedNanos = nowNanos;
        if (proposer.isWaitingFor(from)) {
            host.send(from, proposer.prepareFor(from));
        }
        return true;
    }

    /** Whether it may lead. */
    boolean isPrepared() {
        return proposer.isPrepared() && !proposer.isWaitingFor(self);
    }

    /** Asks again who owes a promise. Returns false where nobody has promised anything for so long that it is over. */
    boolean tick(long nowNanos) {
        if (proposer.isWaitingFor(self)) {
            // Another number would have to wait for the disk as well.
            waitForDisk(nowNanos);
        } else if (nowNanos - promisedNanos >= settings.leaseMs() * 1_000_000) {
            return false;
        } else if (nowNanos - prepareNanos >= settings.retransmitMs() * 1_000_000) {
            sendPrepares(nowNanos);
        }
        return true;
    }

    private void sendPrepares(long nowNanos) {
        prepareNanos = nowNanos;
        for (int voter : configuration.voters()) {
            if (voter != self && proposer.isWaitingFor(voter)) {
                host.send(voter, proposer.prepareFor(voter));
            }
        }
    }
}
