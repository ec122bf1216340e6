package io.lockservice.server.http;

import io.lockservice.server.http.HttpSettings.Limits;
import io.lockservice.server.http.HttpSettings.Member;
import io.lockservice.server.http.channel.ChannelSettings;
import io.lockservice.server.metrics.Exposed;
import io.lockservice.server.metrics.ReplicaMetrics;
import io.lockservice.server.metrics.ScriptedSources;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real HTTP server in front of a scripted replica. */
final class DoorFixture implements AutoCloseable {
    static final String CELL = "paris";

    final ScriptedReplica replica = new ScriptedReplica();
    private final Vertx vertx = Vertx.vertx();
    private final ReplicaMetrics metrics = new ReplicaMetrics(CELL, 1, Path.of("."), new ScriptedSources().sources());
    private final HttpDoor door;

    DoorFixture() {
        this(Limits.DEFAULT);
    }

    DoorFixture(Limits limits) {
        this(limits, ChannelSettings.DEFAULT);
    }

    DoorFixture(Limits limits, ChannelSettings channels) {
        List<Member> members = List.of(new Member(1, "127.0.0.1", 7301), new Member(2, "::1", 7302));
        HttpSettings settings = new HttpSettings(
                CELL,
                1,
                "1.2.3",
                "127.0.0.1",
                0,
                id -> members.stream().filter(each -> each.id() == id).findFirst(),
                limits);
        door = await(new HttpDoor(settings, channels, replica, metrics).start(vertx));
    }

    HttpMetrics metrics() {
        return metrics;
    }

    Wire connect() throws IOException {
        return new Wire(door.actualPort());
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    /** What {@code /metrics} says now. */
    double metric(String name, String... labels) {
        return new Exposed(metrics.text()).value(name, labels);
    }

    /** Closes the door, as a replica that stops. */
    void stop() {
        await(door.close());
    }

    int port() {
        return door.actualPort();
    }

    /** One request on a connection of its own. */
    Wire.Response send(String method, String target, byte[] body, String... headers) {
        try (Wire wire = connect()) {
            return wire.send(Wire.request(method, target, body, headers)).read(!method.equals("HEAD"));
        } catch (IOException e) {
            throw new AssertionError(method + " " + target + ": " + e.getMessage(), e);
        }
    }

    Wire.Response send(String method, String target, String body, String... headers) {
        return send(method, target, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    Wire.Response get(String target, String... headers) {
        return send("GET", target, "", headers);
    }

    @Override
    public void close() {
        await(door.close());
        await(vertx.close());
        metrics.close();
    }

    private static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
