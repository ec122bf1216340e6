package io.lockservice.client.stork;

import io.lockservice.client.registry.Instance;
import io.smallrye.stork.api.ServiceInstance;
import java.util.Map;
import java.util.Optional;

/** An instance as Stork sees it; its labels are its metadata, and {@code weight} and {@code tags} beside them. Immutable. */
final class FoundInstance implements ServiceInstance {
    private final long number;
    private final Instance instance;
    private final boolean secure;
    private final Map<String, String> labels;

    /** {@code secure} is whether it is so whatever it says of itself. */
    FoundInstance(long number, Instance instance, boolean secure) {
        this.number = number;
        this.instance = instance;
        this.secure = secure || instance.isSecure();
        this.labels = instance.labels();
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
