package io.lockservice.sim.client;

import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.sim.invariant.LeasesKept;
import io.lockservice.sim.invariant.QueueOrderKept;
import io.lockservice.sim.linearizability.Linearizability;
import io.lockservice.sim.linearizability.LockAnswer;
import io.lockservice.sim.linearizability.LockCall;
import io.lockservice.sim.linearizability.LockModel;
import io.lockservice.sim.linearizability.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The locks that clients compete for, their histories, and who waits in which place. A lock of which too many outcomes are
 * unknown is given up for a new one, so that its history can be decided.
 */
public final class Locks {
    private static final int MAX_UNKNOWN = 5;

    private final List<Name> names = new ArrayList<>();
    private final Map<Name, List<Operation<LockCall, LockAnswer>>> histories = new LinkedHashMap<>();
    private final Map<Name, Integer> unknowns = new HashMap<>();
    private final Map<String, Wait> waits = new HashMap<>();
    private final Map<String, Long> overNanos = new HashMap<>();
    private final List<String> sessions = new ArrayList<>();
    private final LeasesKept leases;
    private final QueueOrderKept queue;
    private int operations;

    Locks(int count, LeasesKept leases, QueueOrderKept queue) {
        this.leases = leases;
        this.queue = queue;
        for (int i = 0; i < count; i++) {
            names.add(make());
        }
    }

    private Name make() {
        Name name = RegisterClient.name("lock" + histories.size());
        histories.put(name, new ArrayList<>());
        return name;
    }

    /** Every lock there ever was. */
    List<Name> all() {
        return List.copyOf(histories.keySet());
    }

    Name any(SplittableRandom random) {
        return names.get(random.nextInt(names.size()));
    }

    /** How many operations are in the histories. */
    public int operations() {
        return operations;
    }

    /** Every session that was ever opened, as far as a client knows. */
    List<String> sessions() {
        return sessions;
    }

    void opened(String session) {
        sessions.add(session);
    }

    /** A client was told that a session is over. */
    void over(String session, long nowNanos) {
        overNanos.putIfAbsent(session, nowNanos);
        leases.over(session, nowNanos);
    }

    /** One wait of a session for a lock began: its place in the queue, if it gets one, has this name. */
    Wait waits(Name lock, String session, boolean shared, long nowNanos) {
        Wait wait = new Wait(lock, session, shared, lock + "#" + session + "#" + operations++, nowNanos);
        waits.put(lock + "#" + session, wait);
        return wait;
    }

    /** It may have lost its place and have another one now. */
    void placeUnclear(Wait wait) {
        waits.remove(wait.lock + "#" + wait.session, wait);
    }

    void granted(Wait wait, long token, long answeredNanos) {
        if (waits.remove(wait.lock + "#" + wait.session, wait)) {
            queue.granted(wait.lock.path(), wait.place, token, wait.calledNanos);
        }
        acquired(wait, LockAnswer.GRANTED, wait.calledNanos, answeredNanos);
    }

    /** A wait, or one call of it, came to nothing. */
    void acquired(Wait wait, LockAnswer answer, long calledNanos, long answeredNanos) {
        placeUnclear(wait);
        did(wait.lock, new LockCall.Acquire(wait.session, wait.shared), answer, calledNanos, answeredNanos);
    }

    /** A wait of which the client does not know whether it was granted. */
    void acquireUnknown(Wait wait) {
        placeUnclear(wait);
        unknown(wait.lock, new LockCall.Acquire(wait.session, wait.shared), wait.calledNanos);
        if (unknowns.merge(wait.lock, 1, Integer::sum) >= MAX_UNKNOWN && names.remove(wait.lock)) {
            names.add(make());
        }
    }

    void did(Name lock, LockCall call, LockAnswer answer, long calledNanos, long answeredNanos) {
        operations++;
        of(lock).add(Operation.answered(call, answer, calledNanos, answeredNanos));
    }

    void unknown(Name lock, LockCall call, long calledNanos) {
        operations++;
        of(lock).add(Operation.unknown(call, calledNanos));
    }

    /** The cell showed a lock's queue, in answer to a call sent once. */
    void shown(Reply.LockState state, Name lock, long calledNanos, long answeredNanos) {
        List<String> places = new ArrayList<>();
        for (Reply.Waiter waiter : state.waiters()) {
            Wait wait = waits.get(lock + "#" + waiter.session());
            if (wait != null && wait.calledNanos < calledNanos) {
                places.add(wait.place);
            }
        }
        queue.shown(places, answeredNanos);
    }

    /** Whether the histories can be explained, once nothing is under way any more. */
    public Optional<String> problem() {
        for (Name name : histories.keySet()) {
            List<Operation<LockCall, LockAnswer>> history = new ArrayList<>(of(name));
            TreeSet<String> involved = new TreeSet<>();
            history.forEach(operation -> involved.add(operation.call().session()));
            history.replaceAll(this::bounded);
            // A session may end as soon as its lease can have run out; nobody is told when it does.
            involved.forEach(
                    session -> history.add(Operation.unknown(new LockCall.End(session), leases.mayEndFrom(session))));
            Optional<String> problem = Linearizability.problem(history, new LockModel());
            if (problem.isPresent()) {
                return Optional.of(name + ": " + problem.get());
            }
        }
        return Optional.empty();
    }

    /** Nothing of a session takes effect any more once somebody was told that it is over. */
    private Operation<LockCall, LockAnswer> bounded(Operation<LockCall, LockAnswer> operation) {
        Long over = overNanos.get(operation.call().session());
        return operation.answer() != null || over == null
                ? operation
                : Operation.unknownUntil(
                        operation.call(), operation.calledNanos(), Math.max(operation.calledNanos(), over));
    }

    private List<Operation<LockCall, LockAnswer>> of(Name lock) {
        List<Operation<LockCall, LockAnswer>> history = histories.get(lock);
        if (history == null) {
            throw new IllegalStateException("nobody competes for " + lock);
        }
        return history;
    }

    /** One wait of one session for one lock. */
    static final class Wait {
        private final Name lock;
        private final String session;
        private final boolean shared;
        private final String place;
        private final long calledNanos;
        private @Nullable Long queuedEpoch;

        private Wait(Name lock, String session, boolean shared, String place, long calledNanos) {
            this.lock = lock;
            this.session = session;
            this.shared = shared;
            this.place = place;
            this.calledNanos = calledNanos;
        }

        Name lock() {
            return lock;
        }

        boolean isShared() {
            return shared;
        }

        String place() {
            return place;
        }

        long calledNanos() {
            return calledNanos;
        }

        void queued(long epoch) {
            queuedEpoch = epoch;
        }

        /** Whether it was known to wait in an epoch before this one. */
        boolean waitedBefore(long epoch) {
            return queuedEpoch != null && queuedEpoch < epoch;
        }
    }
}
