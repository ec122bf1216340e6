package io.lockservice.client.stork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.stork.Stork;
import io.smallrye.stork.api.Service;
import io.smallrye.stork.api.ServiceInstance;
import io.smallrye.stork.integration.DefaultStorkInfrastructure;
import io.smallrye.stork.spi.config.SimpleServiceConfig.SimpleServiceDiscoveryConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real Stork with a real cell. */
class StorkCellTest extends CellTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @AfterEach
    void shutDown() {
        Stork.shutdown();
        TestConfiguration.clear();
        TestCell.await(ConfiguredRegistries.shutdown());
    }

    @Test
    void aServiceIsFoundByItsName() {
        TestCell.await(NameRegistry.of(client(), "web on host-a")
                .register("web", "host-a", Instance.at("10.0.0.7", 8080))
                .registered());
        TestConfiguration.discover("web", Map.of());
        LockServiceClient client = client();
        // docs/adapters.md
        NameRegistry registry = NameRegistry.of(client, "caller on host-a");
        Stork.initialize(LockServiceInfrastructure.of(registry));
        Uni<ServiceInstance> target = Stork.getInstance().getService("web").selectInstance();
        assertEquals("10.0.0.7", target.await().atMost(LONG).getHost());
        cell.kit().replicas().forEach(cell.kit()::kill);
        assertEquals("10.0.0.7", target.await().atMost(LONG).getHost(), "the cell is not needed for what is known");
        cell.kit().repair();
    }

    @Test
    void aConfigurationAloneIsEnough() {
        String urls = String.join(", ", cell.urls());
        TestConfiguration.register("web", Map.of("urls", urls, "client", "web on host-a", "instance", "host-a"));
        TestConfiguration.discover("caller of web", Map.of("urls", urls, "service", "web", "tag", ""));
        Stork.initialize();
        Service web = Stork.getInstance().getService("web");
        web.registerInstance("web", "10.0.0.7", 8080).await().atMost(LONG);
        Service called = Stork.getInstance().getService("caller of web");
        assertEquals(8080, called.selectInstance().await().atMost(LONG).getPort());
        NameRegistry known = configured(urls);
        assertSame(known, configured(urls), "one for the same URLs");
        TestCell.await(ConfiguredRegistries.shutdown());
        assertEquals(
                List.of(),
                TestCell.await(NameRegistry.of(client(), "look").resolve("web")).instances(),
                "what was registered with it is away");
        assertNotSame(known, configured(urls));
    }

    private static NameRegistry configured(String urls) {
        return ConfiguredRegistries.of(
                new SimpleServiceDiscoveryConfig("lockservice", Map.of("urls", urls)),
                "web",
                new DefaultStorkInfrastructure());
    }
}
