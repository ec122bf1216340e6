package io.lockservice.sim.client;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Grant;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.sim.cluster.Marks;
import io.lockservice.sim.invariant.Invariants;
import io.lockservice.sim.linearizability.LockAnswer;
import io.lockservice.sim.linearizability.LockCall;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens a session and keeps it alive, acquires a lock, holds it for a while, releases it. At times it sleeps past its
 * lease and comes back, closes its session, or gives its place in a queue up. When it does not know what became of a call
 * it lets the session lapse and opens another.
 */
final class LockClient {
    private static final int ATTEMPTS = 4;

    private final int id;
    private final Caller caller;
    private final SplittableRandom random;
    private final Locks locks;
    private final Timetable times;
    private final Invariants invariants;
    private final Marks marks;
    private final long leaseMs;
    private final long countedNanos;
    private final int sharedPercent;
    private int opened;
    private boolean silent;
    private @Nullable Hold hold;

    LockClient(int id, Caller caller, SplittableRandom random, ClientWorld world, Habits habits) {
        this.id = id;
        this.caller = caller;
        this.random = random;
        this.locks = world.locks();
        this.times = world.times();
        this.invariants = world.invariants();
        this.marks = world.marks();
        this.leaseMs = habits.leaseMs();
        this.countedNanos = habits.countedNanos();
        this.sharedPercent = habits.sharedPercent();
    }

    /**
     * How one is.
     *
     * @param leaseMs of its sessions
     * @param countedNanos how long the client counts on a lease, in true time
     * @param sharedPercent how often it acquires shared, in percent
     */
    record Habits(long leaseMs, long countedNanos, int sharedPercent) {}

    void start() {
        times.after(1 + random.nextLong(200 * MS), this::open);
    }

    /** From now on it sends nothing. */
    void silence() {
        silent = true;
    }

    private void open() {
        if (silent) {
            return;
        }
        ClientSession session = new ClientSession("s" + id + "-" + ++opened, leaseMs, countedNanos);
        Request request = new Request.OpenSession(session.id(), "client" + id, leaseMs, Map.of());
        keyed(request, null, 0, told -> {
            if (told.reply() instanceof Reply.SessionOpened) {
                locks.opened(session.id());
                renewed(session, told.firstSentNanos(), leaseMs, leaseMs);
                keepAliveLater(session, leaseMs * MS / 4);
                think(session);
            } else {
                times.after(100 * MS, this::open);
            }
        });
    }

    // Keeping it alive

    private void keepAliveLater(ClientSession session, long delayNanos) {
        long wakes = session.sleepsUntilNanos() - times.now();
        times.after(Math.max(delayNanos, wakes), () -> keepAlive(session));
    }

    private void keepAlive(ClientSession session) {
        if (silent || !session.isUsable()) {
            return;
        }
        if (session.sleepsUntilNanos() > times.now()) {
            keepAliveLater(session, 0);
            return;
        }
        long waitMs = random.nextInt(3) == 0 ? leaseMs / 4 : 0;
        Request request = new Request.KeepAlive(session.id(), waitMs, Request.KeepAlive.NO_ACK);
        caller.call(ClientCall.of(request), 1, leaseMs / 4, waitMs, told -> {
            if (told.reply() instanceof Reply.KeptAlive kept) {
                renewed(session, told.sentNanos(), Math.max(leaseMs, kept.leaseMs()), kept.remainingMs());
                keepAliveLater(session, waitMs > 0 ? MS : leaseMs * MS / 4);
            } else if (told.problem() == ProblemCode.SESSION_EXPIRED) {
                over(session);
            } else {
                keepAliveLater(session, 10 * MS);
            }
        });
    }

    /** It keeps no copies, so the whole lease is due to it until it closes, whatever it was told is left. */
    private void renewed(ClientSession session, long sentNanos, long grantedMs, long remainingMs) {
        invariants.leases().renewed(session.id(), sentNanos, grantedMs, remainingMs);
        session.renewed(sentNanos, remainingMs);
        Hold held = hold;
        if (held != null && held.session == session) {
            believe(held);
        }
    }

