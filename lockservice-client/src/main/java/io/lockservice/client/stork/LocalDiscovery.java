package io.lockservice.client.stork;

import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Service;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.stork.api.ServiceDiscovery;
import io.smallrye.stork.api.ServiceInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The instances of a service, from the copy that a registry keeps. Only the first question goes to the cell. */
final class LocalDiscovery implements ServiceDiscovery {
    /** Numbers are to differ within a Stork, and Stork's own libraries count from 0. */
    private static final AtomicLong NUMBERS = new AtomicLong(1L << 52);

    private final NameRegistry registry;
    private final String name;
    private final String tag;
    private final boolean secure;
    private volatile Seen seen = new Seen(List.of(), List.of());
    private Map<Place, Long> numbers = Map.of();

    /** What Stork was told of the instances that were there last: the same while nothing changes. */
    private record Seen(List<io.lockservice.client.registry.ServiceInstance> of, List<ServiceInstance> told) {}

    /** Load balancers know instances by their number, so that one keeps it whatever it says of itself. */
    private record Place(String id, String hostAndPort) {}

    /** {@code tag} is empty for all instances. */
    LocalDiscovery(NameRegistry registry, String name, String tag, boolean secure) {
        this.registry = registry;
        this.name = name;
        this.tag = tag;
        this.secure = secure;
    }

    @Override
    public Uni<List<ServiceInstance>> getServiceInstances() {
        return Uni.createFrom().deferred(() -> {
            Future<Service> known = registry.resolve(name);
            return known.succeeded()
                    ? Uni.createFrom().item(told(known.result()))
                    : answer(known).map(this::told);
        });
    }

    /** Where nobody's context takes it, not on the client's own thread: what comes behind would hold up keep-alives. */
    static <T> Uni<T> answer(Future<T> future) {
        Uni<T> answer = Uni.createFrom().completionStage(future.toCompletionStage());
        return Vertx.currentContext() == null ? answer.emitOn(Infrastructure.getDefaultExecutor()) : answer;
    }

    private List<ServiceInstance> told(Service service) {
        List<io.lockservice.client.registry.ServiceInstance> now =
                tag.isEmpty() ? service.instances() : service.instances(tag);
        Seen last = seen;
        return last.of().equals(now) ? last.told() : tell(now);
    }

    private synchronized List<ServiceInstance> tell(List<io.lockservice.client.registry.ServiceInstance> now) {
        Map<Place, Long> next = new HashMap<>();
        List<ServiceInstance> told = new ArrayList<>();
        for (io.lockservice.client.registry.ServiceInstance each : now) {
            Place place = new Place(each.id(), each.hostAndPort());
            Long number = numbers.get(place);
            long kept = number == null ? NUMBERS.getAndIncrement() : number;
            next.put(place, kept);
            told.add(new FoundInstance(kept, each.instance(), secure));
        }
        numbers = next;
        Seen fresh = new Seen(now, List.copyOf(told));
        seen = fresh;
        return fresh.told();
    }
}
