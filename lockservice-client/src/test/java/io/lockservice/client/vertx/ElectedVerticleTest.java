package io.lockservice.client.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.election.ElectionOptions;
import io.lockservice.client.election.Leadership;
import io.lockservice.client.testkit.LockServiceCell;
import io.lockservice.client.testkit.LockServiceTest;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@LockServiceTest
class ElectedVerticleTest {
    private static final AtomicInteger TESTS = new AtomicInteger();

    private final String node = "/ls/local/dispatcher-" + TESTS.incrementAndGet();
    private final List<Vertx> instances = new ArrayList<>();
    private final BlockingQueue<String> happened = new LinkedBlockingQueue<>();
    private final LockServiceCell cell;

    ElectedVerticleTest(LockServiceCell cell) {
        this.cell = cell;
    }

    @AfterEach
    void stop() {
        instances.forEach(each -> LockServiceCell.await(each.close()));
    }

    private Vertx instance() {
        Vertx vertx = Vertx.vertx();
        instances.add(vertx);
        return vertx;
    }

    private ElectionOptions options(String host) {
        return ElectionOptions.named(host)
                .withNote(host)
                .withSession(SessionOptions.named(host).withLeaseMs(2_000));
    }

    private ElectedVerticle candidate(String host, Function<Leadership, ? extends Deployable> verticle) {
        return candidate(instance(), cell.client(node + host), host, verticle, new DeploymentOptions());
    }

    private ElectedVerticle candidate(
            Vertx vertx,
            LockServiceClient client,
            String host,
            Function<Leadership, ? extends Deployable> verticle,
            DeploymentOptions deployment) {
        return LockServiceCell.await(ElectedVerticle.deploy(vertx, client, node, verticle, deployment, options(host)));
    }

    private Function<Leadership, Deployable> telling(String host) {
        return leadership -> new Telling(host, happened, leadership, 50);
    }

