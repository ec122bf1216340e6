package io.lockservice.cell.table;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A living session. That it lives is replicated; how much of its lease is left is the leader's memory.
 *
 * @param id the session
 * @param client a name for people, may be empty
 * @param leaseMs lease in milliseconds
 * @param metadata anything the client wants to show to others, in the client's order
 * @param closeAfterMs 0; or the session is closing: so many milliseconds after that was decided it ends, and keep-alives
 *     no longer extend it
 * @param caches whether it may keep copies of what it reads
 */
public record Session(
        String id, String client, long leaseMs, Map<String, String> metadata, long closeAfterMs, boolean caches) {
    /** Keeps its own copy of {@code metadata}. */
    public Session {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Whether it ends at a time that is already settled. */
    public boolean isClosing() {
        return closeAfterMs > 0;
    }

    /** The same session, closing. A second close can bring the end nearer, never further away. */
    public Session closing(long afterMs) {
        long sooner = isClosing() ? Math.min(afterMs, closeAfterMs) : afterMs;
        return new Session(id, client, leaseMs, metadata, sooner, caches);
    }
}
