package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.log.CheckpointName;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.driver.CheckpointPort;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cell, health, problems, and what all resources have in common. */
final class CellResourceTest extends ResourceTest {
    @Test
    void cellJoinsWhatIsConfiguredAndWhatIs() {
        replica.answer(call -> new Reply.CellState(
                List.of(
                        new Reply.ReplicaState(2, "::1", 7302, -1, "leader", true, 10, 9, 0, 0),
                        new Reply.ReplicaState(5, "five", 7305, 0, "follower", false, -1, -1, -1, -1)),
                1,
                11,
                12,
                13));

        Wire.Response response = door.get("/v1/cell?consistency=stale");

        ScriptedReplica.Asked asked = replica.next();
        assertEquals(new Request.GetCell(), asked.call().request());
        assertEquals(Long.MAX_VALUE, asked.maxStaleMs());
        assertEquals(
                "{\"cell\":\"paris\",\"epoch\":7,\"revision\":42,\"leader\":2,\"replica\":2,\"version\":\"1.2.3\","
                        + "\"faultTolerance\":1,\"replicas\":[{\"id\":2,\"host\":\"::1\",\"http\":7302,\"incarnation\":\"ffffffffffffffff\","
                        + "\"role\":\"leader\",\"reachable\":true,\"chosenSlot\":10,\"appliedSlot\":9,"
                        + "\"lagSlots\":0,\"lastHeardMs\":0},{\"id\":5,\"host\":\"five\",\"http\":7305,\"incarnation\":null,"
                        + "\"role\":\"follower\",\"reachable\":null,\"chosenSlot\":null,\"appliedSlot\":null,"
                        + "\"lagSlots\":null,\"lastHeardMs\":null}],\"sessions\":11,\"nodes\":12,\"locks\":13}",
                response.text());
    }

    @Test
    void aCheckpointIsSentWholeWithWhatItShows(@TempDir Path directory) throws IOException {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(directory.resolve("checkpoint-9"), bytes);
        replica.answer(call -> new Reply.CellState(List.of(), 1, 0, 1, 0));
        replica.checkpoint(new CheckpointPort.Stored(new CheckpointName(9, bytes.length, 1), file, 77, 8));

        Wire.Response response = door.get("/v1/cell/checkpoint");

        assertEquals(200, response.status());
        assertArrayEquals(bytes, response.body().getBytes());
        assertEquals("77", response.header("Lockservice-Revision"));
        assertEquals("8", response.header("Lockservice-Epoch"));
        assertEquals("application/octet-stream", response.header("Content-Type"));
        assertEquals(
                "attachment; filename=\"paris-9.checkpoint\"; filename*=UTF-8''paris-9.checkpoint",
                response.header("Content-Disposition"));
        assertEquals(ScriptedReplica.REVISION, replica.checkpointRevision(), "what the leader had acknowledged");
    }

    @Test
    void aCheckpointThatCannotBeWrittenIsSaid() {
        replica.answer(call -> new Reply.CellState(List.of(), 1, 0, 1, 0));
        replica.checkpoint(null);
        for (int i = 0; i < 5; i++) {
            Wire.Response response = door.get("/v1/cell/checkpoint");
            assertEquals(503, response.status());
            assertTrue(response.json().getString("detail").contains("the replica's log says why"), response.text());
        }
        assertEquals(405, door.send("PUT", "/v1/cell/checkpoint", "").status());
        assertEquals(404, door.get("/v1/cell/nonsense").status());
    }

    @Test
    void healthFollowsTheReplica() {
        assertEquals(200, door.get("/health/live").status());
        assertEquals(
                "{\"ready\":true,\"role\":\"follower\"}",
                door.get("/health/ready").text());

        replica.status(new ReplicaStatus("follower", 0, false, "no leader is known", 1, 1, 1, 1, ScriptedReplica.SEEN));
        Wire.Response response = door.get("/health/ready", "Accept: text/html");
        assertEquals(503, response.status());
        assertEquals("no leader is known", response.json().getString("reason"));
        assertEquals("1", response.header("Retry-After"));
        assertNull(response.header("Lockservice-Revision"));
        assertEquals(200, door.get("/health/live").status());
    }

