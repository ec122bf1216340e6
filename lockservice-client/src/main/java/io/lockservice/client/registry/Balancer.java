package io.lockservice.client.registry;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Chooses whom to ask. From all threads. Used with {@link Service#choose}. */
@FunctionalInterface
public interface Balancer {
    /** One of these; empty only where there are none. */
    Optional<ServiceInstance> choose(List<ServiceInstance> instances);

    /** One after the other, beginning anywhere, or all clients would begin with the same. */
    static Balancer roundRobin() {
        return roundRobin(new Random());
    }

    /** One after the other; {@code random} is injected so that tests repeat. */
    static Balancer roundRobin(Random random) {
        AtomicInteger turn = new AtomicInteger(random.nextInt());
        return instances -> instances.isEmpty()
                ? Optional.empty()
                : Optional.of(instances.get(Math.floorMod(turn.getAndIncrement(), instances.size())));
    }

    /** At random, in proportion to the weights. */
    static Balancer weighted() {
        return weighted(new Random());
    }

    /** In proportion to the weights; {@code random} is injected so that tests repeat. */
    static Balancer weighted(Random random) {
        return instances -> {
            long total = instances.stream().mapToLong(ServiceInstance::weight).sum();
            long drawn = (long) (random.nextDouble() * total);
            for (ServiceInstance each : instances) {
                drawn -= each.weight();
                if (drawn < 0) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        };
    }

    /**
     * Among those whose metadata say the same as the caller, such as the {@code zone} it is in; among all where there is none.
     *
     * @param key of the metadata
     * @param value the caller's own
     * @param among chooses among what is left
     */
    static Balancer nearest(String key, String value, Balancer among) {
        return instances -> {
            List<ServiceInstance> near = instances.stream()
                    .filter(each -> value.equals(each.metadata().get(key)))
                    .toList();
            return among.choose(near.isEmpty() ? instances : near);
        };
    }
}
