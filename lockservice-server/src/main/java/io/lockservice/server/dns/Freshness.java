package io.lockservice.server.dns;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.replica.Input;
import io.lockservice.server.driver.ReplicaPort;
import io.vertx.core.Vertx;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether what is known of the services is not too old to be told. Now and then the cell is asked for its revision, as of then; once
 * the services are known up to that one, they are no older than the question. A leader that was heard would not be enough: who was
 * stopped for a minute first reads what the leader sent a minute ago, and a state that is new may be one that nobody has looked at.
 *
 * <p>Threading: the event loop of the replica.
 */
final class Freshness {
    /** The services may be this old, or a quarter of what they may be, before they are looked at again. */
    private static final long LOOK_MS = 5_000;

    private static final int LOOKS = 4;
    private static final long TICK_MS = 250;
    private static final long TIMEOUT_MS = 1_000;

    /** So the directory answers that is not there, or not for everybody. */
    private static final Set<ProblemCode> ANSWERED =
            EnumSet.of(ProblemCode.NO_SUCH_NODE, ProblemCode.PERMISSION_DENIED, ProblemCode.NOT_A_DIRECTORY);

    private final ReplicaPort port;
    private final ClientCall look;
    private final Seen seen;
    private final long maxStaleMs;
    private final LongSupplier nanoClock;
    private final LongSupplier wallClockMs;
    private @Nullable Moment known;
    private boolean looking;
    private Runnable stopLooking = () -> {};

    /** How far the services are known. */
    interface Seen {
        /** Calls {@code then} once all that happened up to {@code revision} is known. */
        void whenSeen(long revision, Runnable then);
    }

    /** By both clocks: one of them stands still while a machine is suspended, the other one is set. */
    private record Moment(long nanos, long wallMs) {}

    /**
     * Looks at the directory {@code services}.
     *
     * @param nanoClock monotonic, in nanoseconds
     * @param wallClockMs the time of day, in milliseconds
     */
    Freshness(
            ReplicaPort port,
            Name services,
            Seen seen,
            long maxStaleMs,
            LongSupplier nanoClock,
            LongSupplier wallClockMs) {
        this.port = port;
        this.look = new ClientCall(new Request.GetStat(services, false), ClientCall.ANONYMOUS, null, null, null);
        this.seen = seen;
        this.maxStaleMs = maxStaleMs;
        this.nanoClock = nanoClock;
        this.wallClockMs = wallClockMs;
    }

    /** Looks from now on. */
    void start(Vertx vertx) {
        long timer = vertx.setPeriodic(TICK_MS, tick -> tick());
        stopLooking = () -> vertx.cancelTimer(timer);
        tick();
    }

    void close() {
        stopLooking.run();
    }

    /** Whether they may be told. */
    boolean isFresh() {
        return isWithin(maxStaleMs);
    }

    private boolean isWithin(long ms) {
        Moment last = known;
        return last != null
                && nanoClock.getAsLong() - last.nanos <= TimeUnit.MILLISECONDS.toNanos(ms)
                && wallClockMs.getAsLong() - last.wallMs <= ms;
    }

    /** To be called often: looks where it is time, one look after the other. */
    void tick() {
        if (looking || isWithin(Math.min(LOOK_MS, maxStaleMs / LOOKS))) {
            return;
        }
        looking = true;
        Moment now = new Moment(nanoClock.getAsLong(), wallClockMs.getAsLong());
        port.call(look, TIMEOUT_MS, Input.Called.LINEARIZABLE, answer -> answered(answer, now));
    }

    private void answered(Answer answer, Moment asked) {
        if (answer.reply() instanceof Reply.Failed failed
                && !ANSWERED.contains(failed.problem().code())) {
            looking = false;
            return;
        }
        seen.whenSeen(answer.revision(), () -> {
            looking = false;
            known = asked;
        });
    }
}
