package io.lockservice.cell.table;

import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockMode;
import io.lockservice.api.Sequencer;
import io.lockservice.check.Check;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node's lock: who holds it, who waits for it in which order, how the last holds ended. Every change gives a new lock.
 * Holders are all shared or one exclusive; nobody is both holder and waiter; the head of the queue always conflicts with
 * the holders.
 *
 * @param generation one more with every change from free to held
 * @param holders in the order of their grants
 * @param queue in the order in which they will be granted
 * @param ended how holds of this generation ended, the last {@link #ENDED_KEPT}
 * @param delays holds whose sessions expired: while there is one, nobody is granted the lock
 */
public record Lock(long generation, List<Hold> holders, List<Waiting> queue, List<Ended> ended, List<Delay> delays) {
    /** How many ended holds a lock remembers; of older ones it says that they were released. */
    public static final int ENDED_KEPT = 16;

    /** The lock of a new node. */
    public static final Lock NEW = new Lock(0, List.of(), List.of(), List.of(), List.of());

    /** A grant that is in force; {@code delayMs} is its lock-delay. */
    public record Hold(String session, LockMode mode, long token, String note, long delayMs) {}

    /**
     * A grant that ended because its session expired, kept for its lock-delay (Burrows, section 2.4).
     *
     * @param client the session's client
     * @param mode how it was held
     * @param token the grant's
     * @param generation the lock's, when it was held
     * @param delayMs for so long nobody gets the lock
     */
    public record Delay(String client, LockMode mode, long token, long generation, long delayMs) {}

    /**
     * A place in the queue; or with ticket 0 a request that never had to wait. {@code waitMs} is how long the call that
     * asked last wanted to wait, {@link #KEPT} where its place is kept after that; {@code delayMs} is the lock-delay it
     * wants.
     */
    public record Waiting(String session, LockMode mode, long ticket, String note, long waitMs, long delayMs) {
        /** The place is kept until it is granted, given up, or its session ends. */
        public static final long KEPT = -1;

        public boolean isKept() {
            return waitMs == KEPT;
        }

        /** The same place for a call that waits so long. */
        public Waiting waitingFor(long newWaitMs) {
            return new Waiting(session, mode, ticket, note, newWaitMs, delayMs);
        }

        /** The same place under its own ticket. */
        public Waiting withTicket(long taken) {
            return new Waiting(session, mode, taken, note, waitMs, delayMs);
        }
    }

    /** A grant that is no longer in force. */
    public record Ended(long token, InvalidSequencer reason) {}

    public boolean isFree() {
        return holders.isEmpty();
    }

    /** Whether anybody holds it or waits for it, or it is kept for its lock-delay. */
    public boolean isInUse() {
        return !holders.isEmpty() || !queue.isEmpty() || isDelayed();
    }

    /** Whether it is kept from everybody for a lock-delay. */
    public boolean isDelayed() {
        return !delays.isEmpty();
    }

    /** How it is held; null where it is free. */
    @Nullable
    public LockMode mode() {
        return isFree() ? null : holders.get(0).mode();
    }

    /** Whether the holders leave room for another one in {@code mode}. */
    public boolean isCompatible(LockMode mode) {
        return isFree() || (mode == LockMode.SHARED && mode() == LockMode.SHARED);
    }

    /** Whether it can be granted in {@code mode}. */
    public boolean admits(LockMode mode) {
        return isCompatible(mode) && !isDelayed();
    }

    /** Whether a newcomer gets it at once: nobody may overtake whoever waits. */
    public boolean grantsAtOnce(LockMode mode) {
        return queue.isEmpty() && admits(mode);
    }

    /** Whether the head of the queue can be granted. */
    public boolean grantsNext() {
        return !queue.isEmpty() && admits(queue.get(0).mode());
    }

    @Nullable
    public Hold holdOf(String session) {
        for (Hold hold : holders) {
            if (hold.session().equals(session)) {
                return hold;
            }
        }
        return null;
    }

    @Nullable
    public Waiting placeOf(String session) {
        for (Waiting waiting : queue) {
            if (waiting.session().equals(session)) {
                return waiting;
            }
        }
        return null;
    }

    /** A waiter's position, from 1. */
    public int positionOf(Waiting place) {
        return queue.indexOf(place) + 1;
    }

    public Lock withHold(Hold hold) {
        return isFree()
                ? new Lock(generation + 1, List.of(hold), queue, List.of(), delays)
                : new Lock(generation, with(holders, hold), queue, ended, delays);
    }

    public Lock withoutHold(Hold hold, InvalidSequencer reason) {
        List<Ended> known = with(ended, new Ended(hold.token(), reason));
        int surplus = Math.max(0, known.size() - ENDED_KEPT);
        return new Lock(
                generation, without(holders, hold), queue, List.copyOf(known.subList(surplus, known.size())), delays);
    }

    public Lock withDelay(Delay delay) {
        return new Lock(generation, holders, queue, ended, with(delays, delay));
    }

    public Lock withoutDelay(Delay delay) {
        return new Lock(generation, holders, queue, ended, without(delays, delay));
    }

    public @Nullable Delay delayOf(long token) {
        for (Delay delay : delays) {
            if (delay.token() == token) {
                return delay;
            }
        }
        return null;
    }

    public Lock withPlace(Waiting place) {
        return new Lock(generation, holders, with(queue, place), ended, delays);
    }

    /** With {@code changed} where {@code place} was in the queue. */
    public Lock withPlaceChanged(Waiting place, Waiting changed) {
        List<Waiting> places = new ArrayList<>(queue);
        places.replaceAll(each -> each.equals(place) ? changed : each);
        return new Lock(generation, holders, Collections.unmodifiableList(places), ended, delays);
    }

    public Lock withoutPlace(Waiting place) {
        return new Lock(generation, holders, without(queue, place), ended, delays);
    }

    /** This lock, which is not in use, as if it had been held for the {@code number}th time and nobody knew how that ended. */
    public Lock risenTo(long number) {
        Check.that(!isInUse(), "whoever holds a lock or waits for it has to go first");
        return new Lock(number, List.of(), List.of(), List.of(), List.of());
    }

    /** Why a sequencer of this node's instance is not valid; null where it is. */
    @Nullable
    public InvalidSequencer whyInvalid(Sequencer sequencer) {
        if (generation > sequencer.lockGeneration()) {
            return InvalidSequencer.SUPERSEDED;
        }
        for (Hold hold : holders) {
            if (hold.token() == sequencer.token()
                    && hold.mode() == sequencer.mode()
                    && generation == sequencer.lockGeneration()) {
                return null;
            }
        }
        for (Ended each : ended) {
            if (each.token() == sequencer.token()) {
                return each.reason();
            }
        }
        return InvalidSequencer.RELEASED;
    }

    private static <T> List<T> with(List<T> list, T more) {
        List<T> longer = new ArrayList<>(list.size() + 1);
        longer.addAll(list);
        longer.add(more);
        return Collections.unmodifiableList(longer);
    }

    private static <T> List<T> without(List<T> list, T gone) {
        List<T> shorter = new ArrayList<>(list);
        shorter.remove(gone);
        return Collections.unmodifiableList(shorter);
    }
}
