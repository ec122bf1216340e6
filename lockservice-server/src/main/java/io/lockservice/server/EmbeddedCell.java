package io.lockservice.server;

import io.lockservice.server.config.CellConfig;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A whole cell in one process: every replica with its own Vert.x, directory and ports, the same code as a real cell.
 *
 * <p>Threading: as {@link ReplicaServer}.
 */
public final class EmbeddedCell {
    private final List<ReplicaServer> replicas;

    private EmbeddedCell(List<ReplicaServer> replicas) {
        this.replicas = List.copyOf(replicas);
    }

    /**
     * Starts every replica of {@code config}, each in its own directory {@code replica-<id>} under {@code data}.
     *
     * @param onFailure told when a running replica had to stop
     */
    public static Future<EmbeddedCell> start(CellConfig config, Path data, Consumer<Throwable> onFailure) {
        List<Future<ReplicaServer>> starting = new ArrayList<>();
        for (CellConfig.Member member : config.replicas()) {
            try {
                starting.add(
                        ReplicaServer.start(config, member.id(), data.resolve("replica-" + member.id()), onFailure));
            } catch (RuntimeException refused) {
                starting.add(Future.failedFuture(refused));
            }
        }
        return Future.join(starting).transform(joined -> {
            if (joined.succeeded()) {
                return Future.succeededFuture(
                        new EmbeddedCell(starting.stream().map(Future::result).toList()));
            }
            List<Future<Void>> closing = starting.stream()
                    .filter(Future::succeeded)
                    .map(started -> started.result().stop())
                    .toList();
            return Future.join(closing).transform(closed -> Future.failedFuture(joined.cause()));
        });
    }

    /** The replicas, in the order of the configuration. */
    public List<ReplicaServer> replicas() {
        return replicas;
    }

    /** Stops all replicas. */
    public Future<Void> stop() {
        return Future.join(replicas.stream().map(ReplicaServer::stop).toList()).mapEmpty();
    }
}
