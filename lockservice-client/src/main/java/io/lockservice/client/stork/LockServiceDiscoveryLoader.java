package io.lockservice.client.stork;

import io.lockservice.client.registry.NameRegistry;
import io.smallrye.stork.api.ServiceDiscovery;
import io.smallrye.stork.api.config.ConfigWithType;
import io.smallrye.stork.api.config.ServiceConfig;
import io.smallrye.stork.spi.StorkInfrastructure;
import io.smallrye.stork.spi.internal.ServiceDiscoveryLoader;
import java.util.Map;
import java.util.Set;

/**
 * Stork's service discovery of the type {@code lockservice}. Stork finds it by itself. Its parameters, all of which may be left
 * out:
 *
 * <ul>
 *   <li>{@code service}: what the cell calls the service; as Stork does, where this is not said;
 *   <li>{@code tag}: only instances with this tag;
 *   <li>{@code secure}: {@code true} where all instances are to be called over TLS; else each says so itself, by metadata {@code
 *       secure=true}, or a {@code scheme} that is {@code https} or {@code wss};
 *   <li>{@code urls}: the cell's replicas, with commas between them. Without it the registry is that of {@link
 *       LockServiceInfrastructure}, and there has to be one;
 *   <li>{@code client}: with {@code urls}, the registry's client name.
 * </ul>
 */
public final class LockServiceDiscoveryLoader implements ServiceDiscoveryLoader {
    /** What {@code service-discovery.type} is. */
    public static final String TYPE = "lockservice";

    private static final Set<String> PARAMETERS = Set.of("service", "tag", "secure", "urls", "client");

    /** For Java's {@code ServiceLoader}. */
    public LockServiceDiscoveryLoader() {}

    @Override
    public String type() {
        return TYPE;
    }

    /** Throws an {@code IllegalArgumentException} where the configuration cannot be meant so. */
    @Override
    public ServiceDiscovery createServiceDiscovery(
            ConfigWithType config,
            String serviceName,
            ServiceConfig serviceConfig,
            StorkInfrastructure storkInfrastructure) {
        ConfiguredRegistries.check(config, serviceName, PARAMETERS);
        NameRegistry registry = ConfiguredRegistries.of(config, serviceName, storkInfrastructure);
        Map<String, String> parameters = config.parameters();
        return new LocalDiscovery(
                registry,
                parameters.getOrDefault("service", serviceName),
                parameters.getOrDefault("tag", ""),
                Boolean.parseBoolean(parameters.get("secure")));
    }
}
