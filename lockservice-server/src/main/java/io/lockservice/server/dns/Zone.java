package io.lockservice.server.dns;

import io.lockservice.server.registry.DnsLabel;
import io.lockservice.server.registry.Registered;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The names below {@code <cell>.ls.}: what is at each of them.
 *
 * <p>Threading: one event loop.
 */
final class Zone {
    private static final String TOP = "ls";
    private static final String SERVICE = "service";
    private static final List<String> PROTOCOLS = List.of("_tcp", "_udp");

    private final String cell;
    private final String apex;
    private final Offers offers;

    /** What is at a name of this zone. */
    sealed interface Place {
        /** The zone itself. */
        record Apex() implements Place {}

        /** Nothing but names below it. */
        record Empty() implements Place {}

        /** A service or an instance, by its name. */
        record Named(Offer offer) implements Place {}

        /** A service as RFC 2782 names it, {@code _web._tcp}: where its instances are. */
        record Located(Offer offer) implements Place {}

        /** Nothing, nor below it. */
        record Nothing() implements Place {}
    }

    /**
     * The zone of a cell.
     *
     * @param registered as for {@link Offers}
     * @throws IllegalArgumentException where the cell's name is no DNS label
     */
    Zone(String cell, Function<String, List<Registered>> registered) {
        if (!DnsLabel.is(cell)) {
            throw new IllegalArgumentException(
                    "the name of a cell with a DNS door has to be a DNS label: letters, digits"
                            + " and hyphens, 63 at most; '" + cell + "' is none");
        }
        this.cell = DnsLabel.fold(cell);
        this.apex = this.cell + "." + TOP + ".";
        this.offers = new Offers(registered, SERVICE + "." + apex);
    }

    /** The name of the zone, with a dot at the end. */
    String apex() {
        return apex;
    }

    /** What is at {@code name}, which ends with a dot; null where that is in another zone. */
    @Nullable
    Place at(String name) {
        String folded = DnsLabel.fold(name);
        String[] labels = folded.substring(0, folded.length() - 1).split("\\.", -1);
        int below = labels.length - 2;
        if (below < 0 || !labels[below].equals(cell) || !labels[below + 1].equals(TOP)) {
            return null;
        }
        if (below == 0) {
            return new Place.Apex();
        }
        return labels[below - 1].equals(SERVICE) ? atService(Arrays.copyOf(labels, below - 1)) : new Place.Nothing();
    }

    /** {@code labels} are those below {@code service.<cell>.ls.} */
    private Place atService(String[] labels) {
        if (labels.length == 0 || (labels.length == 1 && PROTOCOLS.contains(labels[0]))) {
            return new Place.Empty();
        }
        if (labels.length == 1) {
            return named(offers.of(labels[0]));
        }
        if (labels.length > 2) {
            return new Place.Nothing();
        }
        if (!PROTOCOLS.contains(labels[1])) {
            return named(offers.of(labels[1]).instance(labels[0]));
        }
        Offer located = labels[0].startsWith("_") ? offers.of(labels[0].substring(1)) : Offer.NONE;
        return located.isEmpty() ? new Place.Nothing() : new Place.Located(located);
    }

    private static Place named(Offer offer) {
        return offer.isEmpty() ? new Place.Nothing() : new Place.Named(offer);
    }
}
