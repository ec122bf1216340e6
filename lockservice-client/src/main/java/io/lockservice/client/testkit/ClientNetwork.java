package io.lockservice.client.testkit;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.transport.Address;
import io.lockservice.server.config.CellConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What lies between one client and the replicas. Replicas are named by their ids; none named means all of them. Everything
 * here returns once it is so.
 *
 * <p>Threading: any thread but an event loop.
 */
public final class ClientNetwork {
    private final String name;
    private final Map<Integer, ReplicaProxy> proxies = new TreeMap<>();
    private volatile Conditions worst = Conditions.GOOD;

    private ClientNetwork(String name) {
        this.name = name;
    }

    static ClientNetwork open(String name, Vertx vertx, NetClient outwards, List<CellConfig.Member> replicas) {
        ClientNetwork network = new ClientNetwork(name);
        List<Future<ReplicaProxy>> opening = replicas.stream()
                .map(each -> {
                    ReplicaProxy proxy = new ReplicaProxy(vertx, outwards, each.host(), each.http());
                    network.proxies.put(each.id(), proxy);
                    return proxy.open();
                })
                .toList();
        Waiting.await(Future.join(opening), "the network of " + name + " is to open");
        return network;
    }

    /** Whose network it is. */
    public String name() {
        return name;
    }

    /** Where the replicas are reached through this network, in the order of their ids. */
    public String[] urls() {
        return proxies.values().stream().map(ReplicaProxy::url).toArray(String[]::new);
    }

    /** Options for a client that keeps to this network; made anew by each call. */
    public ClientOptions clientOptions() {
        return ClientOptions.of(urls()).addressTranslator(this::translated);
    }

    private Address translated(Address address) {
        return proxies.values().stream()
                .filter(each -> each.leadsTo(address.host(), address.port()))
                .findFirst()
                .map(each -> Address.parse(each.url()))
                .orElse(address);
    }

    /**
     * Lets nothing through, in either direction, until {@link #heal()}. Nothing is refused: connections are accepted, and
     * stay silent. What was sent meanwhile comes through late, as TCP does it.
     */
    public void partition(int... replicas) {
        change(now -> new Conditions(true, now.delayMs()), replicas);
    }

    /** Lets everything through this much later, in each direction, until {@link #heal()}; up to a minute. */
    public void delay(Duration delay, int... replicas) {
        if (delay.isNegative() || delay.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("a delay is 0 to 60 s, not " + delay);
        }
        change(now -> new Conditions(now.silent(), delay.toMillis()), replicas);
    }

    /** Breaks the connections there are, whatever is under way on them. New ones are let through. */
    public void cut(int... replicas) {
        on(ReplicaProxy::cut, replicas);
    }

    /** Ends all partitions and delays. */
    public void heal() {
        change(now -> Conditions.GOOD);
        worst = Conditions.GOOD;
    }

    /** Whether something is wrong with it, on the way to any replica. */
    boolean isFaulty() {
        return !worst.equals(Conditions.GOOD);
    }

    private void change(UnaryOperator<Conditions> change, int... replicas) {
        worst = change.apply(worst);
        on(proxy -> proxy.change(change), replicas);
    }

    private void on(Function<ReplicaProxy, Future<Void>> action, int... replicas) {
        for (int id : replicas) {
            if (!proxies.containsKey(id)) {
                throw new IllegalArgumentException("no replica " + id + " in this cell, only " + proxies.keySet());
            }
        }
        List<Future<Void>> done = proxies.entrySet().stream()
                .filter(each -> isOneOf(each.getKey(), replicas))
                .map(each -> action.apply(each.getValue()))
                .toList();
        Waiting.await(Future.join(done), "the network of " + name + " is to change");
    }

    private static boolean isOneOf(int id, int... replicas) {
        for (int each : replicas) {
            if (each == id) {
                return true;
            }
        }
        return replicas.length == 0;
    }

    Future<Void> close() {
        return Future.join(proxies.values().stream().map(ReplicaProxy::close).toList())
                .mapEmpty();
    }
}