    private String next() throws InterruptedException {
        String next = happened.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing happened");
        }
        return next;
    }

    /** Says what becomes of it, in Vert.x 5's way. */
    private static final class Telling extends VerticleBase {
        private final String host;
        private final BlockingQueue<String> happened;
        private final Leadership leadership;
        private final long stopMs;

        Telling(String host, BlockingQueue<String> happened, Leadership leadership, long stopMs) {
            this.host = host;
            this.happened = happened;
            this.leadership = leadership;
            this.stopMs = stopMs;
        }

        @Override
        public Future<?> start() {
            assertEquals(leadership.token(), config().getLong(ElectedVerticle.TOKEN));
            assertEquals(leadership.sequencer(), config().getString(ElectedVerticle.SEQUENCER));
            assertTrue(Context.isOnEventLoopThread());
            happened.add(host + " started");
            return Future.succeededFuture();
        }

        @Override
        public Future<?> stop() {
            return vertx.timer(stopMs)
                    .onSuccess(late -> happened.add(host + " stopped"))
                    .mapEmpty();
        }
    }

    @Test
    void runsOnOneInstanceAndMovesOnWhenThatOneLeaves() throws Exception {
        ElectedVerticle a = candidate("a", telling("a"));
        assertEquals("a started", next());
        ElectedVerticle b = candidate("b", telling("b"));
        assertEquals("a", LockServiceCell.await(b.currentLeader()).orElseThrow().note());
        assertTrue(a.isDeployed());
        assertFalse(b.isDeployed());
        long token = a.leadership().orElseThrow().token();
        LockServiceCell.await(a.undeploy());
        assertEquals("a stopped", next(), "before the lock is released");
        assertEquals("b started", next());
        assertTrue(b.leadership().orElseThrow().token() > token);
        assertFalse(a.isDeployed());
        LockServiceCell.await(a.undeploy());
    }

    @Test
    void resigningStopsItFirstAndComesBack() throws Exception {
        ElectedVerticle a = candidate("a", telling("a"));
        assertEquals("a started", next());
        ElectedVerticle b = candidate("b", telling("b"));
        LockServiceCell.await(b.currentLeader());
        LockServiceCell.await(a.resign());
        assertEquals("a stopped", next());
        assertEquals("b started", next());
        LockServiceCell.await(b.resign());
        assertEquals("b stopped", next());
        assertEquals("a started", next());
    }

    @Test
    void closingVertxHandsOver() throws Exception {
        Vertx vertx = instance();
        candidate(vertx, cell.client(node + "a"), "a", telling("a"), new DeploymentOptions());
        assertEquals("a started", next());
        candidate("b", telling("b"));
        LockServiceCell.await(vertx.close());
        assertEquals("a stopped", next());
        assertEquals("b started", next());
    }

    @Test
    void closingTheVertxThatTheClientRunsOnHandsOverWithTheLease() throws Exception {
        Vertx vertx = instance();
        LockServiceClient client =
                LockServiceClient.connect(ClientOptions.of(cell.urls()).vertx(vertx));
        candidate(vertx, client, "a", telling("a"), new DeploymentOptions());
        assertEquals("a started", next());
        candidate("b", telling("b"));
        LockServiceCell.await(vertx.close());
        assertEquals("a stopped", next());
        assertEquals("b started", next());
    }

    @Test
    void closingTheClientStopsItInOrder() throws Exception {
        candidate("a", telling("a"));
        assertEquals("a started", next());
        candidate("b", telling("b"));
        cell.client(node + "a").close();
        assertEquals("a stopped", next());
        assertEquals("b started", next());
    }

    @Test
    void anInstanceThatIsCutOffStopsItBeforeTheLeaseIsOver() throws Exception {
        ElectedVerticle a = candidate("a", telling("a"));
        assertEquals("a started", next());
        candidate("b", telling("b"));
        cell.partition(cell.client(node + "a"));
        assertEquals("a stopped", next());
        assertFalse(a.isDeployed());
        assertEquals("b started", next());
        cell.heal(cell.client(node + "a"));
    }

    @Test
    void aPausedInstanceNoticesAsSoonAsItGoesOn() throws Exception {
        candidate("a", telling("a"));
        assertEquals("a started", next());
        candidate("b", telling("b"));
        cell.pause(cell.client(node + "a"), Duration.ofMinutes(1));
        assertEquals("b started", next(), "its lease is over");
        cell.resume(cell.client(node + "a"));
        assertEquals("a stopped", next());
    }

    @Test
    void aDeploymentThatFailsGivesTheLeadershipUp() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        ElectedVerticle a = candidate("a", leadership -> {
            happened.add("a tries");
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("planned");
            }
            return new AbstractVerticle() {
                @Override
                public void start(Promise<Void> started) {
                    if (tries.get() == 2) {
                        started.fail("planned, too");
                    } else {
                        started.complete();
                        happened.add("a started");
                    }
                }
            };
        });
        assertEquals("a tries", next());
        ElectedVerticle b = candidate("b", telling("b"));
        assertEquals("b started", next(), "a pauses");
        assertFalse(a.isDeployed());
        LockServiceCell.await(b.undeploy());
        assertEquals("b stopped", next());
        assertEquals("a tries", next());
        assertEquals("a tries", next());
        assertEquals("a started", next());
    }

    @Test
    void whatIsUndeployedByOthersIsDeployedAgainOnceItHasStopped() throws Exception {
        Vertx vertx = instance();
        // Slower than another election.
        Function<Leadership, Deployable> slow = leadership -> new Telling("a", happened, leadership, 700);
        ElectedVerticle a =
                candidate(vertx, cell.client(node + "a"), "a", slow, new DeploymentOptions().setInstances(2));
        assertEquals("a started", next());
        assertEquals("a started", next());
        while (!a.isDeployed()) {
            Thread.onSpinWait();
        }
        String id = vertx.deploymentIDs().stream()
                .max(Comparator.comparingInt(Integer::parseInt))
                .orElseThrow();
        vertx.undeploy(id);
        List<String> order = List.of(next(), next(), next(), next());
        assertEquals(List.of("a stopped", "a stopped", "a started", "a started"), order);
    }

    @Test
    void aLeadershipThatEndsDuringTheDeploymentUndeploysWhatComesOfIt() throws Exception {
        Promise<Void> slow = Promise.promise();
        ElectedVerticle a = candidate("a", leadership -> new VerticleBase() {
            @Override
            public Future<?> start() {
                happened.add("a starting");
                return slow.future();
            }

            @Override
            public Future<?> stop() {
                happened.add("a stopped");
                return Future.succeededFuture();
            }
        });
        assertEquals("a starting", next());
        candidate("b", telling("b"));
        Future<Void> gone = a.undeploy();
        assertFalse(gone.isComplete());
        slow.complete();
        LockServiceCell.await(gone);
        assertEquals("a stopped", next());
        assertEquals("b started", next());
    }
}
