package io.lockservice.session;

import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keep-alives that wait (Burrows, section 2.8): the lease is renewed when one comes and again when it is answered, and it
 * is answered while half of the lease is left, or as soon as there is something to tell the session. One that comes after
 * its session's end was proposed waits to see whether the session really ends, so that nobody is told it is over while it
 * is not.
 */
final class KeepAlives {
    /** So many events go out with one answer; the rest comes as soon as these are taken in. */
    private static final int EVENTS_AT_ONCE = 100;

    /** {@code says} is whether the client says what it has taken in. */
    private record Parked(Origin origin, String session, boolean says) {}

    private final DutyHost host;
    private final Leases leases;
    private final StateMachine state;
    private final Acknowledgements acknowledgements;
    private final LeaseStretch stretch;
    private final Map<CallKey, Parked> parked = new HashMap<>();
    private final Deadlines<CallKey> deadlines = new Deadlines<>();
    private final Map<String, LinkedHashMap<CallKey, Parked>> bySession = new HashMap<>();

    KeepAlives(
            DutyHost host, Leases leases, StateMachine state, Acknowledgements acknowledgements, LeaseStretch stretch) {
        this.host = host;
        this.leases = leases;
        this.state = state;
        this.acknowledgements = acknowledgements;
        this.stretch = stretch;
    }

    boolean isParked(CallKey key) {
        return parked.containsKey(key);
    }

    /** A keep-alive of a living session, at a moment when this replica surely leads. */
    void arrived(Origin origin, Request.KeepAlive keepAlive, long waitLeftMs, long nowNanos) {
        String session = keepAlive.session();
        long sent = acknowledgements.possiblySent(session);
        if (keepAlive.ack() > sent) {
            host.answer(
                    origin,
                    new Reply.Failed(Problem.badField(
                            "ack", "no event with this seq was sent to the session; the last one sent is " + sent)));
            return;
        }
        acknowledgements.heard(session, keepAlive.ack());
        renew(session, nowNanos);
        boolean says = keepAlive.ack() != Request.KeepAlive.NO_ACK;
        if (hasNews(session, says) && !leases.isEnding(session)) {
            answer(origin, session, says, nowNanos);
            return;
        }
        long waitMs = Math.min(waitLeftMs, leases.remainingMs(session, nowNanos) - leases.leaseMs(session) / 2);
        if (waitMs <= 0 && !leases.isEnding(session)) {
            answer(origin, session, says, nowNanos);
            return;
        }
        CallKey key = CallKey.of(origin);
        Parked entry = new Parked(origin, session, says);
        parked.put(key, entry);
        bySession.computeIfAbsent(session, any -> new LinkedHashMap<>()).put(key, entry);
        if (!leases.isEnding(session)) {
            deadlines.put(key, nowNanos + waitMs * 1_000_000);
        }
    }

    /** A client that never says what it has taken in is not told the same again and again without waiting. */
    private boolean hasNews(String session, boolean says) {
        return !state.sessionEvents(session, behind(session, says), 1).isEmpty();
    }

    private long behind(String session, boolean says) {
        long takenIn = acknowledgements.takenIn(session);
        return says ? takenIn : Math.max(takenIn, acknowledgements.sent(session));
    }

    /** Those of a session, which has been told something. */
    List<CallKey> of(String session) {
        LinkedHashMap<CallKey, Parked> entries = bySession.get(session);
        return entries == null ? List.of() : List.copyOf(entries.keySet());
    }

    private void renew(String session, long nowNanos) {
        leases.renew(session, own -> stretch.leaseMs(own, nowNanos), nowNanos);
    }

    /** Those whose wait is over: to be answered once it is certain that this replica leads. */
    List<CallKey> takeDue(long nowNanos) {
        return deadlines.takeDue(nowNanos, Integer.MAX_VALUE);
    }

    /** Answers one that is due, at a moment when this replica surely leads; unless the session's end was proposed. */
    void release(CallKey key, long nowNanos) {
        Parked entry = parked.get(key);
        if (entry == null || leases.isEnding(entry.session())) {
            return;
        }
        unpark(key);
        renew(entry.session(), nowNanos);
        answer(entry.origin(), entry.session(), entry.says(), nowNanos);
    }

    /** Nobody waits for the answer any more: it would renew the lease of a client that may be dead. */
    void gone(CallKey key) {
        unpark(key);
    }

    /** A session is over. */
    void ended(String session) {
        LinkedHashMap<CallKey, Parked> entries = bySession.get(session);
        if (entries == null) {
            return;
        }
        for (CallKey key : List.copyOf(entries.keySet())) {
            Parked entry = unpark(key);
            if (entry != null) {
                host.answer(entry.origin(), new Reply.Failed(Problem.sessionExpired(session)));
            }
        }
    }

    void clear() {
        parked.clear();
        deadlines.clear();
        bySession.clear();
    }

    private void answer(Origin origin, String session, boolean says, long nowNanos) {
        List<SessionEvent> events = state.sessionEvents(session, behind(session, says), EVENTS_AT_ONCE);
        if (events.isEmpty()) {
            events = state.sessionEvents(session, acknowledgements.takenIn(session), EVENTS_AT_ONCE);
        }
        if (!events.isEmpty()) {
            acknowledgements.sent(session, events.get(events.size() - 1).seq());
        }
        host.answer(
                origin, new Reply.KeptAlive(leases.leaseMs(session), leases.remainingMs(session, nowNanos), events));
    }

    private @Nullable Parked unpark(CallKey key) {
        Parked entry = parked.remove(key);
        deadlines.remove(key);
        if (entry != null) {
            LinkedHashMap<CallKey, Parked> entries = bySession.get(entry.session());
            if (entries != null && entries.remove(key) != null && entries.isEmpty()) {
                bySession.remove(entry.session());
            }
        }
        return entry;
    }
}
