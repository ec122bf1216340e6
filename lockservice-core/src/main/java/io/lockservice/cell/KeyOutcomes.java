package io.lockservice.cell;

import io.lockservice.wire.Hash64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes by idempotency key, within a session or else within a principal, in the order of storing. They go with their
 * session, and otherwise once they are old enough.
 */
final class KeyOutcomes {
    /** In the order of storing, which is that of {@link Kept#storedAt}. */
    private final LinkedHashMap<ScopedKey, Kept> outcomes = new LinkedHashMap<>();
    /** Which of them go with a session; derived. */
    private final Map<String, LinkedHashSet<ScopedKey>> ofSession = new LinkedHashMap<>();

    private final Consumer<Repeats.Outcome> forgotten;
    private long newestStoredAt;

    /**
     * An outcome.
     *
     * @param fingerprint of the request it is the outcome of
     * @param storedAt the revision that stored it; the next one, where storing it was no visible change
     * @param outcome the outcome
     */
    record Kept(long fingerprint, long storedAt, Repeats.Outcome outcome) {}

    /** A key within its scope: the session where there is one, else the principal. */
    private record ScopedKey(boolean inSession, String scope, String key) {
        static ScopedKey of(@Nullable String session, String principal, String key) {
            return session == null ? new ScopedKey(false, principal, key) : new ScopedKey(true, session, key);
        }
    }

    /** {@code forgotten} hears of every outcome that is dropped. */
    KeyOutcomes(Consumer<Repeats.Outcome> forgotten) {
        this.forgotten = forgotten;
    }

    @Nullable
    Kept find(@Nullable String session, String principal, String key) {
        return outcomes.get(ScopedKey.of(session, principal, key));
    }

    /** Stores the outcome of a key that is not there. */
    void put(@Nullable String session, String principal, String key, Kept kept) {
        ScopedKey scoped = ScopedKey.of(session, principal, key);
        outcomes.put(scoped, kept);
        newestStoredAt = kept.storedAt();
        if (session != null) {
            ofSession.computeIfAbsent(session, id -> new LinkedHashSet<>()).add(scoped);
        }
    }

    void forgetSession(String session) {
        LinkedHashSet<ScopedKey> keys = ofSession.remove(session);
        if (keys != null) {
            for (ScopedKey key : keys) {
                Kept kept = outcomes.remove(key);
                if (kept != null) {
                    forgotten.accept(kept.outcome());
                }
            }
        }
    }

    /** Forgets the keys stored up to {@code throughRevision}. */
    void retire(long throughRevision) {
        Iterator<Map.Entry<ScopedKey, Kept>> oldest = outcomes.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<ScopedKey, Kept> each = oldest.next();
            if (each.getValue().storedAt() > throughRevision) {
                break;
            }
            forgotten.accept(each.getValue().outcome());
            oldest.remove();
            forgetOfSession(each.getKey());
        }
    }

    private void forgetOfSession(ScopedKey key) {
        LinkedHashSet<ScopedKey> keys = key.inSession() ? ofSession.get(key.scope()) : null;
        if (keys != null && keys.remove(key) && keys.isEmpty()) {
            ofSession.remove(key.scope());
        }
    }

    int count() {
        return outcomes.size();
    }

    /** When the newest key was stored, 0 where there is none. */
    long newestStoredAt() {
        return outcomes.isEmpty() ? 0 : newestStoredAt;
    }

    void digest(Hash64 hash) {
        hash.add(outcomes.size());
        outcomes.forEach((key, kept) -> {
            hash.add(key.inSession() ? 1 : 0).add(key.scope()).add(key.key());
            hash.add(kept.fingerprint()).add(kept.storedAt());
            Repeats.digest(kept.outcome(), hash);
        });
    }
}
