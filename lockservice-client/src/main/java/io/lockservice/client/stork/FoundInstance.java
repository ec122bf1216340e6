package io.lockservice.client.stork;

import io.lockservice.client.registry.Instance;
import io.smallrye.stork.api.ServiceInstance;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An instance as Stork sees it; its labels are its metadata, and {@code weight} and {@code tags} beside them. Immutable. */
final class FoundInstance implements ServiceInstance {
    private static final Set<String> SECURE_SCHEMES = Set.of("https", "wss");

    private final long number;
    private final Instance instance;
    private final boolean secure;
    private final Map<String, String> labels;

    /** {@code secure} is whether it is so whatever it says of itself. */
    FoundInstance(long number, Instance instance, boolean secure) {
        this.number = number;
        this.instance = instance;
        Map<String, String> says = instance.metadata();
        this.secure = secure
                || Boolean.parseBoolean(says.get("secure"))
                || SECURE_SCHEMES.contains(says.getOrDefault("scheme", "").toLowerCase(Locale.ROOT));
        Map<String, String> all = new LinkedHashMap<>(says);
        all.putIfAbsent("weight", Integer.toString(instance.weight()));
        if (!instance.tags().isEmpty()) {
            all.putIfAbsent("tags", String.join(",", instance.tags()));
        }
        this.labels = Collections.unmodifiableMap(all);
    }

    @Override
    public long getId() {
        return number;
    }

    @Override
    public String getHost() {
        return instance.address();
    }

    @Override
    public int getPort() {
        return instance.port();
    }

    @Override
    public Optional<String> getPath() {
        return Optional.ofNullable(instance.metadata().get("path"));
    }

    @Override
    public boolean isSecure() {
        return secure;
    }

    @Override
    public Map<String, String> getLabels() {
        return labels;
    }

    @Override
    public String toString() {
        return instance.hostAndPort();
    }
}
