package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockservice.server.FreePorts;
import io.lockservice.server.Main;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cell is backed up, goes on, is lost, and is restored, as an operator would do it. */
final class RestoreTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 20_000_000;

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private URI uri = URI.create("/");

    @Test
    void whatWasIssuedAfterTheBackupIsNeitherIssuedAgainNorValid() throws Exception {
        List<Integer> ports = FreePorts.take(2);
        uri = URI.create("http://127.0.0.1:" + ports.get(1));
        Files.writeString(
                directory.resolve("cell.yaml"),
                "cell: test\nreplicas: [{id: 1, host: 127.0.0.1, bus: " + ports.get(0) + ", http: " + ports.get(1)
                        + "}]\n");
        Path backup = directory.resolve("test.checkpoint");

        Process old = start("old");
        Lost lost;
        try {
            lost = backUpAndGoOn(backup);
        } finally {
            stop(old);
        }
        Process restoring = run("restore", "--from", backup.toString(), "new");
        assertTrue(restoring.waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, restoring.exitValue(), log("new"));
        assertTrue(log("new").contains("a jump of "), log("new"));
        Process again = run("restore", "--from", backup.toString(), "new");
        assertTrue(again.waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS));
        assertEquals(1, again.exitValue(), log("new"));
        assertTrue(log("new").contains("is not empty"), log("new"));

        Process restored = start("new");
        try {
            check(lost);
        } finally {
            stop(restored);
        }
    }

    /** What the old cell gave away that the backup does not know. */
    private record Lost(
            String session, long token, String sequencer, String tag, long revision, long epoch, long instance) {}

    private Lost backUpAndGoOn(Path backup) throws Exception {
        String session = open();
        assertEquals(201, put("/v1/files/ls/test/kept", "before").statusCode());
        JsonNode grant = lock(session, "kept");
        HttpResponse<Path> download = http.send(
                HttpRequest.newBuilder(uri.resolve("/v1/cell/checkpoint")).build(),
                HttpResponse.BodyHandlers.ofFile(backup));
        assertEquals(200, download.statusCode());

        send("DELETE", "/v1/locks/ls/test/kept", "", "Lockservice-Session", session);
        String later = open();
        JsonNode lost = lock(later, "kept");
        assertTrue(lost.get("token").asLong() > grant.get("token").asLong());
        assertEquals(201, put("/v1/files/ls/test/gone", "after").statusCode());
        HttpResponse<String> written = put("/v1/files/ls/test/kept", "after");
        assertEquals(200, written.statusCode());
        return new Lost(
                later,
                lost.get("token").asLong(),
                lost.get("sequencer").asText(),
                written.headers().firstValue("ETag").orElseThrow(),
                number(written, "Lockservice-Revision"),
                number(written, "Lockservice-Epoch"),
                lost.get("instance").asLong());
    }

    private void check(Lost lost) throws Exception {
        HttpResponse<String> kept = send("GET", "/v1/files/ls/test/kept", "");
        assertEquals("before", kept.body());
        assertEquals(404, send("GET", "/v1/files/ls/test/gone", "").statusCode());
        assertTrue(number(kept, "Lockservice-Revision") > lost.revision(), kept.toString());
        assertTrue(number(kept, "Lockservice-Epoch") > lost.epoch(), kept.toString());

        assertEquals(
                412,
                put("/v1/files/ls/test/kept", "late", "Lockservice-Sequencer", lost.sequencer())
                        .statusCode());
        assertEquals(
                412,
                put("/v1/files/ls/test/kept", "late", "If-Match", lost.tag()).statusCode());
        assertEquals(
                410,
                send("POST", "/v1/sessions/" + lost.session() + "/keepalive", "")
                        .statusCode());
        JsonNode check =
                JSON.readTree(send("POST", "/v1/sequencers/check", "{\"sequencer\":\"" + lost.sequencer() + "\"}")
                        .body());
        assertEquals(false, check.get("valid").asBoolean(), check.toString());

        JsonNode grant = lock(open(), "kept");
        assertTrue(grant.get("token").asLong() > lost.token(), grant.toString());
        assertTrue(grant.get("instance").asLong() > lost.instance(), grant.toString());
        assertEquals("before", send("GET", "/v1/files/ls/test/kept", "").body());
        JsonNode cell = JSON.readTree(send("GET", "/v1/cell", "").body());
        assertEquals(1, cell.get("replicas").size());
        assertEquals("leader", cell.get("replicas").get(0).get("role").asText());
    }

    private String open() throws Exception {
        HttpResponse<String> answer = send("POST", "/v1/sessions", "{\"leaseMs\":60000}");
        assertEquals(201, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body()).get("session").asText();
    }

    private JsonNode lock(String session, String name) throws Exception {
        HttpResponse<String> answer = send("PUT", "/v1/locks/ls/test/" + name, "{}", "Lockservice-Session", session);
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> put(String path, String body, String... headers) throws Exception {
        return send("PUT", path, body, headers);
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri.resolve(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(WITHIN);
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static long number(HttpResponse<?> answer, String header) {
        return answer.headers().firstValueAsLong(header).orElseThrow();
    }

    /** Starts the replica on a data directory, and waits until it serves. */
    private Process start(String data) throws Exception {
        Process process = run("", "", "", data);
        long endNanos = System.nanoTime() + WITHIN.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            assertTrue(process.isAlive(), () -> log(data));
            try {
                if (send("GET", "/v1/cell", "").statusCode() == 200) {
                    return process;
                }
            } catch (IOException notYet) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        stop(process);
        throw new AssertionError("it does not serve: " + log(data));
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process run(String command, String option, String value, String data) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        line.add(Main.class.getName());
        if (!command.isEmpty()) {
            line.addAll(List.of(command, option, value));
        }
        line.addAll(List.of("--config", directory.resolve("cell.yaml").toString(), "--replica", "1"));
        line.addAll(List.of("--data", directory.resolve(data).toString()));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(data + ".log").toFile()))
                .start();
    }

    private String log(String data) {
        try {
            return Files.readString(directory.resolve(data + ".log"));
        } catch (IOException none) {
            return none.toString();
        }
    }
}