    private void believe(Hold held) {
        if (times.now() < held.session.believedUntilNanos()) {
            invariants
                    .holders()
                    .believes(
                            held.claim.lock().path(),
                            held.session.id(),
                            held.claim.isShared(),
                            times.now(),
                            held.session.believedUntilNanos());
        }
    }

    private void over(ClientSession session) {
        locks.over(session.id(), times.now());
        if (session.isOver()) {
            return;
        }
        marks.hit("session was over");
        session.setOver();
        leave(session);
    }

    private void abandon(ClientSession session) {
        if (session.isUsable()) {
            marks.hit("session abandoned");
            session.abandon();
            leave(session);
        }
    }

    private void leave(ClientSession session) {
        Hold held = hold;
        if (held != null && held.session == session) {
            stopActing(held);
        }
        times.after(1 + random.nextLong(100 * MS), this::open);
    }

    // Locks

    private void think(ClientSession session) {
        times.after(1 + random.nextLong(60 * MS), () -> {
            if (silent || !session.isUsable()) {
                return;
            }
            if (random.nextInt(25) == 0) {
                close(session);
                return;
            }
            boolean shared = random.nextInt(100) < sharedPercent;
            Locks.Wait wait = locks.waits(locks.any(random), session.id(), shared, times.now());
            int style = random.nextInt(3);
            acquire(session, wait, style == 0 ? 0 : 100 + random.nextLong(600), style == 2);
        });
    }

    private void acquire(ClientSession session, Locks.Wait wait, long waitMs, boolean keepPlace) {
        LockMode mode = wait.isShared() ? LockMode.SHARED : LockMode.EXCLUSIVE;
        LockCreation create = random.nextBoolean() ? LockCreation.EPHEMERAL : LockCreation.PERMANENT;
        Request request = new Request.Acquire(wait.lock(), mode, waitMs, keepPlace, create, "");
        Consumer<Told> told = answer -> acquired(session, wait, waitMs, keepPlace, answer);
        if (random.nextInt(3) == 0) {
            caller.call(ClientCall.of(request, session.id()), 1, 800, waitMs, told);
        } else {
            keyed(request, session, waitMs, told);
        }
    }

    private void acquired(ClientSession session, Locks.Wait wait, long waitMs, boolean keepPlace, Told told) {
        if (told.attempts() > 1 && !keepPlace) {
            locks.placeUnclear(wait);
        }
        if (told.reply() instanceof Reply.Granted granted && told.answer() != null) {
            if (wait.waitedBefore(told.answer().epoch())) {
                marks.hit("queue grant over a fail-over");
            }
            granted(session, wait, granted.grant(), told);
        } else if (told.reply() instanceof Reply.Queued && told.answer() != null) {
            marks.hit("place kept");
            wait.queued(told.answer().epoch());
            if (silent || !session.isUsable() || random.nextInt(8) == 0) {
                withdraw(session, wait);
            } else {
                acquire(session, wait, waitMs, true);
            }
        } else if (told.problem() == ProblemCode.LOCK_HELD) {
            locks.acquired(wait, LockAnswer.HELD, told.firstSentNanos(), told.answeredNanos());
            think(session);
        } else if (told.problem() == ProblemCode.SESSION_EXPIRED) {
            // The call may have been granted before its session ended, and only its repeat was told so.
            locks.acquireUnknown(wait);
            over(session);
        } else {
            locks.acquireUnknown(wait);
            abandon(session);
        }
    }

