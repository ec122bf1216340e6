package io.lockservice.client;

import io.lockservice.client.transport.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The replicas a client knows, and which to ask next: the leader where it is known and has not failed lately, else the
 * one that worked last, else the others in order. One that failed is left alone for a while that doubles; all operations
 * of a client share what one of them found out. Confined to the loop.
 */
final class Endpoints {
    private static final long FIRST_BACKOFF_MS = 50;
    private static final long FIRST_DETOUR_MS = 1_000;
    private static final long MAX_DETOUR_MS = 30_000;

    /** A replica to ask, and how long to wait before. */
    record Choice(Address address, long waitMs) {}

    private final List<Endpoint> endpoints = new ArrayList<>();
    private final int seeds;
    private final Backoff backoff;
    private final Backoff detour;
    private Endpoint current;
    private @Nullable Endpoint leader;

    Endpoints(List<Address> seeds, long maxBackoffMs, Random random) {
        seeds.forEach(address -> endpoints.add(new Endpoint(address)));
        this.seeds = seeds.size();
        this.current = endpoints.get(0);
        this.backoff = new Backoff(FIRST_BACKOFF_MS, maxBackoffMs, random);
        this.detour = new Backoff(FIRST_DETOUR_MS, MAX_DETOUR_MS, random);
    }

    int size() {
        return endpoints.size();
    }

    /**
     * Whom to ask at {@code nowNanos}: not {@code avoided}, which has just failed the operation, while there are others.
     * Where all failed just now it is the one whose pause ends first.
     */
    Choice choose(long nowNanos, @Nullable Address avoided) {
        Endpoint known = leader;
        if (known != null && !known.address.equals(avoided) && known.isWorthADetour(nowNanos)) {
            return new Choice(known.address, 0);
        }
        int first = endpoints.indexOf(current);
        Endpoint best = current;
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint each = endpoints.get((first + i) % endpoints.size());
            boolean ready = each.waitNanos(nowNanos) == 0;
            if (ready && !each.address.equals(avoided)) {
                return new Choice(each.address, 0);
            }
            if (each.waitNanos(nowNanos) < best.waitNanos(nowNanos)) {
                best = each;
            }
        }
        return new Choice(best.address, Loop.ceilMs(best.waitNanos(nowNanos)));
    }

    /** The replica answered: it is asked again from now on, unless the one asked so far works too. */
    void succeeded(Address address) {
        Endpoint found = find(address);
        if (found != null) {
            found.failures = 0;
            if (current.failures > 0) {
                current = found;
            }
        }
    }

    /**
     * The attempt sent at {@code sentNanos} got nothing. Failures of attempts that were under way together count once:
     * a thousand calls lost with one replica are one event.
     */
    void failed(Address address, long sentNanos, long nowNanos) {
        Endpoint found = find(address);
        if (found == null || (found.failures > 0 && sentNanos - found.failedAtNanos < 0)) {
            return;
        }
        found.failures++;
        found.failedAtNanos = nowNanos;
        found.notBeforeNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(backoff.delayMs(found.failures));
        found.detourUntilNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(detour.delayMs(found.failures));
    }

    /** The cell says that this replica leads. A leader that is not among the configured addresses is kept until the next. */
    void leader(Address address) {
        Endpoint found = find(address);
        if (found == null) {
            while (endpoints.size() > seeds) {
                forget(endpoints.remove(endpoints.size() - 1));
            }
            found = new Endpoint(address);
            endpoints.add(found);
        }
        leader = found;
    }

    private void forget(Endpoint gone) {
        if (current == gone) {
            current = endpoints.get(0);
        }
    }

    private @Nullable Endpoint find(Address address) {
        for (Endpoint each : endpoints) {
            if (each.address.equals(address)) {
                return each;
            }
        }
        return null;
    }

    private static final class Endpoint {
        private final Address address;
        private int failures;
        private long failedAtNanos;
        private long notBeforeNanos;
        private long detourUntilNanos;

        Endpoint(Address address) {
            this.address = address;
        }

        boolean isWorthADetour(long nowNanos) {
            return failures == 0 || nowNanos - detourUntilNanos >= 0;
        }

        long waitNanos(long nowNanos) {
            return failures == 0 ? 0 : Math.max(0, notBeforeNanos - nowNanos);
        }
    }
}
