package io.lockservice.paxos;

import io.lockservice.check.Check;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.LogWindow;
import io.lockservice.log.ProposalNumber;
import java.util.List;

/**
 * The acceptor: keeps the largest proposal number it has seen, refuses lower ones, and gives back what it accepted.
 *
 * <p>It also grants the leader's lease ("Paxos Made Live", section 5.2): having acknowledged a leader's number it
 * promises no other replica a number until {@code leaseMs} have gone by on its own clock. After a restart it may have
 * forgotten such a grant, so it keeps quiet for one whole lease.
 */
final class Acceptor {
    /** Slots further above the chosen prefix are not accepted: no leader opens so many, and memory stays bounded. */
    private static final long MAX_SLOTS_AHEAD = 100_000;

    /** So many bytes of values are taken above the chosen prefix, however small the window. */
    static final long LEAST_AHEAD_BYTES = 1 << 20;

    private final int self;
    private final PaxosSettings settings;
    private final PaxosHost host;
    private final LogWindow log;
    private ProposalNumber promised = ProposalNumber.NONE;
    private ProposalNumber durablyPromised = ProposalNumber.NONE;
    private int leaseHolder;
    private long leaseEndNanos;

    Acceptor(int self, PaxosSettings settings, PaxosHost host, LogWindow log) {
        this.self = self;
        this.settings = settings;
        this.host = host;
        this.log = log;
    }

    /** The largest number this acceptor has promised or accepted. */
    ProposalNumber promised() {
        return promised;
    }

    /** Takes back a promise found in the journal. */
    void recoverPromise(ProposalNumber number) {
        if (number.isAbove(promised)) {
            promised = number;
            durablyPromised = number;
        }
    }

    /** Ends recovery: a lease granted before the restart may still run. */
    void recovered(long nowNanos) {
        if (!promised.equals(ProposalNumber.NONE)) {
            grantLease(promised, nowNanos);
        }
    }

    /** Whether it would promise a number to {@code candidate} now. */
    boolean willing(int candidate, long nowNanos) {
        return leaseHolder == 0 || leaseHolder == candidate || nowNanos - leaseEndNanos >= 0;
    }

    /** The leader with this number gave up its lease. */
    void endLease(ProposalNumber number) {
        if (number.equals(promised)) {
            leaseHolder = 0;
        }
    }

    /** Phase 1b. */
    void prepare(int from, PaxosMessage.Prepare prepare, long nowNanos) {
        ProposalNumber number = prepare.number();
        boolean lower = promised.isAbove(number);
        if (lower || (number.isAbove(promised) && !willing(from, nowNanos))) {
            host.send(from, new PaxosMessage.Rejected(number, promised));
            return;
        }
        promise(number);
        PaxosMessage.Promise answer = promiseFrom(number, prepare.fromSlot());
        host.whenDurable(() -> host.send(from, answer));
    }

    /** What it would answer to a {@code Prepare} that it has just promised. */
    PaxosMessage.Promise promiseFrom(ProposalNumber number, long fromSlot) {
        List<LogEntry> accepted = log.acceptedFrom(fromSlot, settings.chunkBytes());
        long nextSlot =
                accepted.isEmpty() ? 0 : accepted.get(accepted.size() - 1).slot() + 1;
        boolean last = nextSlot > log.lastSlot();
        return new PaxosMessage.Promise(number, fromSlot, accepted, last ? 0 : nextSlot, log.chosenSlot());
    }

    /** Promises a number that is not below the one promised before. */
    void promise(ProposalNumber number) {
        if (number.isAbove(promised)) {
            promised = number;
            host.persist(new LogRecord.Promised(number));
            host.whenDurable(() -> durablyPromised = number);
        }
    }

    /** Phase 2b. Returns whether the number was good, so that the sender leads. */
    boolean accept(int from, PaxosMessage.Accept accept, long nowNanos) {
        if (!adopt(from, accept.number(), nowNanos)) {
            return false;
        }
        PaxosMessage.Accepted answer = new PaxosMessage.Accepted(accept.number(), accept.round(), accept.slot());
        if (hasRoomFor(accept.slot()) && store(new LogEntry(accept.slot(), accept.number(), accept.value()))) {
            host.whenDurable(() -> host.send(from, answer));
        }
        return true;
    }

    /** Grants the lease for another round. Returns whether the number was good, so that the sender leads. */
    boolean heartbeat(int from, PaxosMessage.Heartbeat heartbeat, long nowNanos) {
        if (!adopt(from, heartbeat.number(), nowNanos)) {
            return false;
        }
        PaxosMessage answer =
                new PaxosMessage.HeartbeatAnswer(heartbeat.number(), heartbeat.round(), log.durableSlot());
        if (durablyPromised.equals(promised)) {
            host.send(from, answer);
        } else {
            host.whenDurable(() -> host.send(from, answer));
        }
        return true;
    }

    /** The leader of this very replica accepts its own proposal. */
    void acceptOwn(LogEntry entry, long nowNanos) {
        Check.that(entry.number().equals(promised), "a leader proposes under the number it was promised");
        grantLease(entry.number(), nowNanos);
        Check.that(store(entry), "a leader's own slots are within reach");
    }

    /** The leader of this very replica starts a round: its own acceptor grants it too. */
    void grantLease(ProposalNumber number, long nowNanos) {
        leaseHolder = number.replicaId();
        leaseEndNanos = nowNanos + settings.leaseMs() * 1_000_000;
    }

    /**
     * Whether a slot above the chosen prefix still fits: what an acceptor that lags is sent meanwhile must not fill its
     * memory. The slots next to the prefix always do, or it could not advance.
     */
    private boolean hasRoomFor(long slot) {
        return slot <= log.chosenSlot() + settings.pipelineSlots()
                || log.get(slot) != null
                || log.aheadBytes() <= Math.max(settings.windowBytes(), LEAST_AHEAD_BYTES);
    }

    private boolean adopt(int from, ProposalNumber number, long nowNanos) {
        if (promised.isAbove(number)) {
            host.send(from, new PaxosMessage.Rejected(number, promised));
            return false;
        }
        Check.that(number.replicaId() == from && from != self, "a number is used by the replica that issued it");
        promise(number);
        grantLease(number, nowNanos);
        return true;
    }

    /** Returns whether the entry is stored (or known to be chosen) and so may be acknowledged once durable. */
    private boolean store(LogEntry entry) {
        if (entry.slot() <= log.chosenSlot()) {
            LogEntry chosen = log.get(entry.slot());
            // Another value comes from a leader that was replaced, of which this acceptor has only heard the outcome.
            return chosen == null || chosen.value().equals(entry.value());
        }
        if (entry.slot() > log.chosenSlot() + MAX_SLOTS_AHEAD) {
            return false;
        }
        LogEntry before = log.get(entry.slot());
        if (before != null && before.number().equals(entry.number())) {
            Check.that(before.value().equals(entry.value()), "one proposal number has one value for a slot");
            return true;
        }
        log.accept(entry);
        host.persist(new LogRecord.Accepted(entry));
        return true;
    }
}
