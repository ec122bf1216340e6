package io.lockservice.client.stork;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.registry.NameRegistry;
import io.smallrye.stork.api.config.ConfigWithType;
import io.smallrye.stork.spi.StorkInfrastructure;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The registries of services whose configuration says {@code urls}: one for the same URLs and the same client name. Each has a
 * client of its own, which never keeps the program alive. From all threads.
 */
public final class ConfiguredRegistries {
    private static final Map<Key, NameRegistry> OPEN = new HashMap<>();
    private static final String DEFAULT_CLIENT = "stork";

    private ConfiguredRegistries() {}

    private record Key(List<String> urls, String client) {}

    /**
     * Closes the clients that were made for configured {@code urls}, and takes away what was registered with them; after {@code
     * Stork.shutdown()}, which tells nobody. A Stork that is made later has new ones.
     */
    public static Future<Void> shutdown() {
        List<NameRegistry> all;
        synchronized (OPEN) {
            all = List.copyOf(OPEN.values());
            OPEN.clear();
        }
        return Future.join(all.stream().map(each -> each.client().shutdown()).toList())
                .mapEmpty();
    }

    /** The registry that a service's configuration means. */
    static NameRegistry of(ConfigWithType config, String service, StorkInfrastructure infrastructure) {
        String urls = config.parameters().getOrDefault("urls", "");
        if (urls.isBlank()) {
            return infrastructure.get(NameRegistry.class, () -> {
                throw new IllegalArgumentException("service '" + service
                        + "': say urls, or begin with Stork.initialize(LockServiceInfrastructure.of(registry))");
            });
        }
        List<String> all = Arrays.stream(urls.split(",", -1)).map(String::strip).toList();
        if (config.parameters().getOrDefault("client", DEFAULT_CLIENT).isBlank()) {
            throw new IllegalArgumentException(
                    "service '" + service + "': client is empty; leave it out, or give a name");
        }
        Key key = new Key(all, config.parameters().getOrDefault("client", DEFAULT_CLIENT));
        synchronized (OPEN) {
            return OPEN.computeIfAbsent(
                    key,
                    wanted -> NameRegistry.of(
                            LockServiceClient.connect(wanted.urls().toArray(String[]::new)), wanted.client()));
        }
    }

    /** A parameter that nobody reads is most likely misspelt, and would be missed in silence. */
    static void check(ConfigWithType config, String service, Set<String> allowed) {
        TreeSet<String> unknown = new TreeSet<>(config.parameters().keySet());
        unknown.removeAll(allowed);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("service '" + service + "': " + config.type() + " knows no " + unknown
                    + ", but " + new TreeSet<>(allowed));
        }
    }
}
