package io.lockservice.client.springcloud;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Service;
import io.vertx.core.Future;
import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * Spring Cloud's blocking discovery, from the copy that a {@link NameRegistry} keeps up to date. Only the first call of a name
 * asks the cell, and waits for it; each later one costs a lookup, never waits and never fails, also while the cell is away.
 *
 * <p>From all threads. What asks the cell does not do so on an event loop, and throws {@code IllegalStateException} there; the
 * question is asked all the same, so that a later call finds the answer. Where the cell cannot be asked, or does not answer
 * in time, it throws a {@link LockServiceException}: that nobody offers a service is only said where the cell said so.
 */
public final class LockServiceDiscoveryClient implements DiscoveryClient {
    private static final long DEFAULT_WAIT_MS = 5_000;

    private final NameRegistry registry;
    private final BoundedWait wait;
    private final int order;

    private LockServiceDiscoveryClient(NameRegistry registry, BoundedWait wait, int order) {
        this.registry = registry;
        this.wait = wait;
        this.order = order;
    }

    /** Discovery by this registry, which stays the caller's to close. Waits for 5 s at most, and is first in Spring's order. */
    public static LockServiceDiscoveryClient of(NameRegistry registry) {
        return of(registry, DEFAULT_WAIT_MS, DEFAULT_ORDER);
    }

    /**
     * Discovery by this registry.
     *
     * @param waitMs how long a call that asks the cell waits, 1 or more
     * @param order where several discovery clients are asked, the smallest is first
     */
    public static LockServiceDiscoveryClient of(NameRegistry registry, long waitMs, int order) {
        return new LockServiceDiscoveryClient(registry, new BoundedWait(registry, waitMs), order);
    }

    @Override
    public String description() {
        return "lockservice";
    }

    /**
     * Who offers the service, by id; empty where nobody does.
     *
     * @throws IllegalArgumentException where {@code serviceId} cannot be the name of a service
     */
    @Override
    public List<ServiceInstance> getInstances(String serviceId) {
        Future<Service> known = registry.resolve(serviceId);
        Service service = known.succeeded()
                ? known.result()
                : wait.result(() -> registry.resolve(serviceId), "who offers " + serviceId);
        return service.instances().stream()
                .<ServiceInstance>map(each -> new LockServiceInstance(each.service(), each.id(), each.instance()))
                .toList();
    }

    /** The names of all services that somebody offers, sorted. Asks the cell each time. */
    @Override
    public List<String> getServices() {
        return wait.result(registry::names, "what services there are");
    }

    /** Asks the cell; throws where it cannot be asked. */
    @Override
    public void probe() {
        getServices();
    }

    @Override
    public int getOrder() {
        return order;
    }
}
