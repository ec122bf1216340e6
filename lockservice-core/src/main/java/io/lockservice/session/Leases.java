package io.lockservice.session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * The leases of all living sessions, as this leader counts them on its monotonic clock. Volatile: a new leader gives
 * every session a full lease (Burrows, section 2.9), so a lease can only become longer by a change of leader.
 */
final class Leases {
    /** A command that ends sessions is proposed again after this, in case it got lost with a full queue. */
    private static final long RETRY_NANOS = 250_000_000;

    /** As the sessions say. */
    private final Map<String, Long> ownMs = new HashMap<>();

    /** As they were granted last: longer than their own under overload. */
    private final Map<String, Long> leaseMs = new HashMap<>();

    private final Deadlines<String> deadlines = new Deadlines<>();
    private final Set<String> closing = new HashSet<>();

    /** Of closing sessions: when their leases run out, which no keep-alive extends any more. */
    private final Map<String, Long> leaseEndNanos = new HashMap<>();

    private final Set<String> ending = new HashSet<>();
    private final Set<String> suspended = new HashSet<>();

    /** A session begins (again): its whole lease is left. */
    void open(String session, long leaseMillis, long nowNanos) {
        open(session, leaseMillis, leaseMillis, nowNanos);
    }

    /** A session begins (again), with a lease that may be longer than its own. */
    void open(String session, long ownMillis, long grantedMillis, long nowNanos) {
        ownMs.put(session, ownMillis);
        leaseMs.put(session, grantedMillis);
        deadlines.put(session, nowNanos + grantedMillis * 1_000_000);
    }

    /** A session will end in {@code afterMs}, or when it was to end before, whatever keep-alives come. */
    void close(String session, long afterMs, long nowNanos) {
        if (leaseMs.containsKey(session)) {
            long end = nowNanos + afterMs * 1_000_000;
            Long due = deadlines.dueNanos(session);
            if (due != null && !closing.contains(session)) {
                leaseEndNanos.put(session, due);
            }
            if (due == null || due > end || !closing.contains(session)) {
                deadlines.put(session, end);
            }
            closing.add(session);
        }
    }

    /** A session has had its lease: whatever was left of it is gone, and no keep-alive brings it back. */
    void runOut(String session, long nowNanos) {
        if (leaseMs.containsKey(session) && ending.add(session)) {
            deadlines.put(session, nowNanos);
        }
    }

    /** A session is over. */
    void ended(String session) {
        ownMs.remove(session);
        leaseMs.remove(session);
        deadlines.remove(session);
        closing.remove(session);
        ending.remove(session);
        leaseEndNanos.remove(session);
        suspended.remove(session);
    }

    /** Whether what the session was told is not binding any more: its lease has run out, also if it goes on living. */
    boolean isOver(String session, long nowNanos) {
        Long end = leaseEndNanos.get(session);
        return !leaseMs.containsKey(session) || ending.contains(session) || (end != null && end - nowNanos <= 0);
    }

    /** A keep-alive came: the whole lease is left again, unless the session is closing or its end has been proposed. */
    void renew(String session, long nowNanos) {
        renew(session, own -> own, nowNanos);
    }

    /** As {@link #renew(String, long)}, for as long as {@code granted} makes of the session's own lease; never for less time. */
    void renew(String session, LongUnaryOperator granted, long nowNanos) {
        Long own = ownMs.get(session);
        if (own != null && isRenewed(session)) {
            long millis = granted.applyAsLong(own);
            long due = nowNanos + millis * 1_000_000;
            Long before = deadlines.dueNanos(session);
            leaseMs.put(session, millis);
            deadlines.put(session, before == null ? due : Math.max(before, due));
        }
    }

    /** Keep-alives do not extend the lease for the time being, or do again; what was granted is kept. */
    void suspend(String session, boolean suspends) {
        if (suspends && leaseMs.containsKey(session)) {
            suspended.add(session);
        } else {
            suspended.remove(session);
        }
    }

    private boolean isRenewed(String session) {
        return !closing.contains(session) && !ending.contains(session) && !suspended.contains(session);
    }

    /** Whether the session's lease ran out and its end has been proposed. */
    boolean isEnding(String session) {
        return ending.contains(session);
    }

    /** The full lease of a living session, as it was granted last; 0 for an unknown one. */
    long leaseMs(String session) {
        return leaseMs.getOrDefault(session, 0L);
    }

    /** What is left of a lease; 0 where it ran out, -1 for an unknown session. */
    long remainingMs(String session, long nowNanos) {
        Long due = deadlines.dueNanos(session);
        if (due == null || !leaseMs.containsKey(session)) {
            return -1;
        }
        return ending.contains(session) ? 0 : Math.max(0, (due - nowNanos) / 1_000_000);
    }

    /** Up to {@code limit} sessions whose leases have run out; they are ending from now on. */
    List<String> takeExpired(long nowNanos, int limit) {
        List<String> expired = deadlines.takeDue(nowNanos, limit);
        for (String session : expired) {
            ending.add(session);
            deadlines.put(session, nowNanos + RETRY_NANOS);
        }
        return expired;
    }

    /** Forgets everything: this replica no longer leads. */
    void clear() {
        ownMs.clear();
        leaseMs.clear();
        deadlines.clear();
        closing.clear();
        ending.clear();
        leaseEndNanos.clear();
        suspended.clear();
    }
}
