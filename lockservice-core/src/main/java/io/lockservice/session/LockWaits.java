package io.lockservice.session;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Grant;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.check.Check;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for a lock. The queue itself is replicated; here is only who is to be told, and until when. A call
 * whose wait ends gives its place up by a command, so that a grant decided meanwhile is not lost; unless its session
 * waits there by another call, too. Repeats of one call, which have its idempotency key, wait and are told together: the
 * client knows of the last of them only, whichever that is.
 */
final class LockWaits {
    private record Place(String name, String session) {}

    private record Wait(
            Origin origin, Request.Acquire request, ClientCall.@Nullable Idempotency key, Place place, long ticket) {
        boolean isSameCallAs(Wait other) {
            return origin.equals(other.origin) || (key != null && key.equals(other.key));
        }
    }

    private final DutyHost host;
    private final Map<CallKey, Wait> waits = new HashMap<>();
    private final Map<Place, LinkedHashMap<CallKey, Wait>> byPlace = new HashMap<>();
    private final Deadlines<CallKey> deadlines = new Deadlines<>();

    LockWaits(DutyHost host) {
        this.host = host;
    }

    boolean isParked(CallKey key) {
        return waits.containsKey(key);
    }

    /** A call that has a place in the queue waits until {@code endNanos}. */
    void park(Origin origin, ClientCall call, long ticket, long endNanos) {
        CallKey key = CallKey.of(origin);
        Request.Acquire request = (Request.Acquire) call.request();
        Place place = new Place(request.name().path(), Check.present(call.session(), "only a session waits"));
        Wait wait = new Wait(origin, request, call.idempotency(), place, ticket);
        waits.put(key, wait);
        byPlace.computeIfAbsent(place, any -> new LinkedHashMap<>()).put(key, wait);
        deadlines.put(key, endNanos);
    }

    /** A lock was granted: whoever waits at that place is told. */
    void granted(Grant grant, long leaseRemainingMs) {
        for (Wait wait : take(new Place(grant.name(), grant.session()))) {
            host.answer(wait.origin(), new Reply.Granted(grant, leaseRemainingMs));
        }
    }

    /** A place is gone: whoever waits there is told why. */
    void lost(Applied.Place lost) {
        for (Wait wait : take(new Place(lost.name(), lost.session()))) {
            host.answer(wait.origin(), new Reply.Failed(lost.problem()));
        }
    }

    /** Ends the waits whose time is over; {@code places} are those in the replicated state. */
    void tick(long nowNanos, Places places) {
        for (CallKey key : deadlines.takeDue(nowNanos, Integer.MAX_VALUE)) {
            Wait wait = waits.get(key);
            if (wait == null) {
                continue;
            }
            Name name = wait.request().name();
            Integer position = places.positionOf(name, wait.place().session());
            if (wait.request().keepPlace() && position != null) {
                forget(key, wait);
                host.answer(wait.origin(), new Reply.Queued(position));
            } else if (position == null || !isStillWaitingElsewhere(wait)) {
                end(key, wait, nowNanos, position == null ? null : places.refusal(name));
            }
        }
    }

    /** The time of a call, and of all its repeats, is over; {@code refusal} is null where the place is gone already. */
    private void end(CallKey key, Wait wait, long nowNanos, @Nullable Problem refusal) {
        if (refusal != null && othersWaitWith(wait)) {
            // The session asked again, perhaps since it lost this call: the place is the other call's, too.
            refuse(wait, refusal);
        } else {
            // Asked again until the place is gone or turned into a grant: the command may find no room in the queue.
            host.propose(
                    new Command.Withdraw(wait.request().name(), wait.place().session(), wait.ticket()));
            deadlines.put(key, nowNanos + 250_000_000);
        }
    }

    /** The places in locks' queues. */
    interface Places {
        /** Where a session stands in a lock's queue, from 1; null where it does not wait. */
        @Nullable
        Integer positionOf(Name name, String session);

        /** What a call is told whose wait has ended while its session goes on waiting by another call. */
        Problem refusal(Name name);
    }

    /** Whether a repeat of the same call waits at the same place and its time is not over. */
    private boolean isStillWaitingElsewhere(Wait wait) {
        return at(wait.place()).entrySet().stream()
                .anyMatch(other -> other.getValue().isSameCallAs(wait) && deadlines.dueNanos(other.getKey()) != null);
    }

    /** Whether another call waits at the same place. */
    private boolean othersWaitWith(Wait wait) {
        return at(wait.place()).values().stream().anyMatch(other -> !other.isSameCallAs(wait));
    }

    /** Ends a call's wait, and that of its repeats, while the place stays. */
    private void refuse(Wait wait, Problem problem) {
        new LinkedHashMap<>(at(wait.place())).forEach((key, other) -> {
            if (other.isSameCallAs(wait)) {
                forget(key, other);
                host.answer(other.origin(), new Reply.Failed(problem));
            }
        });
    }

    private Map<CallKey, Wait> at(Place place) {
        LinkedHashMap<CallKey, Wait> here = byPlace.get(place);
        return here == null ? Map.of() : here;
    }

    /** Whether any call waits here for a session's place at a lock. */
    boolean isAwaited(Name name, String session) {
        return byPlace.containsKey(new Place(name.path(), session));
    }

    void clear() {
        waits.clear();
        byPlace.clear();
        deadlines.clear();
    }

    private List<Wait> take(Place place) {
        LinkedHashMap<CallKey, Wait> here = byPlace.remove(place);
        if (here == null) {
            return List.of();
        }
        here.keySet().forEach(key -> {
            waits.remove(key);
            deadlines.remove(key);
        });
        return List.copyOf(here.values());
    }

    private void forget(CallKey key, Wait wait) {
        waits.remove(key);
        LinkedHashMap<CallKey, Wait> here = byPlace.get(wait.place());
        if (here != null && here.remove(key) != null && here.isEmpty()) {
            byPlace.remove(wait.place());
        }
    }
}
