package io.lockservice.session;

import io.lockservice.api.Grant;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Applied;
import io.lockservice.cell.Command;
import io.lockservice.cell.Origin;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for a lock. The queue itself is replicated; here is only who is to be told, and until when. A call
 * whose wait ends gives its place up by a command, so that a grant decided meanwhile is not lost; unless its session
 * waits there by another call, too.
 */
final class LockWaits {
    private record Place(String name, String session) {}

    private record Wait(Origin origin, Request.Acquire request, Place place, long ticket) {}

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
    void park(Origin origin, Request.Acquire request, String session, long ticket, long endNanos) {
        CallKey key = CallKey.of(origin);
        Place place = new Place(request.name().path(), session);
        Wait wait = new Wait(origin, request, place, ticket);
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
            } else if (position != null && othersWaitWith(wait)) {
                // The session asked again, perhaps since it lost this call: the place is the other call's, too.
                forget(key, wait);
                host.answer(wait.origin(), new Reply.Failed(places.refusal(name)));
            } else {
                // Asked again until the place is gone or turned into a grant: the command may find no room in the
                // queue.
                host.propose(new Command.Withdraw(name, wait.place().session(), wait.ticket()));
                deadlines.put(key, nowNanos + 250_000_000);
            }
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

    /** Whether another call waits at the same place. */
    private boolean othersWaitWith(Wait wait) {
        LinkedHashMap<CallKey, Wait> here = byPlace.get(wait.place());
        return here != null && here.size() > 1;
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
