package io.lockservice.client.stork;

import io.smallrye.stork.api.config.ServiceConfig;
import io.smallrye.stork.spi.config.ConfigProvider;
import io.smallrye.stork.spi.config.SimpleServiceConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** What an application's configuration says of Stork, which finds it by itself. */
public final class TestConfiguration implements ConfigProvider {
    private static final List<ServiceConfig> SERVICES = new CopyOnWriteArrayList<>();

    /** For Java's {@code ServiceLoader}. */
    public TestConfiguration() {}

    static void clear() {
        SERVICES.clear();
    }

    static void discover(String service, Map<String, String> parameters) {
        SERVICES.add(new SimpleServiceConfig.Builder()
                .setServiceName(service)
                .setServiceDiscovery(new SimpleServiceConfig.SimpleServiceDiscoveryConfig("lockservice", parameters))
                .build());
    }

    static void register(String service, Map<String, String> parameters) {
        SERVICES.add(new SimpleServiceConfig.Builder()
                .setServiceName(service)
                .setServiceRegistrar(new SimpleServiceConfig.SimpleServiceRegistrarConfig("lockservice", parameters))
                .build());
    }

    @Override
    public List<ServiceConfig> getConfigs() {
        return List.copyOf(SERVICES);
    }

    @Override
    public int priority() {
        return 1;
    }
}
