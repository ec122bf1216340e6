package io.lockservice.session;

import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.table.Session;
import java.util.List;

/** Begins the leases of a new leader, ends sessions whose leases have run out, and says when leases are longer. */
final class Expiry {
    /** So many sessions end in one command; the rest follow in the next. */
    private static final int AT_ONCE = 5_000;

    /** Sessions end together that would end one by one: thousands become few entries of the log. */
    private static final long EVERY_NANOS = 100_000_000;

    private static final long RETRY_NANOS = 250_000_000;

    private final StateMachine state;
    private final CacheGate gate;
    private final Leases leases;
    private final LeaseStretch stretch;
    private long expiredNanos;
    private long stretchNanos;

    Expiry(StateMachine state, CacheGate gate, Leases leases, LeaseStretch stretch) {
        this.state = state;
        this.gate = gate;
        this.leases = leases;
        this.stretch = stretch;
    }

    /** This replica begins to serve: every session has its whole lease before it. */
    void start(long nowNanos) {
        stretch.start(nowNanos);
        stretch.replicated(state.areLeasesStretched());
        expiredNanos = nowNanos;
        stretchNanos = nowNanos;
        for (Session session : state.sessions()) {
            leases.open(session.id(), session.leaseMs(), firstLeaseMs(session, nowNanos), nowNanos);
            if (session.isClosing()) {
                leases.close(session.id(), session.closeAfterMs(), nowNanos);
            }
        }
    }

    /** An earlier leader may have granted more than the session asked for. */
    private long firstLeaseMs(Session session, long nowNanos) {
        if (!state.areLeasesStretched()) {
            return session.leaseMs();
        }
        long longestMs = LeaseStretch.longestMs(session.leaseMs());
        stretch.found(nowNanos + longestMs * 1_000_000);
        return longestMs;
    }

    void tick(long nowNanos) {
        stretch.tick(nowNanos);
        if (stretch.isWanted() != state.areLeasesStretched() && nowNanos - stretchNanos >= RETRY_NANOS) {
            stretchNanos = nowNanos;
            if (!stretch.isWanted()) {
                stretch.takesBack();
            }
            gate.propose(new Command.StretchLeases(state.epoch(), stretch.isWanted()));
        }
        if (nowNanos - expiredNanos >= EVERY_NANOS && !stretch.isInGrace()) {
            expiredNanos = nowNanos;
            List<String> expired = leases.takeExpired(nowNanos, AT_ONCE);
            if (!expired.isEmpty()) {
                gate.expire(state.epoch(), expired);
            }
        }
    }
}
