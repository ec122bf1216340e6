package io.lockservice.client.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.election.ElectionOptions;
import io.lockservice.client.election.Leadership;
import io.lockservice.client.testkit.LockServiceTest;
import io.lockservice.client.vertx.ElectedVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The snippet of docs/adapters.md on verticles. */
@Timeout(60)
@LockServiceTest(replicas = 1)
class VerticleExampleTest {
    private static final CompletableFuture<Long> STARTED = new CompletableFuture<>();

    @Test
    void aDispatcherThatRunsOnce(LockServiceClient client) throws Exception {
        Vertx vertx = Vertx.vertx();
        Future<ElectedVerticle> dispatcher = ElectedVerticle.deploy(
                vertx,
                client,
                "/ls/local/orders/dispatcher",
                leadership -> new Dispatcher(leadership),
                new DeploymentOptions(),
                ElectionOptions.named("host-a"));
        ElectedVerticle elected =
                dispatcher.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        long token = STARTED.get(30, TimeUnit.SECONDS);
        assertEquals(token, elected.leadership().orElseThrow().token());
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static final class Dispatcher extends VerticleBase {
        private final Leadership leadership;

        Dispatcher(Leadership leadership) {
            this.leadership = leadership;
        }

        @Override
        public Future<?> start() {
            STARTED.complete(leadership.token());
            return Future.succeededFuture();
        }
    }
}
