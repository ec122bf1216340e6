package io.lockservice.server.dns;

import io.lockservice.server.registry.Registered;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What DNS shows of each service, worked out again only where that has changed.
 *
 * <p>Threading: one event loop.
 */
final class Offers {
    private static final int KEPT = 1_000;

    private final Function<String, List<Registered>> registered;
    private final String parent;
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
            return size() > KEPT;
        }
    };

    private record Kept(List<Registered> from, Offer offer) {}

    /**
     * Services below {@code parent}, a name with a dot at the end.
     *
     * @param registered who is registered under a folded label; the same list as long as nothing changes
     */
    Offers(Function<String, List<Registered>> registered, String parent) {
        this.registered = registered;
        this.parent = parent;
    }

    /** The service of that name, folded. */
    Offer of(String label) {
        List<Registered> now = registered.apply(label);
        if (now.isEmpty()) {
            return Offer.NONE;
        }
        Kept last = kept.get(label);
        if (last != null && last.from == now) {
            return last.offer;
        }
        Offer offer = Offer.of(now, label + "." + parent);
        kept.put(label, new Kept(now, offer));
        return offer;
    }
}
