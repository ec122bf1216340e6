package io.lockservice.cell;

import io.lockservice.wire.Hash64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Outcomes by idempotency key: within a session until it ends, else within a principal until they are retired. */
final class KeyOutcomes {
    private final TreeMap<String, TreeMap<String, Kept>> bySession = new TreeMap<>();
    /** In the order of storing, which is that of {@link Kept#storedAt}. */
    private final LinkedHashMap<PrincipalKey, Kept> byPrincipal = new LinkedHashMap<>();

    private final Consumer<Repeats.Outcome> forgotten;
    private long newestPrincipalKey;

    /**
     * An outcome.
     *
     * @param fingerprint of the request it is the outcome of
     * @param storedAt the revision that stored it; the next one, where storing it was no visible change
     * @param outcome the outcome
     */
    record Kept(long fingerprint, long storedAt, Repeats.Outcome outcome) {}

    private record PrincipalKey(String principal, String key) {}

    /** {@code forgotten} hears of every outcome that is dropped. */
    KeyOutcomes(Consumer<Repeats.Outcome> forgotten) {
        this.forgotten = forgotten;
    }

    @Nullable
    Kept find(@Nullable String session, String principal, String key) {
        if (session == null) {
            return byPrincipal.get(new PrincipalKey(principal, key));
        }
        TreeMap<String, Kept> keys = bySession.get(session);
        return keys == null ? null : keys.get(key);
    }

    /** Stores the outcome of a key that is not there. */
    void put(@Nullable String session, String principal, String key, Kept kept) {
        if (session == null) {
            byPrincipal.put(new PrincipalKey(principal, key), kept);
            newestPrincipalKey = kept.storedAt();
        } else {
            bySession.computeIfAbsent(session, id -> new TreeMap<>()).put(key, kept);
        }
    }

    void forgetSession(String session) {
        TreeMap<String, Kept> keys = bySession.remove(session);
        if (keys != null) {
            keys.values().forEach(kept -> forgotten.accept(kept.outcome()));
        }
    }

    /** Forgets the principals' keys stored up to {@code throughRevision}. */
    void retire(long throughRevision) {
        Iterator<Kept> oldest = byPrincipal.values().iterator();
        while (oldest.hasNext()) {
            Kept kept = oldest.next();
            if (kept.storedAt() > throughRevision) {
                break;
            }
            forgotten.accept(kept.outcome());
            oldest.remove();
        }
    }

    int principalKeyCount() {
        return byPrincipal.size();
    }

    /** When the newest of the principals' keys was stored, 0 where there is none. */
    long newestPrincipalKey() {
        return byPrincipal.isEmpty() ? 0 : newestPrincipalKey;
    }

    void digest(Hash64 hash) {
        hash.add(bySession.size());
        for (Map.Entry<String, TreeMap<String, Kept>> each : bySession.entrySet()) {
            hash.add(each.getKey()).add(each.getValue().size());
            each.getValue().forEach((key, kept) -> digest(kept, hash.add(key)));
        }
        hash.add(byPrincipal.size());
        byPrincipal.forEach(
                (each, kept) -> digest(kept, hash.add(each.principal()).add(each.key())));
    }

    private static void digest(Kept kept, Hash64 hash) {
        hash.add(kept.fingerprint()).add(kept.storedAt());
        Repeats.digest(kept.outcome(), hash);
    }
}
