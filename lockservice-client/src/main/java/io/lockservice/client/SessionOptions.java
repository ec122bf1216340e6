package io.lockservice.client;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a session is opened. A short lease frees the locks of a program that died sooner, and lets a pause of the program or
 * of the network cost them sooner.
 *
 * @param clientName shown to people, and what proves in a reclaim that it is the same program
 * @param leaseMs 1,000 to 86,400,000; at most 60,000 where copies are kept, for writers may have to wait for it
 * @param metadata anything to show to others
 * @param graceMs how long the client goes on trying once its lease ran out without an answer (Burrows: 45 s)
 * @param copies what is kept of what is read, so that it need not be read again; null for nothing
 */
public record SessionOptions(
        String clientName,
        long leaseMs,
        Map<String, String> metadata,
        long graceMs,
        @Nullable Copies copies) {
    private static final long DEFAULT_LEASE_MS = 12_000;
    private static final long DEFAULT_GRACE_MS = 45_000;
    private static final long MAX_CACHING_LEASE_MS = 60_000;
    private static final Copies DEFAULT_COPIES = new Copies(5_000, 16L << 20);

    /**
     * How much a session keeps copies of (Burrows, section 2.7). Beyond either bound the least recently used go.
     *
     * @param entries files, stats, absences and lists of children: at least 1; the cell lets a session have 10,000 at most
     * @param bytes what they take of the heap, about
     */
    public record Copies(int entries, long bytes) {
        /** Checks the values. */
        public Copies {
            if (entries < 1 || bytes < 1) {
                throw new IllegalArgumentException("a cache has room for one entry and one byte at least");
            }
        }
    }

    /** Checks the values. */
    public SessionOptions {
        if (leaseMs < 1_000 || leaseMs > 86_400_000) {
            throw new IllegalArgumentException("leaseMs is 1,000 to 86,400,000, not " + leaseMs);
        }
        if (graceMs < 0) {
            throw new IllegalArgumentException("graceMs is not negative");
        }
        if (copies != null && leaseMs > MAX_CACHING_LEASE_MS) {
            throw new IllegalArgumentException(
                    "leaseMs of a session that keeps copies is at most 60,000: writers wait");
        }
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** The defaults, with a name for people. */
    public static SessionOptions named(String clientName) {
        return new SessionOptions(clientName, DEFAULT_LEASE_MS, Map.of(), DEFAULT_GRACE_MS, null);
    }

    /** With another lease. */
    public SessionOptions withLeaseMs(long value) {
        return new SessionOptions(clientName, value, metadata, graceMs, copies);
    }

    /** With another grace period. */
    public SessionOptions withGraceMs(long value) {
        return new SessionOptions(clientName, leaseMs, metadata, value, copies);
    }

    /** With metadata. */
    public SessionOptions withMetadata(Map<String, String> value) {
        return new SessionOptions(clientName, leaseMs, value, graceMs, copies);
    }

    /** Keeps copies of what is read, up to 5,000 with 16 MiB: what is read again comes from here, and is never old. */
    public SessionOptions withCache() {
        return withCache(DEFAULT_COPIES);
    }

    /** Keeps copies within these bounds. */
    public SessionOptions withCache(Copies value) {
        return new SessionOptions(clientName, leaseMs, metadata, graceMs, value);
    }

    Operation operation() {
        JsonObject body = new JsonObject().put("client", clientName).put("leaseMs", leaseMs);
        if (!metadata.isEmpty()) {
            body.put("metadata", metadata);
        }
        if (copies != null) {
            body.put("cache", true);
        }
        return Operation.post("/v1/sessions").json(body);
    }
}