    private void granted(ClientSession session, Locks.Wait wait, Grant grant, Told told) {
        locks.granted(wait, grant.token(), told.answeredNanos());
        invariants.tokens().granted(wait.place(), grant.token(), wait.calledNanos(), told.answeredNanos());
        Hold held = new Hold(session, wait, grant.sequencer(), grant.token());
        if (!session.isUsable()) {
            return;
        }
        hold = held;
        believe(held);
        boolean oversleeps = random.nextInt(10) == 0;
        long holdNanos = 1 + random.nextLong(150 * MS);
        if (oversleeps) {
            marks.hit("client slept past its lease");
            holdNanos += session.leaseNanos() * 3 / 2;
            session.sleepUntil(times.now() + holdNanos);
        }
        times.after(holdNanos, () -> {
            if (!silent && (oversleeps || random.nextBoolean()) && !wait.isShared()) {
                writeFenced(held);
            } else {
                release(held);
            }
        });
    }

    private void writeFenced(Hold held) {
        Name file = RegisterClient.name("guarded-" + held.claim.lock().leaf());
        Request request = new Request.WriteFile(file, new Content(new byte[8]), Condition.NONE, false, false);
        ClientCall call = new ClientCall(request, ClientCall.ANONYMOUS, null, key(request), held.sequencer);
        caller.call(call, ATTEMPTS, 500, 0, told -> {
            if (told.reply() instanceof Reply.Written written) {
                invariants
                        .fences()
                        .wrote(held.claim.lock().path(), written.stat().modifiedRevision(), held.token);
            } else if (told.problem() == ProblemCode.SEQUENCER_INVALID) {
                marks.hit("fence held");
            }
            release(held);
        });
    }

    private void release(Hold held) {
        if (silent || !held.session.isUsable()) {
            return;
        }
        stopActing(held);
        Request request = new Request.Release(held.claim.lock());
        keyed(request, held.session, 0, told -> released(held.session, held.claim, told));
    }

    private void withdraw(ClientSession session, Locks.Wait wait) {
        locks.acquireUnknown(wait);
        if (silent || !session.isUsable()) {
            return;
        }
        Request request = new Request.Release(wait.lock());
        keyed(request, session, 0, told -> released(session, wait, told));
    }

    private void released(ClientSession session, Locks.Wait wait, Told told) {
        LockCall call = new LockCall.Release(session.id());
        if (told.reply() == null) {
            locks.unknown(wait.lock(), call, told.firstSentNanos());
            abandon(session);
        } else if (told.problem() == ProblemCode.SESSION_EXPIRED) {
            locks.unknown(wait.lock(), call, told.firstSentNanos());
            over(session);
        } else {
            boolean held = told.reply() instanceof Reply.Released released && !released.withdrawn();
            LockAnswer answer = held ? LockAnswer.RELEASED : LockAnswer.NOT_HELD;
            locks.did(wait.lock(), call, answer, told.firstSentNanos(), told.answeredNanos());
            think(session);
        }
    }

    private void close(ClientSession session) {
        invariants.leases().closed(session.id(), times.now());
        long afterMs = random.nextBoolean() ? 0 : random.nextLong(300);
        keyed(new Request.CloseSession(session.id(), afterMs), null, 0, told -> {
            if (told.reply() instanceof Reply.Done) {
                marks.hit("session closed");
            }
            abandon(session);
        });
    }

    private void stopActing(Hold held) {
        invariants.holders().stops(held.claim.lock().path(), held.session.id());
        if (held.equals(hold)) {
            hold = null;
        }
    }

    private void keyed(Request request, @Nullable ClientSession session, long waitMs, Consumer<Told> told) {
        String header = session == null ? null : session.id();
        ClientCall call = new ClientCall(request, ClientCall.ANONYMOUS, header, key(request), null);
        caller.call(call, ATTEMPTS, 300 + random.nextLong(500), waitMs, told);
    }

    private ClientCall.Idempotency key(Request request) {
        return new ClientCall.Idempotency("l" + id + "-" + times.nextKey(), request.hashCode());
    }

    private record Hold(ClientSession session, Locks.Wait claim, Sequencer sequencer, long token) {}
}
