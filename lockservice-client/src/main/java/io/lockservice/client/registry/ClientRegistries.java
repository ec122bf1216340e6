package io.lockservice.client.registry;

import io.lockservice.client.LockServiceClient;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.Stream;

/** The registries of a client that are open, all together, for metrics. From all threads. */
public final class ClientRegistries {
    private final Set<NameRegistry> open = new CopyOnWriteArraySet<>();

    private ClientRegistries() {}

    /** Those of {@code client}: always the same object. */
    public static ClientRegistries of(LockServiceClient client) {
        return client.recipe(ClientRegistries.class, ignored -> new ClientRegistries());
    }

    /** How many services are kept up to date. */
    public long services() {
        return known().count();
    }

    /** How many instances these have. */
    public long instances() {
        return known().mapToLong(each -> each.instances().size()).sum();
    }

    /** How old the oldest copy is, in milliseconds, as {@link Service#ageMs} has it; 0 where there is none. */
    public long oldestMs() {
        return known().mapToLong(Service::ageMs).max().orElse(0);
    }

    /** How many instances this program wants to be registered. */
    public long wanted() {
        return registrations().count();
    }

    /** How many of them are. */
    public long registered() {
        return registrations().filter(Registration::isRegistered).count();
    }

    void opened(NameRegistry registry) {
        open.add(registry);
    }

    void closed(NameRegistry registry) {
        open.remove(registry);
    }

    private Stream<Service> known() {
        return open.stream().flatMap(each -> each.services().values().stream());
    }

    private Stream<Registration> registrations() {
        return open.stream().map(NameRegistry::registrations).flatMap(List::stream);
    }
}
