package io.lockservice.sim.client;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.ClientCall;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.sim.cluster.Marks;
import io.lockservice.sim.invariant.LockDelayKept;
import io.lockservice.sim.invariant.TransactionsAreWhole;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Acquires a lock with a lock-delay, and half of the time lets its session lapse while it holds it; then it may take it back
 * with a new session. In between it takes a pair of locks in one transaction.
 */
final class DelayClient {
    private static final long LEASE_MS = 1_000;
    private static final Name LOCK = RegisterClient.name(LockDelayKept.LOCK);

    private final String client;
    private final Caller caller;
    private final SplittableRandom random;
    private final Timetable times;
    private final Marks marks;
    private int opened;
    private boolean silent;
    private final List<Sequencer> seen;

    /** {@code seen} are the sequencers of all such clients: they are passed around. */
    DelayClient(int id, Caller caller, SplittableRandom random, Timetable times, Marks marks, List<Sequencer> seen) {
        this.seen = seen;
        this.client = LockDelayKept.CLIENT + id;
        this.caller = caller;
        this.random = random;
        this.times = times;
        this.marks = marks;
    }

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
        String session = client + "-" + ++opened;
        Request request = new Request.OpenSession(session, client, LEASE_MS, Map.of());
        caller.call(ClientCall.of(request), 3, 300, 0, told -> {
            if (told.reply() instanceof Reply.SessionOpened) {
                acquire(session);
            } else {
                times.after(100 * MS, this::open);
            }
        });
    }

    private void acquire(String session) {
        if (silent) {
            return;
        }
        Request request = switch (random.nextInt(6)) {
            case 0, 1 -> pair();
            case 2 -> take(TransactionsAreWhole.SECOND);
            default -> delayed();
        };
        long waitMs = request instanceof Request.Acquire acquire ? acquire.waitMs() : 0;
        caller.call(ClientCall.of(request, session), 1, 200, waitMs, told -> {
            if (told.reply() instanceof Reply.Granted granted
                    && granted.grant().name().equals(LOCK.path())) {
                if (request instanceof Request.Acquire acquire && acquire.reclaim() != null) {
                    marks.hit("acquired with an old sequencer");
                }
                seen.add(granted.grant().sequencer());
                hold(session);
            } else {
                if (told.problem() == ProblemCode.LOCK_DELAYED) {
                    marks.hit("told lock-delayed");
                } else if (told.reply() instanceof Reply.Transacted) {
                    marks.hit("pair of locks taken");
                }
                times.after(1 + random.nextLong(50 * MS), () -> close(session));
            }
        });
    }

    private Request delayed() {
        return new Request.Acquire(
                LOCK,
                LockMode.EXCLUSIVE,
                random.nextBoolean() ? 0 : 300,
                false,
                random.nextBoolean() ? LockCreation.EPHEMERAL : LockCreation.PERMANENT,
                "",
                LockDelayKept.DELAY_MS,
                seen.isEmpty() || random.nextBoolean() ? null : seen.get(seen.size() - 1));
    }

    private static Request pair() {
        return new Request.Transaction(
                List.of(), List.of(take(TransactionsAreWhole.FIRST), take(TransactionsAreWhole.SECOND)), List.of());
    }

    private static Request take(String leaf) {
        return new Request.Acquire(RegisterClient.name(leaf), LockMode.EXCLUSIVE, 0, false, LockCreation.EPHEMERAL, "");
    }

    private void hold(String session) {
        times.after(1 + random.nextLong(100 * MS), () -> {
            if (random.nextBoolean()) {
                close(session);
            } else {
                // Long enough for the session to be over, or nearly.
                times.after((LEASE_MS + random.nextLong(1_500)) * MS, this::open);
            }
        });
    }

    private void close(String session) {
        if (silent) {
            return;
        }
        caller.call(
                ClientCall.of(new Request.CloseSession(session, 0)),
                1,
                300,
                0,
                told -> times.after(1 + random.nextLong(100 * MS), this::open));
    }
}
