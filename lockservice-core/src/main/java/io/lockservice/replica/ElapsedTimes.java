package io.lockservice.replica;

import io.lockservice.api.Grant;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.Elapsed;
import io.lockservice.cell.StateMachine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * When this replica saw locks granted and places taken, for people to look at. Not replicated: after a restart it counts
 * from the time at which the replica learned of them.
 */
final class ElapsedTimes implements Elapsed {
    private final Map<Long, Long> grantedNanos = new HashMap<>();
    private final Map<Long, Long> queuedNanos = new HashMap<>();
    private final Map<String, Long> ticketAt = new HashMap<>();
    private final ToLongFunction<String> leaseRemainingMs;
    private final LongUnaryOperator delayRemainingMs;
    private long nowNanos;

    ElapsedTimes(ToLongFunction<String> leaseRemainingMs, LongUnaryOperator delayRemainingMs) {
        this.leaseRemainingMs = leaseRemainingMs;
        this.delayRemainingMs = delayRemainingMs;
    }

    /** The time for what is noted and asked from now on. */
    void at(long nanos) {
        nowNanos = nanos;
    }

    /** {@code command} was applied to {@code state}. */
    void note(Command command, Applied applied, StateMachine state) {
        note(applied);
        if (applied.reply() instanceof Reply.Queued
                && command instanceof Command.Client client
                && client.call().request() instanceof Request.Acquire acquire
                && client.call().session() != null) {
            StateMachine.QueuePlace place =
                    state.queued(acquire.name(), client.call().session());
            if (place != null) {
                queued(acquire.name().path(), client.call().session(), place);
            }
        }
    }

    private void note(Applied applied) {
        for (Event event : applied.events()) {
            if (event.type() == Event.Type.LOCK_ACQUIRED) {
                grantedNanos.put(event.token(), nowNanos);
            } else if (event.type() == Event.Type.LOCK_RELEASED) {
                grantedNanos.remove(event.token());
            }
        }
        for (Grant grant : applied.grants()) {
            left(grant.name(), grant.session());
        }
        for (Applied.Place place : applied.withdrawn()) {
            left(place.name(), place.session());
        }
    }

    /** The state is another one: what was noted of the old one is void. */
    void forget() {
        grantedNanos.clear();
        queuedNanos.clear();
        ticketAt.clear();
    }

    /** A session took a place in a lock's queue, or has it still. */
    private void queued(String name, String session, StateMachine.QueuePlace place) {
        Long before = ticketAt.put(key(name, session), place.ticket());
        if (before != null && before != place.ticket()) {
            queuedNanos.remove(before);
        }
        queuedNanos.putIfAbsent(place.ticket(), nowNanos);
    }

    /** The reply with what this replica knows of how long locks were held. */
    Reply complete(Reply reply) {
        if (reply instanceof Reply.Failed failed) {
            Problem problem = failed.problem();
            Problem.Extras extras = complete(problem.extras());
            return extras == problem.extras()
                    ? reply
                    : new Reply.Failed(new Problem(problem.code(), problem.detail(), extras));
        }
        return reply instanceof Reply.ForceReleased released
                ? new Reply.ForceReleased(complete(released.holders()))
                : reply;
    }

    private Problem.Extras complete(Problem.Extras extras) {
        if (extras instanceof Problem.InOperation in) {
            return new Problem.InOperation(in.index(), complete(in.extras()));
        }
        if (extras instanceof Problem.Held held) {
            return new Problem.Held(complete(held.holders()), held.waiters());
        }
        return extras instanceof Problem.Delayed delayed
                ? new Problem.Delayed(
                        delayed.tokens(),
                        delayed.tokens().stream()
                                .mapToLong(this::delayRemainingMs)
                                .max()
                                .orElse(0))
                : extras;
    }

    private List<Reply.Holder> complete(List<Reply.Holder> holders) {
        return holders.stream()
                .map(each -> new Reply.Holder(
                        each.session(),
                        each.client(),
                        each.mode(),
                        each.token(),
                        sinceGrantMs(each.token()),
                        each.note()))
                .toList();
    }

    private void left(String name, String session) {
        Long ticket = ticketAt.remove(key(name, session));
        if (ticket != null) {
            queuedNanos.remove(ticket);
        }
    }

    private static String key(String name, String session) {
        return session + name;
    }

    @Override
    public long leaseRemainingMs(String session) {
        return leaseRemainingMs.applyAsLong(session);
    }

    @Override
    public long sinceGrantMs(long token) {
        return sinceMs(grantedNanos.get(token));
    }

    @Override
    public long sinceQueuedMs(long ticket) {
        return sinceMs(queuedNanos.get(ticket));
    }

    @Override
    public long delayRemainingMs(long token) {
        return delayRemainingMs.applyAsLong(token);
    }

    private long sinceMs(@Nullable Long nanos) {
        return nanos == null ? -1 : (nowNanos - nanos) / 1_000_000;
    }
}
