package io.lockservice.client.stork;

import io.smallrye.stork.api.Metadata;
import io.smallrye.stork.api.ServiceRegistrar;
import io.smallrye.stork.api.config.ConfigWithType;
import io.smallrye.stork.spi.StorkInfrastructure;
import io.smallrye.stork.spi.internal.ServiceRegistrarLoader;
import java.util.Map;
import java.util.Set;

/**
 * Stork's service registrar of the type {@code lockservice}. Stork finds it by itself. What is registered stays so, over lost
 * sessions and restarts of the cell, until it is deregistered. Its parameters:
 *
 * <ul>
 *   <li>{@code instance}: what the instance is called among those of its service; {@code address:port} where this is not said;
 *   <li>{@code urls}, as {@link LockServiceDiscoveryLoader} has it;
 *   <li>{@code client}: with {@code urls}, and only then, the client name by which a program that was started again has its
 *       instances at once: the same each time, and no other program's;
 *   <li>{@code enabled}, Stork's own.
 * </ul>
 */
public final class LockServiceRegistrarLoader implements ServiceRegistrarLoader<Metadata.NoMetadataKey> {
    private static final Set<String> PARAMETERS = Set.of("instance", "urls", "client", "enabled");

    /** For Java's {@code ServiceLoader}. */
    public LockServiceRegistrarLoader() {}

    @Override
    public String type() {
        return LockServiceDiscoveryLoader.TYPE;
    }

    /** Throws an {@code IllegalArgumentException} where the configuration cannot be meant so. */
    @Override
    public ServiceRegistrar<Metadata.NoMetadataKey> createServiceRegistrar(
            ConfigWithType config, String serviceName, StorkInfrastructure storkInfrastructure) {
        ConfiguredRegistries.check(config, serviceName, PARAMETERS);
        Map<String, String> parameters = config.parameters();
        if (parameters.containsKey("urls") != parameters.containsKey("client")) {
            throw new IllegalArgumentException(
                    "service '" + serviceName + "': urls and client go together where instances are registered");
        }
        return new KeptRegistrar(
                ConfiguredRegistries.of(config, serviceName, storkInfrastructure),
                parameters.getOrDefault("instance", ""));
    }
}
