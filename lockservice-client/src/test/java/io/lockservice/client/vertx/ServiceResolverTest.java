package io.lockservice.client.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.registry.Balancer;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.lockservice.client.registry.Service;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.Address;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceResolverTest extends CellTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void closeVertx() {
        TestCell.await(vertx.close());
    }

    /** An instance that answers with its own id. */
    private Registration offer(String id, int weight, String... tags) {
        int port = TestCell.await(vertx.createHttpServer()
                        .requestHandler(request -> request.response().end(id))
                        .listen(0, "127.0.0.1"))
                .actualPort();
        Instance instance =
                Instance.at("127.0.0.1", port).withTags(tags).withWeight(weight).withMetadata("zone", "zone " + id);
        Registration registration = NameRegistry.of(client(), "host " + id).register("web", id, instance);
        TestCell.await(registration.registered());
        return registration;
    }

    private static Future<String> get(HttpClient http, Address server) {
        return http.request(new RequestOptions().setServer(server).setURI("/"))
                .compose(request -> {
                    // Before it is sent: the answer may be there sooner than this thread looks for it.
                    Future<Buffer> body = request.response().compose(HttpClientResponse::body);
                    return request.end().compose(sent -> body);
                })
                .map(Buffer::toString);
    }

    private static Map<String, Integer> answers(HttpClient http, Address server, int calls) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < calls; i++) {
            counts.merge(TestCell.await(get(http, server)), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void callsGoByNameToWhoeverIsThere() throws Exception {
        Registration a = offer("a", 1, "blue");
        offer("b", 1);
        NameRegistry registry = NameRegistry.of(client(), "caller");
        HttpClient http = vertx.httpClientBuilder()
                .withAddressResolver(ServiceResolver.of(registry))
                .build();
        ServiceAddress web = ServiceAddress.of("web");
        assertEquals(Map.of("a", 5, "b", 5), answers(http, web, 10));
        assertEquals(Map.of("a", 3), answers(http, web.withTag("blue"), 3));
        Service known = TestCell.await(registry.resolve("web"));
        CountDownLatch left = new CountDownLatch(1);
        known.addListener(change -> {
            if (!change.removed().isEmpty()) {
                left.countDown();
            }
        });
        TestCell.await(a.deregister());
        assertTrue(left.await(60, TimeUnit.SECONDS));
        assertEquals(Map.of("b", 4), answers(http, web, 4));
        TestCell.failure(IllegalStateException.class, get(http, web.withTag("blue")));
        TestCell.failure(IllegalStateException.class, get(http, ServiceAddress.of("nobody")));
        cell.kit().replicas().forEach(cell.kit()::kill);
        assertEquals(Map.of("b", 4), answers(http, web, 4), "the cell is not needed for what is known");
        cell.kit().repair();
    }

    @Test
    void aServiceThatWasClosedIsAskedForAnew() {
        offer("a", 1);
        NameRegistry registry = NameRegistry.of(client(), "caller");
        HttpClient http = vertx.httpClientBuilder()
                .withAddressResolver(ServiceResolver.of(registry))
                .build();
        assertEquals(Map.of("a", 1), answers(http, ServiceAddress.of("web"), 1));
        TestCell.await(registry.resolve("web")).close();
        offer("b", 1);
        assertEquals(Map.of("a", 2, "b", 2), answers(http, ServiceAddress.of("web"), 4));
    }

    @Test
    void weightsAndMetadataCount() {
        offer("a", 1);
        offer("b", 1_000);
        NameRegistry registry = NameRegistry.of(client(), "caller");
        ServiceAddress web = ServiceAddress.of("web");
        Balancer weighted = Balancer.weighted(new Random(1));
        HttpClient byWeight = vertx.httpClientBuilder()
                .withAddressResolver(ServiceResolver.of(registry))
                .withLoadBalancer(ServiceResolver.balancing(weighted))
                .build();
        assertEquals(Map.of("b", 10), answers(byWeight, web, 10));
        HttpClient near = vertx.httpClientBuilder()
                .withAddressResolver(ServiceResolver.of(registry))
                .withLoadBalancer(ServiceResolver.balancing(Balancer.nearest("zone", "zone a", weighted)))
                .build();
        assertEquals(Map.of("a", 10), answers(near, web, 10));
    }
}
