package io.lockservice.client.survival;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.transport.Address;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica that is known by a name, and gets another IP address. */
class MovedReplicaTest extends CellTest {
    private static final String HOST = "replica.test";

    private final List<NetSocket> connections = new CopyOnWriteArrayList<>();
    private final Vertx place = Vertx.vertx();

    @SuppressWarnings("NullAway.Init")
    private Vertx resolving;

    @SuppressWarnings("NullAway.Init")
    private Path hosts;

    @BeforeEach
    void start() throws IOException {
        hosts = directory.resolve("hosts");
        says("127.0.0.1");
        resolving = Vertx.vertx(new VertxOptions()
                .setAddressResolverOptions(new AddressResolverOptions()
                        .setHostsPath(hosts.toString())
                        .setHostsRefreshPeriod(1)
                        .setCacheMaxTimeToLive(0)));
    }

    @AfterEach
    void stop() {
        TestCell.await(place.close());
        TestCell.await(resolving.close());
    }

    private void says(String address) throws IOException {
        Files.writeString(hosts, address + " " + HOST + "\n");
    }

    /** The replica as seen at {@code address}. */
    private NetServer listen(String address, int port) {
        Address replica = Address.parse(cell.urls()[0]);
        return TestCell.await(place.createNetServer()
                .connectHandler(socket -> {
                    connections.add(socket);
                    socket.pause();
                    place.createNetClient()
                            .connect(replica.port(), replica.host())
                            .onSuccess(there -> {
                                socket.pipeTo(there);
                                there.pipeTo(socket);
                            });
                })
                .listen(port, address));
    }

    @Test
    void aReplicaThatHasMovedIsFoundByItsName() throws Exception {
        NetServer before = listen("127.0.0.1", 0);
        int port = before.actualPort();
        LockServiceClient client = closing(LockServiceClient.connect(
                ClientOptions.of("http://" + HOST + ":" + port).vertx(resolving).followLeader(false)));
        Session session = TestCell.await(client.openSession(SessionOptions.named("finder")));
        TestCell.await(DistributedLock.of(session).acquire("/ls/test/kept", LockOptions.exclusive()));
        TestCell.await(before.close());
        connections.forEach(NetSocket::close);
        says("127.0.0.2");
        listen("127.0.0.2", port);
        int holders = TestCell.await(session.execute(Operation.get("/v1/locks/ls/test/kept")))
                .json()
                .path("holders")
                .size();
        assertEquals(1, holders);
        assertEquals(Session.State.SAFE, session.state());
    }
}
