package io.lockservice.client.evidence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongBinaryOperator;

/**
 * What is true: which instances are registered from when to when, as far as that is known from outside, and what was away. Says
 * which answers are wrong. Times are {@link System#nanoTime}; between what must be and what must not be anything may be seen.
 *
 * <p>Threading: one thread, after the answers were collected.
 */
final class RegistryLedger {
    static final long NEVER = Long.MAX_VALUE;

    /** Heartbeats come every 100 ms: a leader that is gone was last heard of so long before at most. */
    private static final long HEARD_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** A machine that stood still for half of a leader's lease may have unseated it. */
    private static final long UNSEATED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int LOST_IN_A_ROW = 3;

    /**
     * How late a view may be.
     *
     * @param dnsNanos a replica's DNS behind what was acknowledged
     * @param copyNanos a client's copy behind that
     * @param copyBackNanos a copy after the cell was away, beyond {@code copyNanos}: as long as it was away, but no longer than this
     * @param maxStaleNanos the replicas' {@code dns.maxStaleMs}
     * @param callNanos asking a copy takes no longer
     */
    record Bounds(long dnsNanos, long copyNanos, long copyBackNanos, long maxStaleNanos, long callNanos) {}

    /** One time for which an instance is registered. */
    static final class Stay {
        private final Place place;
        private final long mayFromNanos;
        private long mustFromNanos = NEVER;
        private long mustUntilNanos = NEVER;
        private long goneByNanos = NEVER;

        private Stay(Place place, long mayFromNanos) {
            this.place = place;
            this.mayFromNanos = mayFromNanos;
        }

        /** It was acknowledged by then. */
        void registered(long atNanos) {
            mustFromNanos = atNanos;
        }

        /** It may end from then on, and not before. */
        void mayEnd(long atNanos) {
            mustUntilNanos = Math.min(mustUntilNanos, atNanos);
        }

        /** It has certainly ended by then; where that is before it may end, what shows that is wrong. */
        void goneBy(long atNanos) {
            goneByNanos = Math.min(goneByNanos, atNanos);
        }
    }

    /** A replica, or 0 for the leader, that was away. */
    private static final class Absence {
        private final int replica;
        private final long fromNanos;
        /** There can be no leader before this. */
        private final boolean isMajority;

        private long startedNanos = NEVER;
        private long toNanos = NEVER;

        Absence(int replica, boolean isMajority, long fromNanos) {
            this.replica = replica;
            this.isMajority = isMajority;
            this.fromNanos = fromNanos;
        }
    }

    private final Bounds bounds;
    private final LongBinaryOperator pauses;
    private final List<Stay> stays = new ArrayList<>();
    private final List<Absence> absences = new ArrayList<>();

    /** {@code pauses} is for how long the machine was away between two times. */
    RegistryLedger(Bounds bounds, LongBinaryOperator pauses) {
        this.bounds = bounds;
        this.pauses = pauses;
    }

    /** An instance is told to register now. */
    Stay begins(Place place, long nowNanos) {
        Stay stay = new Stay(place, nowNanos);
        stays.add(stay);
        return stay;
    }

    /** Who is registered for good at the moment. */
    List<Place> present() {
        return stays.stream()
                .filter(each -> each.mustFromNanos != NEVER && each.mustUntilNanos == NEVER)
                .map(each -> each.place)
                .toList();
    }

    /** These are killed now, of whom one leads; or most. */
    void away(Collection<Integer> replicas, boolean noLeader, long fromNanos) {
        boolean isMajority = replicas.size() > 1;
        replicas.forEach(each -> absences.add(new Absence(each, isMajority, fromNanos)));
        if (noLeader || isMajority) {
            absences.add(new Absence(0, isMajority, fromNanos));
        }
    }

    /** Those that are away are started again now. */
    void starting(long atNanos) {
        absences.stream()
                .filter(each -> each.startedNanos == NEVER)
                .forEach(each -> each.startedNanos = each.isMajority || each.replica != 0 ? atNanos : each.fromNanos);
    }

