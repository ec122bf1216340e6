package io.lockservice.server.bus;

import io.vertx.core.Completable;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A cluster whose members are told, not discovered: consensus decides who is in, and nothing else may. Node ids are
 * replica ids, every address belongs to one replica, and no registration ever travels. Members hold host names, so a
 * name is looked up anew at each connect. Shared maps, locks and counters do not exist here.
 *
 * <p>Threading: any.
 */
final class StaticClusterManager implements ClusterManager {
    private final Addresses addresses;
    private final String self;
    private final Map<String, NodeInfo> members = new ConcurrentHashMap<>();
    private volatile boolean active;

    /**
     * A node that knows no other yet.
     *
     * @param addresses which node an address belongs to
     * @param self this node's id
     */
    StaticClusterManager(Addresses addresses, String self) {
        this.addresses = addresses;
        this.self = self;
    }

    /** Replica {@code id} listens at {@code host:bus}. */
    void put(int id, String host, int bus) {
        members.put(Addresses.node(id), new NodeInfo(host, bus, null));
    }

    @Override
    public void init(Vertx vertx) {}

    @Override
    public String getNodeId() {
        return self;
    }

    @Override
    public List<String> getNodes() {
        return members.keySet().stream().sorted().toList();
    }

    @Override
    public @Nullable NodeInfo getNodeInfo() {
        return members.get(self);
    }

    /** Where the bus says it listens does not matter: the others know it from their own configuration. */
    @Override
    public void setNodeInfo(NodeInfo nodeInfo, Completable<Void> promise) {
        promise.succeed();
    }

    @Override
    public void getNodeInfo(String nodeId, Completable<NodeInfo> promise) {
        @Nullable NodeInfo member = members.get(nodeId);
        if (member == null) {
            promise.fail("no replica " + nodeId + " in this cell");
        } else {
            promise.succeed(member);
        }
    }

    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
        String node = addresses.nodeOf(address);
        promise.succeed(members.containsKey(node) ? List.of(new RegistrationInfo(node, 0, false)) : List.of());
    }

    @Override
    public void addRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        promise.succeed();
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        promise.succeed();
    }

    @Override
    public void join(Completable<Void> promise) {
        active = true;
        promise.succeed();
    }

    @Override
    public void leave(Completable<Void> promise) {
        active = false;
        promise.succeed();
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public void nodeListener(NodeListener listener) {}

    @Override
    public void registrationListener(RegistrationListener listener) {}

    @Override
    public <K, V> void getAsyncMap(String name, Completable<AsyncMap<K, V>> promise) {
        promise.fail(unsupported());
    }

    @Override
    public <K, V> Map<K, V> getSyncMap(String name) {
        throw unsupported();
    }

    @Override
    public void getLockWithTimeout(String name, long timeout, Completable<Lock> promise) {
        promise.fail(unsupported());
    }

    @Override
    public void getCounter(String name, Completable<Counter> promise) {
        promise.fail(unsupported());
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("replicas share nothing but the log");
    }
}
