package io.lockservice.client.springcloud;

import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Service;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Spring Cloud's reactive discovery, from the copy that a {@link NameRegistry} keeps up to date. It blocks nobody, so it can be
 * used on every thread. Each subscription gives what is known then; only the first of a name asks the cell, and fails where
 * that cannot be asked.
 *
 * <p>What is known comes on the thread that subscribes, what had to be asked for on Reactor's parallel scheduler.
 */
public final class LockServiceReactiveDiscoveryClient implements ReactiveDiscoveryClient {
    private final NameRegistry registry;
    private final int order;

    private LockServiceReactiveDiscoveryClient(NameRegistry registry, int order) {
        this.registry = registry;
        this.order = order;
    }

    /** Discovery by this registry, which stays the caller's to close. */
    public static LockServiceReactiveDiscoveryClient of(NameRegistry registry) {
        return of(registry, DEFAULT_ORDER);
    }

    /** Discovery by this registry; where several discovery clients are asked, that of the smallest order is first. */
    public static LockServiceReactiveDiscoveryClient of(NameRegistry registry, int order) {
        return new LockServiceReactiveDiscoveryClient(registry, order);
    }

    @Override
    public String description() {
        return "lockservice, reactive";
    }

    /** Who offers the service, by id; none where nobody does. Fails with an IllegalArgumentException for what is no name. */
    @Override
    public Flux<ServiceInstance> getInstances(String serviceId) {
        return Flux.defer(() -> {
            Future<Service> known = registry.resolve(serviceId);
            Mono<Service> service =
                    known.succeeded() ? Mono.just(known.result()) : asked(() -> registry.resolve(serviceId));
            return service.flatMapIterable(Service::instances)
                    .map(each -> new LockServiceInstance(each.service(), each.id(), each.instance()));
        });
    }

    /** The names of all services that somebody offers, sorted. Asks the cell each time. */
    @Override
    public Flux<String> getServices() {
        return Flux.defer(() -> asked(registry::names).flatMapIterable(names -> names));
    }

    @Override
    public int getOrder() {
        return order;
    }

    /** Not on the client's own thread, where whatever comes behind it would hold up keep-alives. */
    private static <T> Mono<T> asked(Supplier<Future<T>> question) {
        return Mono.fromCompletionStage(() -> question.get().toCompletionStage())
                .publishOn(Schedulers.parallel());
    }
}
