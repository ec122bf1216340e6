package io.lockservice.client.vertx;

import io.lockservice.client.registry.Balancer;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Service;
import io.lockservice.client.registry.ServiceInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.Address;
import io.vertx.core.net.AddressResolver;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.endpoint.LoadBalancer;
import io.vertx.core.net.endpoint.ServerEndpoint;
import io.vertx.core.spi.endpoint.EndpointBuilder;
import io.vertx.core.spi.endpoint.EndpointResolver;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets Vert.x's HTTP client call services by name. Only the first call of a name asks the cell; each later one goes to whoever is
 * there then, also while the cell is away. From all threads.
 *
 * <p>Vert.x asks the resolver of a client for every address, so that a client which has this one calls services alone.
 *
 * <p>A call fails with an {@code IllegalStateException} of Vert.x's where nobody offers the service, and as
 * {@link NameRegistry#resolve} does where the cell could not be asked the first time.
 */
public final class ServiceResolver implements AddressResolver<ServiceAddress> {
    private final NameRegistry registry;

    private ServiceResolver(NameRegistry registry) {
        this.registry = registry;
    }

    /** A resolver of what this registry knows, which stays the caller's to close. */
    public static ServiceResolver of(NameRegistry registry) {
        return new ServiceResolver(registry);
    }

    /** Chooses among the instances as {@code balancer} does, with their weights and metadata. For clients with such a resolver. */
    public static LoadBalancer balancing(Balancer balancer) {
        return servers -> {
            List<ServiceInstance> instances = servers.stream()
                    .map(ServerEndpoint::unwrap)
                    .map(ServiceInstance.class::cast)
                    .toList();
            return () -> balancer.choose(instances).map(instances::indexOf).orElse(-1);
        };
    }

    @Override
    public EndpointResolver<ServiceAddress, ?, ?, ?> endpointResolver(Vertx vertx) {
        return new Resolver<>(registry);
    }

    /** One address's instances, and what Vert.x made of the ones that were there last. */
    private static final class State<E> {
        private final Service service;
        private final ServiceAddress address;
        private final EndpointBuilder<E, ServiceInstance> empty;
        private volatile @Nullable Built<E> built;

        State(Service service, ServiceAddress address, EndpointBuilder<E, ServiceInstance> empty) {
            this.service = service;
            this.address = address;
            this.empty = empty;
        }

        /** The same while nothing changes, for the load balancer counts on it. */
        E endpoint() {
            List<ServiceInstance> now = service.instances();
            Built<E> last = built;
            if (last != null && last.of.equals(now)) {
                return last.endpoint;
            }
            String tag = address.tag();
            EndpointBuilder<E, ServiceInstance> builder = empty;
            for (ServiceInstance each : now) {
                if (tag == null || each.tags().contains(tag)) {
                    builder = builder.addServer(each, each.id());
                }
            }
            Built<E> next = new Built<>(now, builder.build());
            built = next;
            return next.endpoint;
        }
    }

    private record Built<E>(List<ServiceInstance> of, E endpoint) {}

    private static final class Resolver<E> implements EndpointResolver<ServiceAddress, ServiceInstance, State<E>, E> {
        private final NameRegistry registry;

        Resolver(NameRegistry registry) {
            this.registry = registry;
        }

        @Override
        public @Nullable ServiceAddress tryCast(Address address) {
            return address instanceof ServiceAddress service ? service : null;
        }

        @Override
        public SocketAddress addressOf(ServiceInstance server) {
            return SocketAddress.inetSocketAddress(server.port(), server.address());
        }

        @Override
        public JsonObject propertiesOf(ServiceInstance server) {
            return new JsonObject()
                    .put("tags", new JsonArray(server.tags()))
                    .put("metadata", new JsonObject(new LinkedHashMap<>(server.metadata())))
                    .put("weight", server.weight());
        }

        @Override
        public Future<State<E>> resolve(ServiceAddress address, EndpointBuilder<E, ServiceInstance> builder) {
            return registry.resolve(address.service()).map(service -> new State<>(service, address, builder));
        }

        @Override
        public E endpoint(State<E> state) {
            return state.endpoint();
        }

        @Override
        public boolean isValid(State<E> state) {
            return !state.service.isClosed();
        }

        /** The registry keeps the service: others may use it, and it will be asked for again. */
        @Override
        public void dispose(State<E> state) {}

        @Override
        public void close() {}
    }
}