    @ParameterizedTest
    @EnumSource(ProblemCode.class)
    void everyProblemIsExplained(ProblemCode code) {
        Wire.Response plain = door.get("/problems/" + code.label(), "Accept: */*");
        assertEquals(200, plain.status());
        assertEquals("text/plain; charset=utf-8", plain.header("Content-Type"));
        assertTrue(plain.text().contains(code.advice()), plain.text());

        Wire.Response html = door.get("/problems/" + code.label(), "Accept: text/html,application/xml;q=0.9,*/*;q=0.8");
        assertEquals("text/html; charset=utf-8", html.header("Content-Type"));
        assertTrue(html.text().contains("<h1>" + code.title() + "</h1>"), html.text());
        assertTrue(html.text().matches("(?s)[^<]*(<[!/a-z][^<>]*>[^<]*)+"), html.text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/*",
                "application/json",
                "text/html, application/json;q=0.1",
                "application/problem+json",
                "APPLICATION/JSON",
                ""
            })
    void jsonIsAcceptable(String accept) {
        replica.answer(call -> new Reply.LockPage(List.of(), null));

        assertEquals(200, door.get("/v1/locks", "Accept: " + accept).status());
    }

    @Test
    void aReplicaIsAddedAndRemoved() {
        replica.answer(call -> new Reply.Done());
        Wire.Response added =
                door.send("POST", "/v1/cell/replicas", "{\"id\":4,\"host\":\"node4\",\"bus\":7404,\"http\":7304}");
        assertEquals(202, added.status());
        assertEquals(
                new Request.AddReplica(4, "node4", 7404, 7304),
                replica.next().call().request());
        assertEquals(
                202, door.send("DELETE", "/v1/cell/replicas/4?force=true", "").status());
        assertEquals(new Request.RemoveReplica(4, true), replica.next().call().request());
        assertEquals(404, door.send("DELETE", "/v1/cell/replicas/four", "").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"host\":\"node4\",\"bus\":7404,\"http\":7304}",
                "{\"id\":4,\"bus\":7404,\"http\":7304}",
                "{\"id\":4,\"host\":\"node4:7\\u0020x\",\"bus\":7404,\"http\":7304}",
                "{\"id\":256,\"host\":\"node4\",\"bus\":7404,\"http\":7304}",
                "{\"id\":4,\"host\":\"node4\",\"bus\":0,\"http\":7304}",
                "{\"id\":4,\"host\":\"node4\",\"bus\":7404,\"http\":7304,\"dns\":1}"
            })
    void aReplicaThatMakesNoSenseIsRefused(String body) {
        assertEquals(400, door.send("POST", "/v1/cell/replicas", body).status());
    }

    @Test
    void leadershipIsMoved() {
        replica.answer(call -> new Reply.Done());
        assertEquals(
                202, door.send("POST", "/v1/cell/leader", "{\"replica\":3}").status());
        assertEquals(new Request.MoveLeader(3), replica.next().call().request());
        assertEquals(202, door.send("POST", "/v1/cell/leader", "").status());
        assertEquals(new Request.MoveLeader(0), replica.next().call().request());
        assertEquals(405, door.get("/v1/cell/leader").status());
    }

    @Test
    void portInUseIsSaidPlainly() {
        HttpSettings same = new HttpSettings(
                "paris", 2, "1.2.3", "127.0.0.1", door.port(), id -> Optional.empty(), HttpSettings.Limits.DEFAULT);
        Vertx vertx = Vertx.vertx();
        try {
            var start = new HttpDoor(same, replica, door.metrics(), DoorFixture.services(vertx, replica))
                    .start(vertx)
                    .toCompletionStage()
                    .toCompletableFuture();
            Exception refused = assertThrows(ExecutionException.class, () -> start.get(20, TimeUnit.SECONDS));

            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("cannot listen on 127.0.0.1:" + door.port()), message);
        } finally {
            vertx.close();
        }
    }

    @Test
    void optionsSaysWhatThereIs() {
        Wire.Response response = door.send("OPTIONS", "/v1/locks/ls/local/a", "");

        assertEquals(204, response.status());
        assertEquals("GET, HEAD, PUT, DELETE, OPTIONS", response.header("Allow"));
        assertEquals("POST, OPTIONS", door.get("/v1/sequencers/check").header("Allow"));
        assertEquals(
                "GET, HEAD, PUT, OPTIONS",
                door.send("DELETE", "/v1/files/ls/local/a", "").header("Allow"));
    }

    @Test
    void unexpectedFailureIsAProblem() {
        replica.answer(call -> {
            throw new IllegalStateException("planted");
        });

        Wire.Response response = door.get("/v1/cell");

        assertEquals(500, response.status());
        assertEquals("internal", response.json().getString("code"));
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertEquals(false, response.text().contains("planted"), "the caller is not shown the inside");
    }

    @Test
    void absoluteFormOfTheTargetIsUnderstood() {
        replica.answer(call -> new Reply.LockPage(List.of(), null));

        assertEquals(200, door.get("http://cell/v1/locks?limit=5").status());
        assertEquals(404, door.get("http://cell").status());
        assertEquals(404, door.send("OPTIONS", "*", "").status());
    }
}
