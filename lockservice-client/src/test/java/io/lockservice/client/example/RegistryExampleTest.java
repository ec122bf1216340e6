package io.lockservice.client.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.registry.Balancer;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.lockservice.client.registry.RegistrationListener;
import io.lockservice.client.registry.Service;
import io.lockservice.client.registry.ServiceInstance;
import io.lockservice.client.vertx.ServiceAddress;
import io.lockservice.client.vertx.ServiceResolver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The snippets of docs/registry.md. */
class RegistryExampleTest extends CellTest {
    private final List<String> noted = Collections.synchronizedList(new ArrayList<>());

    private void note(Object what) {
        noted.add(what.toString());
    }

    @Test
    void anInstanceIsRegistered() {
        LockServiceClient client = client();
        NameRegistry registry = NameRegistry.of(client, "web on host-a");
        Registration web = registry.register(
                "web",
                "host-a",
                Instance.at("10.0.0.7", 8080)
                        .withTags("blue")
                        .withMetadata("zone", "a")
                        .withWeight(2));
        TestCell.await(web.registered());
        web.addListener(new RegistrationListener() {
            @Override
            public void lost(Registration registration, LockServiceException reason) {
                note(reason.detail());
            }
        });
        Future<Void> draining = web.update(Instance.at("10.0.0.7", 8080).withTags("draining"));
        Future<Void> gone = draining.compose(ignored -> web.deregister());
        TestCell.await(gone);
        assertTrue(noted.isEmpty());
    }

    @Test
    void aServiceIsResolved() {
        LockServiceClient client = client();
        NameRegistry registry = NameRegistry.of(client, "web on host-a");
        TestCell.await(registry.register("web", "host-a", Instance.at("10.0.0.7", 8080))
                .registered());
        Balancer balancer = Balancer.nearest("zone", "a", Balancer.weighted());
        Future<Optional<ServiceInstance>> target = registry.resolve("web").map(web -> web.choose(balancer));
        assertEquals("10.0.0.7:8080", TestCell.await(target).orElseThrow().hostAndPort());
        Future<Map<String, Service>> all = registry.resolveAll(List.of("web", "orders", "stock"));
        Service web = TestCell.await(all.map(each -> each.get("web")));
        web.addListener(change -> note("there are " + change.instances().size() + " now, came: " + change.added()));
        if (web.ageMs() > 60_000) {
            note("the cell is away; these are the instances of a minute ago");
        }
        TestCell.await(registry.shutdown());
        assertEquals(1, noted.size());
    }

    @Test
    void httpGoesByName() {
        LockServiceClient client = client();
        Vertx vertx = Vertx.vertx();
        int port = TestCell.await(vertx.createHttpServer()
                        .requestHandler(request -> request.response().end("hello"))
                        .listen(0, "127.0.0.1"))
                .actualPort();
        NameRegistry registry = NameRegistry.of(client, "web on host-a");
        TestCell.await(registry.register("web", "host-a", Instance.at("127.0.0.1", port))
                .registered());
        HttpClient http = vertx.httpClientBuilder()
                .withAddressResolver(ServiceResolver.of(registry))
                .withLoadBalancer(ServiceResolver.balancing(Balancer.weighted()))
                .build();
        Future<Buffer> page = http.request(
                        new RequestOptions().setServer(ServiceAddress.of("web")).setURI("/"))
                .compose(request -> request.send().compose(response -> response.body()));
        assertEquals("hello", TestCell.await(page).toString());
        TestCell.await(vertx.close());
    }
}
