package io.lockservice.client.springcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Service;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spring Cloud with a real cell: in an application context, as a program has it. */
class SpringCloudCellTest extends CellTest {
    private static final int PORT = 8_080;

    /** docs/adapters.md. */
    @Configuration(proxyBeanMethods = false)
    static class Naming {
        @Bean
        NameRegistry names(LockServiceClient client) {
            return NameRegistry.of(client, "web on host-a");
        }

        @Bean
        DiscoveryClient discovery(NameRegistry names) {
            return LockServiceDiscoveryClient.of(names);
        }

        @Bean
        LockServiceServiceRegistry services(NameRegistry names) {
            return LockServiceServiceRegistry.of(names);
        }

        @Bean
        LockServiceAutoRegistration registration(
                ApplicationContext context,
                LockServiceServiceRegistry services,
                AutoServiceRegistrationProperties properties) {
            return new LockServiceAutoRegistration(
                    context,
                    services,
                    properties,
                    port -> LockServiceRegistration.of("web", "host-a", Instance.at("10.0.0.7", port)));
        }
    }

    /** As Spring Boot's: with a server that listens once the beans are there. */
    private static final class Application extends AnnotationConfigApplicationContext
            implements WebServerApplicationContext {
        @Override
        public WebServer getWebServer() {
            return new Listening();
        }

        @Override
        public String getServerNamespace() {
            return "server";
        }

        void listen() {
            publishEvent(new WebServerInitializedEvent(getWebServer()) {
                private static final long serialVersionUID = 1L;

                @Override
                public WebServerApplicationContext getApplicationContext() {
                    return Application.this;
                }
            });
        }
    }

    private static final class Listening implements WebServer {
        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public int getPort() {
            return PORT;
        }
    }

    /** What stops with the web server, and notes whether the instance is still to be found. */
    private record Stopping(BooleanSupplier registered, List<Boolean> stopped) implements SmartLifecycle {
        @Override
        public void start() {}

        @Override
        public void stop() {
            stopped.add(registered.getAsBoolean());
        }

        @Override
        public boolean isRunning() {
            return stopped.isEmpty();
        }
    }

    private final List<Boolean> stopped = new CopyOnWriteArrayList<>();

    private Application application(boolean registers) {
        AutoServiceRegistrationProperties properties = new AutoServiceRegistrationProperties();
        properties.setEnabled(registers);
        Application application = new Application();
        application.registerBean(LockServiceClient.class, this::client);
        application.registerBean(AutoServiceRegistrationProperties.class, () -> properties);
        application.register(Naming.class);
        application.registerBean(
                Stopping.class,
                () -> new Stopping(application.getBean(LockServiceAutoRegistration.class)::isRunning, stopped));
        application.refresh();
        return application;
    }

    @Test
    void anApplicationIsFoundWhileItRuns() throws Exception {
        Application application = application(true);
        CountDownLatch registered = new CountDownLatch(1);
        application.addApplicationListener(event -> {
            if (event instanceof InstanceRegisteredEvent<?>) {
                registered.countDown();
            }
        });
        Service web = TestCell.await(NameRegistry.of(client(), "look").resolve("web"));
        CountDownLatch found = new CountDownLatch(1);
        web.addListener(change -> {
            if (!change.added().isEmpty()) {
                found.countDown();
            }
        });
        assertEquals(List.of(), web.instances(), "not before its server listens");
        application.listen();
        assertEquals(0, registered.getCount(), "Spring's event");
        assertTrue(found.await(60, TimeUnit.SECONDS));
        DiscoveryClient discovery = application.getBean(DiscoveryClient.class);
        ServiceInstance instance = discovery.getInstances("web").get(0);
        assertEquals("http://10.0.0.7:8080", instance.getUri().toString());
        assertEquals(List.of("web"), discovery.getServices());
        application.close();
        assertEquals(List.of(false), stopped, "it is away before the web server stops");
        assertEquals(
                List.of(),
                TestCell.await(NameRegistry.of(client(), "look again").resolve("web"))
                        .instances(),
                "when the context is closed it is away, and its lease need not run out");
    }

    @Test
    void whatIsSwitchedOffIsNotRegistered() {
        Application application = application(false);
        application.listen();
        assertFalse(application.getBean(LockServiceAutoRegistration.class).isRunning());
        assertEquals(List.of(), application.getBean(DiscoveryClient.class).getServices());
        application.close();
    }

    @Test
    void aWorkerOfVertxMayWait() throws Exception {
        DiscoveryClient discovery = LockServiceDiscoveryClient.of(NameRegistry.of(client(), "caller"));
        CompletableFuture<List<ServiceInstance>> found = new CompletableFuture<>();
        Vertx vertx = Vertx.vertx();
        Future<String> deployed = vertx.deployVerticle(
                new VerticleBase() {
                    @Override
                    public Future<?> start() {
                        found.complete(discovery.getInstances("nobody"));
                        return Future.succeededFuture();
                    }
                },
                new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER));
        TestCell.await(deployed);
        assertEquals(List.of(), found.get(30, TimeUnit.SECONDS));
        TestCell.await(vertx.close());
    }
}
