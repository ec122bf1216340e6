package io.lockservice.server.dns;

import io.lockservice.server.registry.DnsLabel;
import io.lockservice.server.registry.Registered;
import io.lockservice.server.registry.ServiceInstance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Registered instances, without a cell. */
final class Directory {
    static final String CELL = "paris";
    static final long TTL_SECONDS = 5;
    static final long SERIAL = 42;

    private final Map<String, List<Registered>> services = new HashMap<>();

    void add(String service, String id, String address, int port, int weight) {
        add(service, id, new ServiceInstance(address, port, List.of(), Map.of(), weight));
    }

    void add(String service, String id, ServiceInstance instance) {
        List<Registered> next = new ArrayList<>(registered(DnsLabel.fold(service)));
        next.add(new Registered(id, null, instance));
        services.put(DnsLabel.fold(service), List.copyOf(next));
    }

    void clear() {
        services.clear();
    }

    List<Registered> registered(String label) {
        return services.getOrDefault(label, List.of());
    }

    Answers answers(RandomGenerator random) {
        return new Answers(new Zone(CELL, this::registered), random, () -> SERIAL, TTL_SECONDS);
    }
}
