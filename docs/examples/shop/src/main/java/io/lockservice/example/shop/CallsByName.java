package io.lockservice.example.shop;

import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.vertx.ServiceAddress;
import io.lockservice.client.vertx.ServiceResolver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.endpoint.ServerEndpoint;
import io.vertx.core.net.endpoint.ServerSelector;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Calls by name, with Vert.x's HTTP client and the registry's copy of who is there: no question to the cell for a call, and none that
 * fails while the cell is away.
 */
final class CallsByName implements Calls {
    private final NameRegistry registry;
    private final HttpClient http;

    CallsByName(Vertx vertx, NameRegistry registry) {
        this.registry = registry;
        http = vertx.httpClientBuilder()
                .withAddressResolver(ServiceResolver.of(registry))
                .withLoadBalancer(ByTurn::new)
                .build();
    }

    @Override
    public Future<Answer> get(String service, String uri) {
        int turn = ThreadLocalRandom.current().nextInt(Short.MAX_VALUE);
        return registry.resolve(service)
                .compose(known -> Attempts.of(
                        Math.min(Attempts.MOST, known.instances().size()),
                        service,
                        number -> Answer.get(http, to(service, uri, turn + number))));
    }

    private static RequestOptions to(String service, String uri, int turn) {
        return new RequestOptions()
                .setServer(ServiceAddress.of(service))
                .setRoutingKey(Integer.toString(turn))
                .setURI(uri);
    }

    /**
     * The routing key says whose turn it is. So the next attempt of a call goes to another instance for certain, whoever else calls
     * meanwhile; a round robin that all calls share could come back to the dead one.
     */
    private record ByTurn(List<? extends ServerEndpoint> servers) implements ServerSelector {
        @Override
        public int select(String turn) {
            return servers.isEmpty() ? -1 : Integer.parseInt(turn) % servers.size();
        }

        @Override
        public int select() {
            return servers.isEmpty() ? -1 : ThreadLocalRandom.current().nextInt(servers.size());
        }
    }
}
