package io.lockservice.client.stork;

import io.lockservice.client.registry.NameRegistry;
import io.smallrye.stork.api.observability.ObservationCollector;
import io.smallrye.stork.spi.StorkInfrastructure;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Gives Stork the registry that services of the type {@code lockservice} are found with: {@code
 * Stork.initialize(LockServiceInfrastructure.of(registry))}. From all threads.
 */
public final class LockServiceInfrastructure implements StorkInfrastructure {
    private final NameRegistry registry;
    private final StorkInfrastructure others;

    private LockServiceInfrastructure(NameRegistry registry, StorkInfrastructure others) {
        this.registry = registry;
        this.others = others;
    }

    /** Stork's own infrastructure, and this registry, which stays the caller's to close. */
    public static LockServiceInfrastructure of(NameRegistry registry) {
        return of(registry, new Kept());
    }

    /** This registry, which stays the caller's to close; all else is as {@code others} has it. */
    public static LockServiceInfrastructure of(NameRegistry registry, StorkInfrastructure others) {
        return new LockServiceInfrastructure(registry, others);
    }

    @Override
    public <T> T get(Class<T> utilityClass, Supplier<T> defaultSupplier) {
        return utilityClass == NameRegistry.class
                ? utilityClass.cast(registry)
                : others.get(utilityClass, defaultSupplier);
    }

    @Override
    public ObservationCollector getObservationCollector() {
        return others.getObservationCollector();
    }

    /** What Stork's default one does, which is in a library that is not needed here. */
    private static final class Kept implements StorkInfrastructure {
        private final Map<Class<?>, Object> kept = new ConcurrentHashMap<>();

        @Override
        public <T> T get(Class<T> utilityClass, Supplier<T> defaultSupplier) {
            return utilityClass.cast(kept.computeIfAbsent(utilityClass, ignored -> defaultSupplier.get()));
        }
    }
}
