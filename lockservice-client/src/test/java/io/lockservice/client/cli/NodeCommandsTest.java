package io.lockservice.client.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.cli.shell.Console;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NodeCommandsTest extends CommandTest {
    private Ran put(String content, String... arguments) {
        return Ran.of(cell.urls(), content, arguments);
    }

    @Test
    void filesAreWrittenReadAndDeleted() {
        run("put", "/ls/local/app/config").failed(1, "no-such-node");
        String said = put("size=3", "put", "-p", "/ls/local/app/config").done().out();
        assertTrue(said.startsWith("/ls/test/app/config  6 bytes, version "), said);
        assertEquals("size=3", run("cat", "/ls/local/app/config").done().out());
        assertEquals("config\n", run("ls", "/ls/local/app").done().out());
        assertEquals("app/\n", run("ls").done().out());
        run("rm", "/ls/local/app").failed(1, "not-empty");
        run("rm", "-r", "/ls/local/app").done();
        run("cat", "/ls/local/app/config").failed(1, "there is no node '/ls/test/app/config'");
    }

    @Test
    void anyBytesComeBackAsTheyWere() throws Exception {
        byte[] bytes = new byte[1000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        Path file = Files.write(directory.resolve("bytes"), bytes);
        run("put", "/ls/local/b ü%", file.toString()).done();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(0, Lockctl.run(console(out), "cat", "/ls/local/b ü%"));
        assertArrayEquals(bytes, out.toByteArray());
        assertEquals("b ü%\n", run("ls", "/ls/local/b ü%").done().out());
        run("put", "/ls/local/x", directory.resolve("none").toString()).failed(1, "there is no file");
    }

    @Test
    void onlyTheVersionThatWasSeenIsReplaced() {
        put("1", "put", "--new", "/ls/local/f").done();
        put("2", "put", "--new", "/ls/local/f").failed(1, "generation-mismatch");
        JsonNode stat = run("stat", "--json", "/ls/local/f").done().json();
        String version = stat.path("instance").asText() + "."
                + stat.path("contentGeneration").asText();
        assertTrue(run("stat", "/ls/local/f").done().out().contains("version            " + version + "\n"));
        put("2", "put", "--if-match", version, "/ls/local/f").done();
        put("3", "put", "--if-match", version, "/ls/local/f").failed(1, "generation-mismatch");
        put("3", "put", "--if-match", "*", "/ls/local/f").done();
        run("rm", "--if-match", version, "/ls/local/f").failed(1, "generation-mismatch");
        put("4", "put", "--sequencer", "none", "/ls/local/f").failed(2, "this is not a sequencer");
        assertEquals("3", run("cat", "/ls/local/f").done().out());
    }

    @Test
    void programsReadJson() {
        run("mkdir", "/ls/local/a/b").failed(1, "no-such-node");
        JsonNode made = run("--json", "mkdir", "-p", "/ls/local/a/b").done().json();
        assertEquals("directory", made.path("kind").asText());
        run("mkdir", "/ls/local/a").failed(1, "node-exists");
        put("x", "put", "/ls/local/a/f").done();
        JsonNode listed = run("ls", "/ls/local/a", "--json").done().json().path("children");
        assertEquals(List.of("/ls/test/a/b", "/ls/test/a/f"), listed.findValuesAsText("name"));
        assertEquals(
                "x",
                run("cat", "--json", "/ls/local/a/f")
                        .done()
                        .json()
                        .path("content")
                        .asText());
        assertTrue(run("ls", "-l", "/ls/local/a").done().out().startsWith("LENGTH  VERSION  CHANGED  NAME\n"));
        run("ls", "/ls/local/a/").failed(2, "bad-name");
        run("ls", "/ls/elsewhere/a").failed(1, "wrong-cell");
    }

    @Test
    void eventsSinceARevisionArePrinted() {
        put("x", "put", "-p", "/ls/local/w/f").done();
        run("rm", "/ls/local/w/f").done();
        Ran ran = run("watch", "-r", "/ls/local/w", "--since", "0", "--count", "3", "--json")
                .done();
        assertEquals(
                List.of("node-created", "node-created", "node-deleted"),
                ran.jsonLines().stream()
                        .map(event -> event.path("type").asText())
                        .toList());
    }

    @Test
    void aWatchGoesOnAtAnotherReplicaWithoutAGap() throws Exception {
        put("x", "put", "-p", "/ls/local/w/a").done();
        PipedOutputStream out = new PipedOutputStream();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(new PipedInputStream(out), StandardCharsets.UTF_8));
        CompletableFuture<Integer> watch = CompletableFuture.supplyAsync(
                () -> Lockctl.run(console(out), "watch", "/ls/local/w", "--since", "0", "--count", "4"));
        assertTrue(lines.readLine().contains("node-created     /ls/test/w"));
        assertTrue(lines.readLine().contains("node-created     /ls/test/w/a"));
        cell.stop(cell.urls()[0]);
        put("y", "put", "/ls/local/w/b").done();
        put("z", "put", "/ls/local/w/a").done();
        assertTrue(lines.readLine().contains("node-created     /ls/test/w/b"));
        assertTrue(lines.readLine().contains("content-changed  /ls/test/w/a"));
        assertEquals(0, watch.get(60, TimeUnit.SECONDS));
    }

    private Console console(java.io.OutputStream out) {
        return new Console(
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                Map.of("LOCKSERVICE_CELL", String.join(",", cell.urls())),
                false);
    }
}
