package io.lockservice.client.registry;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where an instance of a service answers, and what it says of itself. Immutable.
 *
 * @param address an IP address or a host name, without a port: {@code 10.1.2.3}, {@code ::1}, {@code host.example}
 * @param port 1 to 65,535
 * @param tags at most 32, each at most 64 characters
 * @param metadata at most 32 entries, keys of at most 64 and values of at most 256 characters
 * @param weight how much of the work it takes beside others, 1 to 65,535
 */
public record Instance(String address, int port, List<String> tags, Map<String, String> metadata, int weight) {
    private static final int MAX_UNSIGNED_SHORT = 65_535;
    private static final Set<String> SECURE_SCHEMES = Set.of("https", "wss");

    /** Checks what can be checked here; the cell checks all. */
    public Instance {
        if (address.isBlank()) {
            throw new IllegalArgumentException("an instance has an address");
        }
        if (port < 1 || port > MAX_UNSIGNED_SHORT) {
            throw new IllegalArgumentException("port is 1 to 65,535, not " + port);
        }
        if (weight < 1 || weight > MAX_UNSIGNED_SHORT) {
            throw new IllegalArgumentException("weight is 1 to 65,535, not " + weight);
        }
        tags = List.copyOf(tags);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** An instance without tags and metadata, of weight 1. */
    public static Instance at(String address, int port) {
        return new Instance(address, port, List.of(), Map.of(), 1);
    }

    /** With these tags instead. */
    public Instance withTags(String... value) {
        return new Instance(address, port, List.of(value), metadata, weight);
    }

    /** With one more entry of metadata. */
    public Instance withMetadata(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(metadata);
        more.put(key, value);
        return new Instance(address, port, tags, more, weight);
    }

    /** With this weight. */
    public Instance withWeight(int value) {
        return new Instance(address, port, tags, metadata, value);
    }

    /** Whether its metadata say that it speaks TLS: {@code secure} is {@code true}, or {@code scheme} is https or wss. */
    public boolean isSecure() {
        return Boolean.parseBoolean(metadata.get("secure"))
                || SECURE_SCHEMES.contains(metadata.getOrDefault("scheme", "").toLowerCase(Locale.ROOT));
    }

    /**
     * All it says of itself as one map, for libraries that know metadata alone: {@code weight}, and {@code tags} with commas
     * between them where there are any. What the metadata themselves say under these keys goes first.
     */
    public Map<String, String> labels() {
        Map<String, String> all = new LinkedHashMap<>(metadata);
        all.putIfAbsent("weight", Integer.toString(weight));
        if (!tags.isEmpty()) {
            all.putIfAbsent("tags", String.join(",", tags));
        }
        return Collections.unmodifiableMap(all);
    }

    /** {@code address:port}, an IPv6 address in brackets. */
    public String hostAndPort() {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }
}
