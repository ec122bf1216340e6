package io.lockservice.server.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file system that somebody else fills up: what makes the state larger is refused, the rest goes on, and when there is room
 * again everything does, unattended. Needs the right to mount one.
 */
final class FullDiskTest {
    private static final int DISK_MIB = 192;
    private static final String SMALLEST = """
            journal: {segmentBytes: 16777216}
            disk: {lowBytes: 16777216, reserveBytes: 16777216}
            """;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aCellWhoseDisksAreFullRefusesGrowthAndGoesOnByItself(@TempDir Path directory) throws Exception {
        assumeTrue(mount(directory), "a file system can be mounted here");
        try (CellProcesses cell = new CellProcesses(directory)) {
            cell.configure(SMALLEST);
            cell.startAll();
            int leader = cell.awaitLeader(0);
            cell.awaitAllCaughtUp();
            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                awaitReserve(directory, id);
            }
            String session = open(cell, leader);
            assertEquals(201, ask(cell, leader, "PUT", "/v1/files/ls/test/kept", session, "old"));
            assertEquals(201, ask(cell, leader, "PUT", "/v1/files/ls/test/doomed", session, "old"));
            assertEquals(200, ask(cell, leader, "PUT", "/v1/locks/ls/test/kept", session, "{}"));

            Path filler = directory.resolve("filler");
            fill(filler);
            await(cell, leader, "PUT", "/v1/files/ls/test/kept", "new", 507);
            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                await(cell, id, "GET", "/health/ready", "", 503);
                assertEquals(200, ask(cell, id, "GET", "/health/live", null, ""));
            }
            assertEquals(507, ask(cell, leader, "POST", "/v1/sessions", null, "{}"));
            assertEquals(507, ask(cell, leader, "PUT", "/v1/locks/ls/test/doomed", session, "{}"));
            assertEquals(200, ask(cell, leader, "POST", "/v1/sessions/" + session + "/keepalive", null, "{}"));
            assertEquals(200, ask(cell, leader, "GET", "/v1/files/ls/test/kept", null, ""));
            assertEquals(200, ask(cell, leader, "PUT", "/v1/locks/ls/test/kept", session, "{}"));
            assertEquals(200, ask(cell, leader, "DELETE", "/v1/locks/ls/test/kept", session, ""));
            assertEquals(204, ask(cell, leader, "DELETE", "/v1/nodes/ls/test/doomed", null, ""));
            assertEquals(204, ask(cell, leader, "DELETE", "/v1/sessions/" + session, null, ""));

            Files.delete(filler);
            await(cell, leader, "PUT", "/v1/files/ls/test/kept", "new", 200);
            for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
                await(cell, id, "GET", "/health/ready", "", 200);
                assertTrue(cell.process(id).isAlive(), "replica " + id + " is alive");
            }
        } finally {
            run("umount", "-l", directory.toString());
        }
    }

    private static boolean mount(Path directory) throws InterruptedException {
        try {
            return run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "lockservice-test", directory.toString())
                    == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void awaitReserve(Path directory, int id) {
        Path reserve = directory.resolve("data-" + id).resolve("journal").resolve("reserve");
        long endNanos = System.nanoTime() + 30_000_000_000L;
        while (!Files.exists(reserve)) {
            assertTrue(System.nanoTime() - endNanos < 0, reserve + " is made");
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Takes all that is left. */
    private static void fill(Path filler) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        try (FileChannel channel = FileChannel.open(filler, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (Files.getFileStore(filler).getUsableSpace() > 0) {
                channel.write(piece.clear());
            }
        } catch (IOException full) {
            assertTrue(Files.getFileStore(filler).getUsableSpace() < (1 << 20), full.toString());
        }
    }

    private String open(CellProcesses cell, int replica) throws Exception {
        HttpResponse<String> answer = send(cell, replica, "POST", "/v1/sessions", null, "{\"leaseMs\":60000}");
        assertEquals(201, answer.statusCode(), answer.body());
        return answer.body().replaceAll(".*\"session\":\"([^\"]+)\".*", "$1");
    }

    private void await(CellProcesses cell, int replica, String method, String path, String body, int wanted)
            throws Exception {
        long endNanos = System.nanoTime() + 30_000_000_000L;
        int last = ask(cell, replica, method, path, null, body);
        while (last != wanted) {
            assertTrue(System.nanoTime() - endNanos < 0, method + " " + path + " is answered " + last);
            LockSupport.parkNanos(50_000_000);
            last = ask(cell, replica, method, path, null, body);
        }
    }

    private int ask(CellProcesses cell, int replica, String method, String path, @Nullable String session, String body)
            throws Exception {
        return send(cell, replica, method, path, session, body).statusCode();
    }

    private HttpResponse<String> send(
            CellProcesses cell, int replica, String method, String path, @Nullable String session, String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(cell.uri(replica, path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (session != null) {
            request.header("Lockservice-Session", session);
        }
        if (body.startsWith("{")) {
            request.header("Content-Type", "application/json");
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
