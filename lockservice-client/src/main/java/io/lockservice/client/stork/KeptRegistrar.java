package io.lockservice.client.stork;

import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.smallrye.mutiny.Uni;
import io.smallrye.stork.api.Metadata;
import io.smallrye.stork.api.MetadataKey;
import io.smallrye.stork.api.ServiceRegistrar;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Registers by a registry, which sees to it that what is registered stays so. What is asked for is done on subscription, and
 * done when the cell has it; to cancel that is not to deregister.
 */
final class KeptRegistrar implements ServiceRegistrar<Metadata.NoMetadataKey> {
    private final NameRegistry registry;
    private final String id;
    private final Map<String, Map<String, Registration>> held = new HashMap<>();

    /** {@code id} is what the instance is called, empty for its address and port. */
    KeptRegistrar(NameRegistry registry, String id) {
        this.registry = registry;
        this.id = id;
    }

    @Override
    public Uni<Void> registerServiceInstance(
            String serviceName, Metadata<Metadata.NoMetadataKey> metadata, String ipAddress, int defaultPort) {
        checkAddressNotNull(ipAddress);
        return Uni.createFrom().deferred(() -> {
            Instance instance = Instance.at(ipAddress, defaultPort);
            // Not by its declared type, which Stork itself does not keep to.
            Map<? extends MetadataKey, ?> all = metadata.getMetadata();
            for (Map.Entry<? extends MetadataKey, ?> each : all.entrySet()) {
                instance = instance.withMetadata(each.getKey().getName(), String.valueOf(each.getValue()));
            }
            return LocalDiscovery.answer(register(serviceName, instance));
        });
    }

    @Override
    public Uni<Void> registerServiceInstance(RegistrarOptions options) {
        checkRegistrarOptionsNotNull(options);
        checkAddressNotNull(options.ipAddress());
        return Uni.createFrom()
                .deferred(() -> LocalDiscovery.answer(register(
                        options.serviceName(),
                        new Instance(
                                options.ipAddress(),
                                options.defaultPort(),
                                options.tags() == null ? List.of() : options.tags(),
                                options.metadata() == null ? Map.of() : options.metadata(),
                                1))));
    }

    /** All instances of that service which were registered here. */
    @Override
    public Uni<Void> deregisterServiceInstance(String serviceName) {
        return Uni.createFrom().deferred(() -> LocalDiscovery.answer(deregister(serviceName)));
    }

    private synchronized Future<Void> register(String service, Instance instance) {
        String name = id.isEmpty() ? instance.hostAndPort() : id;
        Map<String, Registration> ofService = held.computeIfAbsent(service, ignored -> new HashMap<>());
        Registration known = ofService.get(name);
        if (known != null) {
            return known.update(instance);
        }
        Registration registration = registry.register(service, name, instance);
        ofService.put(name, registration);
        return registration.registered();
    }

    /** Begun before the same can be registered again, which then waits for it. */
    private synchronized Future<Void> deregister(String service) {
        Map<String, Registration> gone = held.remove(service);
        return gone == null
                ? Future.succeededFuture()
                : Future.join(gone.values().stream()
                                .map(Registration::deregister)
                                .toList())
                        .mapEmpty();
    }
}
