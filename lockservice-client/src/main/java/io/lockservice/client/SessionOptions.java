package io.lockservice.client;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a session is opened. A short lease frees the locks of a program that died sooner, and lets a pause of the program or
 * of the network cost them sooner.
 *
 * @param clientName shown to people, and what proves in a reclaim that it is the same program
 * @param leaseMs 1,000 to 86,400,000
 * @param metadata anything to show to others
 * @param graceMs how long the client goes on trying once its lease ran out without an answer (Burrows: 45 s)
 */
public record SessionOptions(String clientName, long leaseMs, Map<String, String> metadata, long graceMs) {
    private static final long DEFAULT_LEASE_MS = 12_000;
    private static final long DEFAULT_GRACE_MS = 45_000;

    /** Checks the values. */
    public SessionOptions {
        if (leaseMs < 1_000 || leaseMs > 86_400_000) {
            throw new IllegalArgumentException("leaseMs is 1,000 to 86,400,000, not " + leaseMs);
        }
        if (graceMs < 0) {
            throw new IllegalArgumentException("graceMs is not negative");
        }
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** The defaults, with a name for people. */
    public static SessionOptions named(String clientName) {
        return new SessionOptions(clientName, DEFAULT_LEASE_MS, Map.of(), DEFAULT_GRACE_MS);
    }

    /** With another lease. */
    public SessionOptions withLeaseMs(long value) {
        return new SessionOptions(clientName, value, metadata, graceMs);
    }

    /** With another grace period. */
    public SessionOptions withGraceMs(long value) {
        return new SessionOptions(clientName, leaseMs, metadata, value);
    }

    /** With metadata. */
    public SessionOptions withMetadata(Map<String, String> value) {
        return new SessionOptions(clientName, leaseMs, value, graceMs);
    }

    Operation operation() {
        JsonObject body = new JsonObject().put("client", clientName).put("leaseMs", leaseMs);
        if (!metadata.isEmpty()) {
            body.put("metadata", metadata);
        }
        return Operation.post("/v1/sessions").json(body);
    }
}
