package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes are lost, and three go on from a backup: the steps that {@code docs/operations.md} prints. */
final class RestoredCellTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    /** Enough that a replica hears of most of them as decided while it still runs. */
    private static final int WRITES = 20;

    private static final long POLL_NANOS = 20_000_000;

    private final HttpClient http = HttpClient.newHttpClient();

    /** The largest numbers that the old cell gave out, and what proves a lock in it. */
    private record Lost(long revision, long epoch, long token, long instance, String session, String sequencer) {}

    @Test
    void allThreeVoteInTheCellThatGoesOn(@TempDir Path directory) throws Exception {
        Path backup = directory.resolve("test.checkpoint");
        try (CellProcesses cell = new CellProcesses(directory)) {
            RetryingClient client = new RetryingClient(cell, 1, () -> {});
            cell.startAll();
            cell.awaitCell(RestoredCellTest::allVote, WITHIN);
            backUp(cell, client, backup);
            Lost lost = goOn(client);

            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                stop(cell, id);
                Files.move(cell.data(id), directory.resolve("lost-" + id));
            }
            assertEquals(0, cell.restore(1, backup), () -> "restored");
            // Nobody acts on a lock of the old cell: there is no lease to wait for.
            cell.startAll();
            cell.awaitCell(RestoredCellTest::allVote, WITHIN);
            check(cell, client, lost);

            // The others have all that it had from the backup, and their votes count.
            cell.kill(1);
            assertEquals(201, put(client, "new", "after"));
            for (int id = 2; id <= CellProcesses.REPLICAS; id++) {
                RetryingClient one = new RetryingClient(cell, id, () -> {});
                assertEquals("after", get(one, "new"));
                assertEquals("before", get(one, "kept"));
            }
        }
    }

    /** From a replica that found a checkpoint at its start, and in its journal what is not in that one. */
    private void backUp(CellProcesses cell, RetryingClient client, Path backup) throws Exception {
        assertEquals(201, put(client, "kept", "early"));
        download(cell, 2, backup);
        for (int i = 1; i < WRITES; i++) {
            assertEquals(200, put(client, "kept", "early " + i));
        }
        assertEquals(200, put(client, "kept", "before"));
        cell.awaitAllCaughtUp();
        stop(cell, 2);
        cell.start(2);
        awaitAnswer(cell, 2);
        download(cell, 2, backup);
    }

    private static Lost goOn(RetryingClient client) throws Exception {
        JsonNode first = lock(client);
        release(client, first);
        JsonNode last = lock(client);
        assertTrue(last.get("token").asLong() > first.get("token").asLong(), last::toString);
        assertEquals(200, put(client, "kept", "after"));
        RetryingClient.Answer gone = client.ask("PUT", "/v1/files/ls/test/gone", null, bytes("after"));
        assertEquals(201, gone.status());
        return new Lost(
                number(gone, "Lockservice-Revision"),
                number(gone, "Lockservice-Epoch"),
                last.get("token").asLong(),
                gone.json().get("instance").asLong(),
                last.get("session").asText(),
                last.get("sequencer").asText());
    }

    private static void check(CellProcesses cell, RetryingClient client, Lost lost) throws Exception {
        for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
            RetryingClient one = new RetryingClient(cell, id, () -> {});
            RetryingClient.Answer kept = one.ask("GET", "/v1/files/ls/test/kept", null, new byte[0]);
            assertEquals("before", text(kept), () -> "what was acknowledged before the backup");
            assertTrue(number(kept, "Lockservice-Revision") > lost.revision(), kept::toString);
            assertTrue(number(kept, "Lockservice-Epoch") > lost.epoch(), kept::toString);
            assertEquals(
                    404,
                    one.ask("GET", "/v1/files/ls/test/gone", null, new byte[0]).status());
        }
        assertEquals(
                410,
                client.ask("POST", "/v1/sessions/" + lost.session() + "/keepalive", null, new byte[0])
                        .status());
        JsonNode old = client.ask(
                        "POST", "/v1/sequencers/check", null, bytes("{\"sequencer\":\"" + lost.sequencer() + "\"}"))
                .json();
        assertFalse(old.get("valid").asBoolean(), old::toString);
        JsonNode grant = lock(client);
        assertTrue(grant.get("token").asLong() > lost.token(), grant::toString);
        assertTrue(grant.get("instance").asLong() > lost.instance(), grant::toString);
    }

    private static boolean allVote(JsonNode cell) {
        int voters = 0;
        for (JsonNode replica : cell.get("replicas")) {
            String role = replica.get("role").asText();
            voters += role.equals("leader") || role.equals("follower") ? 1 : 0;
        }
        return voters == CellProcesses.REPLICAS && cell.get("faultTolerance").asInt(-1) == 1;
    }

    private static void awaitAnswer(CellProcesses cell, int id) throws InterruptedException {
        long endNanos = System.nanoTime() + WITHIN.toNanos();
        while (cell.cell(id) == null) {
            assertTrue(System.nanoTime() - endNanos < 0, "replica " + id + " answers");
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void download(CellProcesses cell, int id, Path to) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(cell.uri(id, "/v1/cell/checkpoint"))
                .timeout(WITHIN)
                .build();
        assertEquals(
                200, http.send(request, HttpResponse.BodyHandlers.ofFile(to)).statusCode());
    }

    private static void stop(CellProcesses cell, int id) throws Exception {
        cell.signal(id, "TERM");
        assertTrue(cell.process(id).waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS), "it stops in order");
    }

    private static JsonNode lock(RetryingClient client) throws Exception {
        RetryingClient.Answer opened = client.ask("POST", "/v1/sessions", null, bytes("{\"leaseMs\":600000}"));
        assertEquals(201, opened.status());
        RetryingClient.Answer grant = client.ask(
                "PUT", "/v1/locks/ls/test/lock", opened.json().get("session").asText(), bytes("{}"));
        assertEquals(200, grant.status(), () -> text(grant));
        return grant.json();
    }

    private static void release(RetryingClient client, JsonNode grant) throws Exception {
        String session = grant.get("session").asText();
        assertEquals(
                200,
                client.ask("DELETE", "/v1/locks/ls/test/lock", session, new byte[0])
                        .status());
    }

    private static int put(RetryingClient client, String name, String content) throws Exception {
        return client.ask("PUT", "/v1/files/ls/test/" + name, null, bytes(content))
                .status();
    }

    private static String get(RetryingClient client, String name) throws Exception {
        return text(client.ask("GET", "/v1/files/ls/test/" + name, null, new byte[0]));
    }

    private static String text(RetryingClient.Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long number(RetryingClient.Answer answer, String header) {
        return answer.response().headers().firstValueAsLong(header).orElseThrow();
    }
}