    /** All replicas are there again, and have all of the log. */
    void whole(long atNanos) {
        absences.stream().filter(each -> each.toNanos == NEVER).forEach(each -> each.toNanos = atNanos);
    }

    /** Forgets who was away and back before {@code nanos}: no answer is that old. */
    void forgetBefore(long nanos) {
        absences.removeIf(each -> each.toNanos < nanos);
    }

    /** What is wrong with these, of all views; each said in a line. */
    List<String> wrong(Collection<Seen> all) {
        List<Seen> ordered =
                all.stream().sorted(Comparator.comparingLong(Seen::sentNanos)).toList();
        List<String> wrong = new ArrayList<>();
        Map<Seen.View, Integer> lost = new HashMap<>();
        for (Seen seen : ordered) {
            switch (seen.outcome()) {
                case ANSWER -> {
                    lost.remove(seen.view());
                    answered(seen, wrong);
                }
                case REFUSED -> check(isExcused(seen), "refused though nothing was away", seen, wrong);
                case SILENCE -> {
                    int now = isExcused(seen) ? 0 : lost.merge(seen.view(), 1, Integer::sum);
                    // A datagram may be lost, also here.
                    int most = seen.view().kind() == Seen.Kind.DNS ? LOST_IN_A_ROW : 1;
                    check(now < most, "no answer though nothing was away", seen, wrong);
                }
            }
        }
        flapping(ordered, wrong);
        return wrong;
    }

    private static void check(boolean right, String what, Seen seen, List<String> wrong) {
        if (!right) {
            wrong.add(what + ": " + seen);
        }
    }

    private void answered(Seen seen, List<String> wrong) {
        for (Place place : seen.places()) {
            check(
                    stays.stream().anyMatch(stay -> stay.place.equals(place) && mayShow(stay, seen)),
                    place + " is shown and cannot be registered",
                    seen,
                    wrong);
        }
        for (Stay stay : stays) {
            check(!mustShow(stay, seen) || seen.places().contains(stay.place), stay.place + " is missing", seen, wrong);
        }
        check(
                seen.places().stream().map(Place::id).distinct().count()
                        == seen.places().size(),
                "one instance twice",
                seen,
                wrong);
        if (seen.view().kind() == Seen.Kind.DNS) {
            check(!isTooOld(seen), "answered without a leader for too long", seen, wrong);
        } else if (seen.view().kind() == Seen.Kind.COPY) {
            copied(seen, wrong);
        }
    }

    private boolean mayShow(Stay stay, Seen seen) {
        return stay.mayFromNanos <= seen.answeredNanos()
                && (stay.goneByNanos == NEVER || seen.sentNanos() <= seenBy(seen, stay.goneByNanos));
    }

    private boolean mustShow(Stay stay, Seen seen) {
        return stay.mustFromNanos != NEVER
                && seen.answeredNanos() <= stay.mustUntilNanos
                && seen.sentNanos() > seenBy(seen, stay.mustFromNanos);
    }

    /** When what happened at {@code atNanos} is certainly seen there. */
    private long seenBy(Seen seen, long atNanos) {
        long lateNanos = pauses.applyAsLong(atNanos - TimeUnit.SECONDS.toNanos(1), seen.sentNanos());
        return switch (seen.view().kind()) {
            case HTTP -> atNanos + lateNanos;
            case DNS -> atNanos + bounds.dnsNanos() + lateNanos;
            case COPY -> copiedFrom(atNanos) + bounds.copyNanos() + lateNanos;
        };
    }

    /** When a copy keeps up again that may have lost the cell. */
    private long copiedFrom(long atNanos) {
        long from = atNanos;
        for (Absence absence : absences) {
            long endNanos = absence.toNanos == NEVER
                    ? NEVER - bounds.copyBackNanos() * 4
                    : absence.toNanos + Math.min(bounds.copyBackNanos(), absence.toNanos - absence.fromNanos);
            if (absence.fromNanos <= atNanos && atNanos < endNanos) {
                from = Math.max(from, endNanos);
            }
        }
        return from;
    }

