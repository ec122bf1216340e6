package io.lockservice.client.testkit;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.server.config.CellConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The clients that a cell has handed out, each with its network. Threading: any thread but an event loop. */
final class CellClients {
    private final List<CellConfig.Member> replicas;
    private final Vertx vertx;
    private final NetClient outwards;
    private final Map<String, ClientNetwork> networks = new LinkedHashMap<>();
    private final Map<String, LockServiceClient> clients = new LinkedHashMap<>();
    private final Map<LockServiceClient, Pause> pauses = new LinkedHashMap<>();
    private @Nullable LockServiceClient operator;
    private int unnamed;

    CellClients(List<CellConfig.Member> replicas) {
        this.replicas = replicas;
        // One event loop: all proxies are confined to it.
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true));
        this.outwards = vertx.createNetClient();
    }

    synchronized LockServiceClient another() {
        String name;
        do {
            unnamed++;
            name = "client-" + unnamed;
        } while (clients.containsKey(name));
        return named(name, UnaryOperator.identity());
    }

    synchronized LockServiceClient named(String name, UnaryOperator<ClientOptions> options) {
        LockServiceClient present = clients.get(name);
        if (present == null) {
            present = LockServiceClient.connect(options.apply(network(name).clientOptions()));
            clients.put(name, present);
        }
        return present;
    }

    synchronized ClientNetwork network(String name) {
        return networks.computeIfAbsent(name, made -> ClientNetwork.open(made, vertx, outwards, replicas));
    }

    synchronized ClientNetwork networkOf(LockServiceClient client) {
        return network(nameOf(client));
    }

    private String nameOf(LockServiceClient client) {
        return clients.entrySet().stream()
                .filter(each -> each.getValue() == client)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "this client was not handed out by this cell; see network(String) for one of your own"));
    }

    /** A client of the cell's own, with nothing in between. */
    synchronized LockServiceClient operator() {
        LockServiceClient present = operator;
        if (present == null) {
            String[] urls = replicas.stream()
                    .map(each -> "http://" + each.host() + ":" + each.http())
                    .toArray(String[]::new);
            present = LockServiceClient.connect(ClientOptions.of(urls).vertx(vertx));
            operator = present;
        }
        return present;
    }

    synchronized void pause(LockServiceClient client, Duration atMost) {
        nameOf(client);
        resume(client);
        pauses.put(client, Pause.begin(client.loop()::execute, atMost));
    }

    synchronized void resume(LockServiceClient client) {
        Pause pause = pauses.remove(client);
        if (pause != null) {
            pause.end();
        }
    }

    /** Whether something that it sends now would not come through. */
    synchronized boolean isCutOff(LockServiceClient client) {
        Pause pause = pauses.get(client);
        return (pause != null && !pause.isOver())
                || (clients.containsValue(client) && networkOf(client).isFaulty());
    }

    synchronized void repair() {
        List.copyOf(pauses.keySet()).forEach(this::resume);
        networks.values().stream().filter(ClientNetwork::isFaulty).forEach(ClientNetwork::heal);
    }

    synchronized void close(LockServiceClient client) {
        String name = nameOf(client);
        resume(client);
        networkOf(client).heal();
        client.close();
        clients.remove(name);
        ClientNetwork network = networks.remove(name);
        if (network != null) {
            Waiting.await(network.close(), "the network of " + name + " is to close");
        }
    }

    synchronized Future<Void> shutdown() {
        List<Future<Void>> ends = new ArrayList<>();
        clients.values().forEach(each -> ends.add(each.shutdown()));
        return Future.join(ends).mapEmpty();
    }

    synchronized void close() {
        clients.clear();
        networks.clear();
        Waiting.await(vertx.close(), "the cell's networks are to close");
    }
}
