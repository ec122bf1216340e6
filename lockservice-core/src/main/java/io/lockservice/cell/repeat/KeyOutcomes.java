package io.lockservice.cell.repeat;

import io.lockservice.wire.Hash64;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes by idempotency key, within a session or else within a principal, in the order of storing. They go with their
 * session, and otherwise once they are old enough.
 */
public final class KeyOutcomes {
    /** In the order of storing, which is that of {@link Kept#storedAt}. */
    private final LinkedHashMap<ScopedKey, Kept> outcomes = new LinkedHashMap<>();
    /** Which of them go with a session; derived. */
    private final Map<String, LinkedHashSet<ScopedKey>> ofSession = new LinkedHashMap<>();

    private final Consumer<Outcome> forgotten;
    private long newestStoredAt;
    private long sum;

    /**
     * An outcome.
     *
     * @param fingerprint of the request it is the outcome of
     * @param storedAt the revision that stored it; the next one, where storing it was no visible change
     * @param outcome the outcome
     */
    public record Kept(long fingerprint, long storedAt, Outcome outcome) {}

    /** A key within its scope: the session where there is one, else the principal. */
    private record ScopedKey(boolean inSession, String scope, String key) {
        long hash(Kept kept) {
            Hash64 hash = new Hash64().add(inSession ? 1 : 0).add(scope).add(key);
            return hash.add(kept.fingerprint())
                    .add(kept.storedAt())
                    .add(kept.outcome().hash())
                    .value();
        }

        static ScopedKey of(@Nullable String session, String principal, String key) {
            return session == null ? new ScopedKey(false, principal, key) : new ScopedKey(true, session, key);
        }
    }

    /** {@code forgotten} hears of every outcome that is dropped. */
    public KeyOutcomes(Consumer<Outcome> forgotten) {
        this.forgotten = forgotten;
    }

    /** The outcome of a key, null where it is not known. */
    public @Nullable Kept find(@Nullable String session, String principal, String key) {
        return outcomes.get(ScopedKey.of(session, principal, key));
    }

    /** Stores the outcome of a key that is not there. */
    public void put(@Nullable String session, String principal, String key, Kept kept) {
        ScopedKey scoped = ScopedKey.of(session, principal, key);
        outcomes.put(scoped, kept);
        sum += scoped.hash(kept);
        newestStoredAt = Math.max(newestStoredAt, kept.storedAt());
        if (session != null) {
            ofSession.computeIfAbsent(session, id -> new LinkedHashSet<>()).add(scoped);
        }
    }

    /** Forgets the keys of a session that ended. */
    public void forgetSession(String session) {
        LinkedHashSet<ScopedKey> keys = ofSession.remove(session);
        if (keys != null) {
            for (ScopedKey key : keys) {
                Kept kept = outcomes.remove(key);
                if (kept != null) {
                    sum -= key.hash(kept);
                    forgotten.accept(kept.outcome());
                }
            }
        }
    }

    /** Forgets the keys stored up to {@code throughRevision}. */
    public void retire(long throughRevision) {
        Iterator<Map.Entry<ScopedKey, Kept>> oldest = outcomes.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<ScopedKey, Kept> each = oldest.next();
            if (each.getValue().storedAt() > throughRevision) {
                break;
            }
            sum -= each.getKey().hash(each.getValue());
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

    /** How many keys there are. */
    public int count() {
        return outcomes.size();
    }

    /** When the newest key was stored, 0 where there is none. */
    public long newestStoredAt() {
        return outcomes.isEmpty() ? 0 : newestStoredAt;
    }

    /** The sum of the hashes of all that is kept. */
    public long sum() {
        return sum + new Hash64().add(newestStoredAt()).value();
    }

    /** {@link #sum} from the records themselves. */
    public long recomputedSum() {
        long recomputed = new Hash64().add(newestStoredAt()).value();
        for (Map.Entry<ScopedKey, Kept> each : outcomes.entrySet()) {
            recomputed += each.getKey().hash(each.getValue());
        }
        return recomputed;
    }

    /**
     * One key with its outcome.
     *
     * @param session null where the key is within {@code principal}
     * @param principal empty where the key is within a session
     */
    public record Entry(@Nullable String session, String principal, String key, Kept kept) {}

    /** All keys in the order of storing. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(outcomes.size());
        outcomes.forEach((key, kept) -> entries.add(
                new Entry(key.inSession() ? key.scope() : null, key.inSession() ? "" : key.scope(), key.key(), kept)));
        return entries;
    }

    /** Takes back what {@link #newestStoredAt} was. */
    public void restoreNewestStoredAt(long revision) {
        newestStoredAt = revision;
    }
}
