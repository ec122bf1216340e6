package io.lockservice.client.cell;

import io.lockservice.server.EmbeddedCell;
import io.lockservice.server.ReplicaServer;
import io.lockservice.server.config.CellConfig;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A cell of three replicas on free ports. */
public final class TestCell implements AutoCloseable {
    private static final int REPLICAS = 3;

    private final EmbeddedCell cell;
    private final List<ReplicaServer> running;

    /** Starts it with its data there. */
    public TestCell(Path data) throws IOException {
        List<Integer> ports = freePorts(2 * REPLICAS);
        List<CellConfig.Member> members = new ArrayList<>();
        for (int id = 1; id <= REPLICAS; id++) {
            members.add(new CellConfig.Member(id, "127.0.0.1", ports.get(id - 1), ports.get(REPLICAS + id - 1)));
        }
        cell = await(EmbeddedCell.start(CellConfig.of("test", members), data, failure -> {}));
        running = new ArrayList<>(cell.replicas());
    }

    /** Where the replicas answer. */
    public String[] urls() {
        return cell.replicas().stream().map(ReplicaServer::url).toArray(String[]::new);
    }

    /** Stops the replica that answers there. */
    public void stop(String url) {
        running.stream().filter(replica -> replica.url().equals(url)).forEach(replica -> await(replica.stop()));
        running.removeIf(replica -> replica.url().equals(url));
    }

    @Override
    public void close() {
        await(Future.join(running.stream().map(ReplicaServer::stop).toList()));
    }

    /** The result, waited for. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Why it failed, waited for. */
    public static <T extends Throwable> T failure(Class<T> type, Future<?> future) {
        Throwable failure =
                await(future.<@Nullable Throwable>map(ignored -> null).otherwise(why -> why));
        return type.cast(Objects.requireNonNull(failure, "it did not fail"));
    }

    /** Free ports below those that the system gives to outgoing connections, which could take them in between. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        while (sockets.size() < count) {
            ServerSocket socket = new ServerSocket();
            try {
                int port = ThreadLocalRandom.current().nextInt(10_000, 30_000);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                sockets.add(socket);
            } catch (BindException taken) {
                socket.close();
            }
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return sockets.stream().map(ServerSocket::getLocalPort).toList();
    }
}
