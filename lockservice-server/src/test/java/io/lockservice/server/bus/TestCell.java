package io.lockservice.server.bus;

import io.lockservice.paxos.PaxosMessage;
import io.lockservice.replica.Message;
import io.lockservice.server.FreePorts;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.config.CellConfig.Member;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Buses of one cell in this process, on ports that were free a moment ago. */
final class TestCell implements AutoCloseable {
    static final String CELL = "paris";
    private static final long TIMEOUT_SECONDS = 30;
    private static final long STEP_MS = 5;

    private final CellConfig config;
    private final Map<Integer, ReplicaBus> open = new ConcurrentHashMap<>();
    private final Map<Integer, List<String>> received = new ConcurrentHashMap<>();

    TestCell(int replicas) {
        this(CellConfig.of(CELL, members(replicas)));
    }

    TestCell(CellConfig config) {
        this.config = config;
    }

    static List<Member> members(int replicas) {
        List<Integer> ports = FreePorts.take(replicas);
        return IntStream.rangeClosed(1, replicas)
                .mapToObj(id -> new Member(id, "127.0.0.1", ports.get(id - 1), 1))
                .toList();
    }

    CellConfig config() {
        return config;
    }

    ReplicaBus open(int replicaId, long incarnation) {
        return open(config, replicaId, incarnation);
    }

    /** Opens a replica that sees the cell its own way. */
    ReplicaBus open(CellConfig seen, int replicaId, long incarnation) {
        ReplicaBus bus = await(ReplicaBus.open(seen, replicaId, new Incarnation(incarnation, 7)));
        bus.receiver((from, data, messages) ->
                messages.forEach(message -> received(replicaId).add(from + ": " + message)));
        open.put(replicaId, bus);
        return bus;
    }

    void close(int replicaId) {
        ReplicaBus bus = open.remove(replicaId);
        if (bus != null) {
            await(bus.close());
        }
    }

    /** What a replica received, as {@code <from>: <message>}. */
    List<String> received(int replicaId) {
        return received.computeIfAbsent(replicaId, id -> new CopyOnWriteArrayList<>());
    }

    static Message message(long number) {
        return new Message.Consensus(new PaxosMessage.CatchUp(number));
    }

    static String line(int from, long number) {
        return from + ": " + message(number);
    }

    static PeerStatus peer(ReplicaBus bus, int peer) {
        return bus.status().peers().stream()
                .filter(status -> status.replicaId() == peer)
                .findFirst()
                .orElseThrow();
    }

    /** Does {@code step} on the bus's event loop, again and again, until {@code done}. */
    static void untilOn(ReplicaBus bus, Consumer<ReplicaBus> step, BooleanSupplier done) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        bus.context()
                .runOnContext(started -> bus.vertx().setPeriodic(STEP_MS, timer -> {
                    try {
                        if (done.getAsBoolean()) {
                            bus.vertx().cancelTimer(timer);
                            result.complete(true);
                        } else if (!result.isDone()) {
                            step.accept(bus);
                        }
                    } catch (RuntimeException | Error broken) {
                        bus.vertx().cancelTimer(timer);
                        result.completeExceptionally(broken);
                    }
                }));
        await(result);
    }

    /** Sends a message to a peer, in a turn of its own. */
    static void send(ReplicaBus bus, int to, long number) {
        runOn(bus, () -> {
            bus.send(to, message(number));
            bus.flush();
        });
    }

    static void runOn(ReplicaBus bus, Runnable action) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        bus.context().runOnContext(started -> {
            try {
                action.run();
                done.complete(true);
            } catch (RuntimeException | Error broken) {
                done.completeExceptionally(broken);
            }
        });
        await(done);
    }

    static <T> T await(Future<T> future) {
        return await(future.toCompletionStage().toCompletableFuture());
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("did not happen: " + e, e);
        }
    }

    @Override
    public void close() {
        List.copyOf(open.keySet()).forEach(this::close);
    }
}