    /** It may say nothing, or that it does not know. */
    private boolean isExcused(Seen seen) {
        if (pauses.applyAsLong(seen.sentNanos() - TimeUnit.SECONDS.toNanos(2), seen.answeredNanos()) > UNSEATED_NANOS) {
            return true;
        }
        for (Absence absence : absences) {
            boolean asked = absence.replica == seen.view().replica();
            long knownNanos = bounds.maxStaleNanos() - HEARD_NANOS;
            long fromNanos =
                    asked || seen.view().kind() == Seen.Kind.HTTP ? absence.fromNanos : absence.fromNanos + knownNanos;
            long toNanos = absence.toNanos == NEVER
                    ? NEVER
                    : absence.toNanos + bounds.dnsNanos() + pauses.applyAsLong(absence.toNanos, seen.sentNanos());
            if ((asked || absence.replica == 0) && fromNanos <= seen.answeredNanos() && seen.sentNanos() <= toNanos) {
                return true;
            }
        }
        return false;
    }

    private boolean isTooOld(Seen seen) {
        for (Absence absence : absences) {
            long knownNanos = absence.fromNanos
                    + bounds.maxStaleNanos()
                    + bounds.dnsNanos()
                    + pauses.applyAsLong(absence.fromNanos, seen.sentNanos());
            if (absence.replica == 0
                    && absence.isMajority
                    && seen.sentNanos() > knownNanos
                    && seen.answeredNanos() < absence.startedNanos) {
                return true;
            }
        }
        return false;
    }

    private void copied(Seen seen, List<String> wrong) {
        long tookNanos = seen.answeredNanos() - seen.sentNanos();
        check(
                tookNanos <= bounds.callNanos() + pauses.applyAsLong(seen.sentNanos(), seen.answeredNanos()),
                "asking a copy blocked",
                seen,
                wrong);
        for (Absence absence : absences) {
            if (absence.replica == 0
                    && absence.isMajority
                    && absence.fromNanos < seen.sentNanos()
                    && seen.answeredNanos() < absence.startedNanos) {
                long leastMs = TimeUnit.NANOSECONDS.toMillis(seen.sentNanos() - absence.fromNanos - HEARD_NANOS);
                check(seen.ageMs() >= leastMs, "a copy says that it is newer than the cell's end", seen, wrong);
            }
        }
    }

    /** What was registered and is not there is not there again until it registers anew. */
    private void flapping(List<Seen> ordered, List<String> wrong) {
        for (Stay stay : stays) {
            Map<String, Long> goneNanos = new HashMap<>();
            for (Seen seen : ordered) {
                boolean isHttp = seen.view().kind() == Seen.Kind.HTTP;
                // All of HTTP is one view, being linearizable.
                String view = isHttp ? "HTTP" : seen.view().toString();
                if (seen.outcome() != Seen.Outcome.ANSWER || stay.mustFromNanos == NEVER || isLater(stay, seen)) {
                    continue;
                }
                long sinceNanos = goneNanos.getOrDefault(view, NEVER);
                if (!seen.places().contains(stay.place)) {
                    if (seen.sentNanos() > seenBy(seen, stay.mustFromNanos)) {
                        goneNanos.merge(view, seen.answeredNanos(), Math::min);
                    }
                } else {
                    check(seen.sentNanos() <= sinceNanos, stay.place + " comes back from the dead", seen, wrong);
                }
            }
        }
    }

    /** Whether what is seen may be the same place, registered again. */
    private boolean isLater(Stay stay, Seen seen) {
        return stays.stream()
                .anyMatch(each -> each != stay
                        && each.place.equals(stay.place)
                        && each.mayFromNanos > stay.mayFromNanos
                        && each.mayFromNanos <= seen.answeredNanos());
    }
}
