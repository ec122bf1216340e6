package io.lockservice.server.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Completable;
import io.vertx.core.Promise;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticClusterManagerTest {
    private static final NodeInfo ONE = new NodeInfo("one.example", 7401, null);
    private static final NodeInfo TWO = new NodeInfo("two.example", 7402, null);

    private final StaticClusterManager cluster = new StaticClusterManager(new Addresses("par.is"), "1");

    @BeforeEach
    void twoMembers() {
        cluster.put(1, "one.example", 7401);
        cluster.put(2, "two.example", 7402);
    }

    @Test
    void aMemberMayComeOrMove() {
        cluster.put(3, "three.example", 7403);
        cluster.put(2, "elsewhere.example", 7402);
        assertEquals(List.of("1", "2", "3"), cluster.getNodes());
        assertEquals(
                "elsewhere.example",
                this.<NodeInfo>result(done -> cluster.getNodeInfo("2", done)).host());
        assertEquals(List.of(new RegistrationInfo("3", 0, false)), registrations(new Addresses("par.is").of(3)));
    }

    @Test
    void membersAreThoseGiven() {
        assertEquals("1", cluster.getNodeId());
        assertEquals(List.of("1", "2"), cluster.getNodes());
        assertEquals(ONE, cluster.getNodeInfo());
    }

    @Test
    void aMemberIsKnownByItsHostNameNotAnAddress() {
        assertEquals(TWO, this.<NodeInfo>result(done -> cluster.getNodeInfo("2", done)));
        assertNotNull(failure(done -> cluster.getNodeInfo("3", done)));
    }

    @Test
    void anAddressBelongsToItsReplica() {
        assertEquals(List.of(new RegistrationInfo("2", 0, false)), registrations(new Addresses("par.is").of(2)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "par.is.replica.3",
                "par.is.replica.",
                "par.is.replica.2.x",
                "rome.replica.2",
                "2",
                "",
                "replica.2"
            })
    void otherAddressesBelongToNobody(String address) {
        assertEquals(List.of(), registrations(address));
    }

    @Test
    void itIsActiveBetweenJoinAndLeave() {
        assertFalse(cluster.isActive());
        this.<Void>result(cluster::join);
        assertTrue(cluster.isActive());
        this.<Void>result(cluster::leave);
        assertFalse(cluster.isActive());
    }

    @Test
    void nothingIsSharedButTheLog() {
        assertNotNull(failure(done -> cluster.getAsyncMap("x", narrow(done))));
        assertNotNull(failure(done -> cluster.getLockWithTimeout("x", 1, narrow(done))));
        assertNotNull(failure(done -> cluster.getCounter("x", narrow(done))));
        assertThrows(UnsupportedOperationException.class, () -> cluster.getSyncMap("x"));
    }

    private List<RegistrationInfo> registrations(String address) {
        return this.<List<RegistrationInfo>>result(done -> cluster.getRegistrations(address, done));
    }

    private static <T> Completable<T> narrow(Completable<NodeInfo> done) {
        return (result, failure) -> done.complete(null, failure);
    }

    private <T> T result(Consumer<Completable<T>> call) {
        Promise<T> promise = Promise.promise();
        call.accept(promise);
        assertTrue(promise.future().succeeded());
        return promise.future().result();
    }

    private Throwable failure(Consumer<Completable<NodeInfo>> call) {
        Promise<NodeInfo> promise = Promise.promise();
        call.accept(promise);
        return promise.future().cause();
    }
}
