package io.lockservice.client.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.testkit.LockServiceCell;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Against a real cell: what can fail does, and those who watch see all of it. */
class NameRegistryTest extends CellTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> own = new LinkedBlockingQueue<>();

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        String next = queue.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came");
        }
        return next;
    }

    private Service watched(String name) {
        Service service = TestCell.await(NameRegistry.of(client(), "caller").resolve(name));
        service.addListener(change -> {
            change.added().forEach(each -> told.add("+" + each.id() + " " + each.port()));
            change.updated().forEach(each -> told.add("~" + each.id() + " " + each.port()));
            change.removed().forEach(each -> told.add("-" + each.id() + " " + each.port()));
        });
        return service;
    }

    private NameRegistry shortLived(String clientName) {
        return NameRegistry.of(client(), SessionOptions.named(clientName).withLeaseMs(2_000), 10);
    }

    private static Registration registered(NameRegistry registry, String id, int port) {
        Registration registration = registry.register("web", id, Instance.at("127.0.0.1", port));
        TestCell.await(registration.registered());
        return registration;
    }

    private final class Own implements RegistrationListener {
        @Override
        public void registered(Registration registration) {
            own.add("registered");
        }

        @Override
        public void lost(Registration registration, LockServiceException reason) {
            own.add(reason.code());
        }

        @Override
        public void refused(Registration registration, LockServiceException reason) {
            own.add("refused, owner " + (reason instanceof InstanceTakenException taken ? taken.owner() : "none"));
        }
    }

    @Test
    void aWatchSeesWhoComesChangesAndGoes() throws Exception {
        NameRegistry offering = NameRegistry.of(client(), "host a");
        Service web = watched("web");
        Registration one = registered(offering, "1", 80);
        assertEquals("+1 80", next(told));
        Instance more = Instance.at("127.0.0.1", 81)
                .withTags("blue")
                .withMetadata("zone", "a")
                .withWeight(3);
        TestCell.await(one.update(more));
        assertEquals("~1 81", next(told));
        assertEquals(more, web.instances().get(0).instance());
        registered(offering, "2", 82);
        assertEquals("+2 82", next(told));
        TestCell.await(one.deregister());
        assertEquals("-1 81", next(told));
        Registration again = registered(offering, "1", 83);
        // What comes and goes within a tenth of a second may not be told at all.
        assertEquals("+1 83", next(told));
        TestCell.await(again.deregister());
        assertEquals("-1 83", next(told));
        TestCell.await(offering.shutdown());
        assertEquals("-2 82", next(told));
        assertTrue(told.isEmpty());
    }

    @Test
    void neitherALeaderThatDiesNorARestartOfAllLosesARegistration() throws Exception {
        NameRegistry offering = NameRegistry.of(client(), "host a");
        Registration one = registered(offering, "1", 80);
        one.addListener(new Own());
        assertEquals("registered", next(own));
        Service web = watched("web");
        assertEquals("+1 80", next(told));
        LockServiceCell kit = cell.kit();
        kit.killLeader();
        registered(NameRegistry.of(client(), "host b"), "2", 81);
        assertEquals("+2 81", next(told));
        kit.repair();
        kit.replicas().forEach(kit::kill);
        assertEquals(2, web.instances().size(), "served while nobody is there");
        kit.replicas().forEach(kit::restart);
        kit.awaitReady();
        registered(NameRegistry.of(client(), "host c"), "3", 82);
        // A restart may take longer than a lease on a busy machine; then they come back, and that is seen too.
        while (web.instances().size() < 3 || !one.isRegistered()) {
            next(told);
        }
        TestCell.await(one.registered());
        assertEquals(
                List.of(80, 81, 82),
                web.instances().stream().map(ServiceInstance::port).toList());
    }

    @Test
    void whoseSessionEndsComesBackByItself() throws Exception {
        Service web = watched("web");
        Registration one = registered(NameRegistry.of(client(), "host a"), "1", 80);
        one.addListener(new Own());
        assertEquals("registered", next(own));
        assertEquals("+1 80", next(told));
        String session = web.instances().get(0).session();
        TestCell.await(client().execute(Operation.delete("/v1/sessions/" + session)));
        assertEquals("session-expired", next(own));
        assertEquals("registered", next(own));
        String seen = next(told);
        // Where both come close together they are one change.
        assertEquals("+1 80", seen.equals("-1 80") ? next(told) : seen.replace('~', '+'));
        assertFalse(web.instances().get(0).session().equals(session));
    }

    @Test
    void theDeadGoWithTheirLease() throws Exception {
        watched("web");
        TestCell.await(client().execute(Operation.put("/v1/services/web/dead")
                .header("Lockservice-Session", mortal())
                .json(new JsonObject().put("address", "127.0.0.1").put("port", 80))));
        assertEquals("+dead 80", next(told));
        assertEquals("-dead 80", next(told));
    }

    /** A session that nobody keeps alive. */
    private String mortal() {
        Operation open = Operation.post("/v1/sessions")
                .json(new JsonObject().put("client", "mortal").put("leaseMs", 2_000));
        return TestCell.await(client().execute(open)).json().path("session").asText();
    }

    @Test
    void anotherClientsIsToldWithItsOwnerAndOnesOwnIsTakenOver() throws Exception {
        NameRegistry first = shortLived("host a");
        Registration old = registered(first, "1", 80);
        Service web = watched("web");
        String owner = web.instances().get(0).session();
        Registration other = NameRegistry.of(client(), "host b").register("web", "1", Instance.at("127.0.0.1", 81));
        other.addListener(new Own());
        assertEquals("refused, owner " + owner, next(own));
        Future<Void> waiting = other.registered();
        Registration again = registered(shortLived("host a"), "1", 82);
        assertEquals("+1 80", next(told));
        assertEquals("~1 82", next(told));
        TestCell.await(old.deregister());
        assertTrue(again.isRegistered());
        TestCell.await(again.deregister());
        TestCell.await(waiting);
        assertEquals(
                List.of(81),
                List.of(TestCell.await(NameRegistry.of(client(), "look").resolve("web"))
                        .instances()
                        .get(0)
                        .port()));
    }

    @Test
    void manyNamesAreResolvedTogether() {
        NameRegistry offering = NameRegistry.of(client(), "host a");
        registered(offering, "1", 80);
        Map<String, Service> all =
                TestCell.await(NameRegistry.of(client(), "caller").resolveAll(List.of("web", "größe", "a,b", "none")));
        assertEquals(4, all.size());
        assertEquals(
                List.of(1, 0, 0, 0),
                all.values().stream().map(each -> each.instances().size()).toList());
        registered(offering, "2", 81);
        TestCell.await(
                offering.register("größe", "1", Instance.at("127.0.0.1", 80)).registered());
        assertEquals(
                List.of("größe", "web"),
                TestCell.await(NameRegistry.of(client(), "look").names()));
    }

    @Test
    void whatTheCellDoesNotTakeIsToldAndCanBePutRight() throws Exception {
        Registration bad = NameRegistry.of(client(), "host a").register("web", "1", Instance.at("not an address", 80));
        bad.addListener(new Own());
        assertEquals("refused, owner none", next(own));
        TestCell.await(bad.update(Instance.at("127.0.0.1", 80)));
        assertEquals("registered", next(own));
    }
}
