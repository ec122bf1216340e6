package io.lockservice.sim.invariant;

import java.util.HashMap;
import java.util.Map;

/**
 * No session ends before its lease has run out since the last keep-alive that the cell accepted, and once it is over
 * nothing revives it. Counted in true time from the sending, with the fastest clock the drift bound allows.
 */
public final class LeasesKept {
    private final double fastestRate;
    private final Map<String, Lease> leases = new HashMap<>();
    private final Map<String, Long> closed = new HashMap<>();
    private final Map<String, Long> over = new HashMap<>();

    /** Clocks run between as fast as true time and so much faster. */
    public LeasesKept(int driftPercent) {
        fastestRate = 1 + driftPercent / 100.0;
    }

    /** A lease began or was renewed by a call sent at {@code sentNanos}: all of it, unless the client is closing it. */
    public void renewed(String session, long sentNanos, long leaseMs, long remainingMs) {
        Violation.unless(
                remainingMs >= leaseMs || closed.containsKey(session),
                LeasesKept.class,
                "session %s was kept alive for %d ms, its lease is %d ms",
                session,
                remainingMs,
                leaseMs);
        Long since = over.get(session);
        Violation.unless(
                since == null || sentNanos < since,
                LeasesKept.class,
                "session %s was over, and then a keep-alive was accepted",
                session);
        Lease lease = leases.get(session);
        if (lease == null || sentNanos > lease.sentNanos) {
            leases.put(session, new Lease(sentNanos, leaseMs));
        }
    }

    /** The client closes it: from now on it may end. */
    public void closed(String session, long nowNanos) {
        closed.putIfAbsent(session, nowNanos);
    }

    /** The earliest true time at which it may end. */
    public long mayEndFrom(String session) {
        Lease lease = leases.get(session);
        long lapses = lease == null ? 0 : lease.sentNanos + (long) (lease.leaseMs * 1_000_000 / fastestRate);
        return Math.min(lapses, closed.getOrDefault(session, Long.MAX_VALUE));
    }

    /** Somebody was told that it is over, or the cell decided so. */
    public void over(String session, long nowNanos) {
        long earliest = mayEndFrom(session);
        Violation.unless(
                nowNanos >= earliest,
                LeasesKept.class,
                "session %s ended %.3f ms before its lease",
                session,
                (earliest - nowNanos) / 1e6);
        over.putIfAbsent(session, nowNanos);
    }

    private record Lease(long sentNanos, long leaseMs) {}
}
