package io.lockservice.client.springcloud;

import io.lockservice.client.registry.Instance;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * An instance as Spring Cloud sees it. Immutable.
 *
 * <p>Its metadata are those of the instance, and beside them {@code weight}, by which Spring Cloud's load balancer weighs, and
 * {@code tags}, with commas between them, where there are any. What the instance itself says under these keys goes first. Its
 * scheme is what the metadata say as {@code scheme}; else {@code https} where they say {@code secure=true}, and {@code http}.
 */
public class LockServiceInstance implements ServiceInstance {
    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");

    private final String service;
    private final String id;
    private final Instance instance;
    private final Map<String, String> metadata;

    LockServiceInstance(String service, String id, Instance instance) {
        this.service = service;
        this.id = id;
        this.instance = instance;
        this.metadata = instance.labels();
    }

    /** The instance as the registry has it. */
    public Instance instance() {
        return instance;
    }

    @Override
    public String getInstanceId() {
        return id;
    }

    @Override
    public String getServiceId() {
        return service;
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
    public boolean isSecure() {
        return instance.isSecure();
    }

    @Override
    public String getScheme() {
        String said = said();
        return said.isEmpty() ? isSecure() ? "https" : "http" : said;
    }

    /** An IPv6 address is in brackets, as it must be. */
    @Override
    public URI getUri() {
        return URI.create(getScheme() + "://" + instance.hostAndPort());
    }

    @Override
    public Map<String, String> getMetadata() {
        return metadata;
    }

    /** Whether both are the same instance, and say the same of it. */
    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof LockServiceInstance that
                && service.equals(that.service)
                && id.equals(that.id)
                && instance.equals(that.instance);
    }

    @Override
    public final int hashCode() {
        return Objects.hash(service, id, instance);
    }

    @Override
    public String toString() {
        return service + "/" + id + " at " + instance.hostAndPort();
    }

    /** What others write there may be anything: what is no scheme is none. */
    private String said() {
        String scheme = instance.metadata().getOrDefault("scheme", "").toLowerCase(Locale.ROOT);
        return SCHEME.matcher(scheme).matches() ? scheme : "";
    }
}
