package io.lockservice.example.shop;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs one of the shop's programs: it listens, says under which name it is found, and takes that back before it stops. Exit status:
 * 143 after an orderly stop, 1 where it cannot listen, 2 for a wrong command line.
 */
public final class Shop {
    private static final int MAX_SERVICES = 16;
    private static final long GOODBYE_SECONDS = 2;
    private static final long STOP_WITHIN_SECONDS = 8;

    private final Settings settings;
    private final Vertx vertx = Vertx.vertx();
    private final LockServiceClient client;
    private final NameRegistry registry;

    private Shop(Settings settings) {
        this.settings = settings;
        client = LockServiceClient.connect(settings.cell().toArray(String[]::new));
        // The same client name each time, by which a program that is started again takes its old entry over at once.
        SessionOptions session =
                SessionOptions.named(settings.service() + " " + settings.id()).withLeaseMs(settings.leaseMs());
        registry = NameRegistry.of(client, session, MAX_SERVICES);
    }

    /** Starts the program that {@code arguments} name; returns once it listens. */
    public static void main(String[] arguments) throws InterruptedException {
        if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
            System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tT.%1$tL %4$s %5$s%6$s%n");
        }
        try {
            Settings settings = Settings.of(List.of(arguments), System.getenv());
            new Shop(settings).start();
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(2);
        } catch (ExecutionException failed) {
            System.err.println("cannot listen: " + failed.getCause());
            System.exit(1);
        }
    }

    private void start() throws InterruptedException, ExecutionException {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(new Door(program()))
                .listen(settings.port(), settings.host())
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
        // Only now, for who is found has to answer. The cell need not be there yet.
        Instance instance = Instance.at(settings.host(), server.actualPort());
        registry.register(settings.service(), settings.id(), instance).addListener(new Notes(instance));
    }

    private Program program() {
        return switch (settings.service()) {
            case "prices" -> new Prices(settings.toString());
            case "stock" -> new Stock(settings.toString());
            default ->
                new Storefront(
                        new CallsByName(vertx, registry), new CallsByDns(vertx, settings.dns(), settings.domain()));
        };
    }

    /** First nobody finds it any more, then those who did are served, then it is gone. */
    private void stop(HttpServer server) {
        try {
            registry.shutdown()
                    .timeout(GOODBYE_SECONDS, TimeUnit.SECONDS)
                    .transform(ignored -> server.shutdown(GOODBYE_SECONDS, TimeUnit.SECONDS))
                    .transform(ignored -> client.shutdown().timeout(GOODBYE_SECONDS, TimeUnit.SECONDS))
                    .transform(ignored -> vertx.close())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(STOP_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException late) {
            System.err.println(settings + " did not stop in order: " + late);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }
}
