package io.lockservice.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.cell.CellTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The jar as people run it: exit statuses, and programs that run under a lock. */
@Timeout(180)
class LockctlJarIT extends CellTest {
    private static final Path JAR = Path.of("target", "lockctl.jar");

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() {
        for (Process each : started) {
            each.descendants().forEach(ProcessHandle::destroyForcibly);
            each.destroyForcibly();
        }
    }

    private Process jar(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        // Where the machine is busy a cell may take its time; nobody here waits for nothing.
        command.addAll(List.of("--timeout", "60"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LOCKSERVICE_CELL", String.join(",", cell.urls()));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** The first line with {@code words} in it; shells say on their own account what was terminated. */
    private static String line(BufferedReader lines, String words) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(words)) {
                return line;
            }
        }
        throw new AssertionError("nobody said " + words);
    }

    private static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private int status(String... arguments) throws Exception {
        Process process = jar(arguments);
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }

    private Ran here(String... arguments) {
        return Ran.of(cell.urls(), "", arguments);
    }

    @Test
    void theExitStatusSaysWhatCameOfIt() throws Exception {
        assertEquals(0, status("status"));
        assertEquals(1, status("cat", "/ls/local/none"));
        assertEquals(2, status("cat"));
        assertEquals(3, status("ls", "--cell", "http://127.0.0.1:1", "--timeout", "0.2"));
        assertEquals(42, status("lock", "/ls/local/l", "--", "sh", "-c", "exit 42"));
        assertEquals(127, status("lock", "/ls/local/l", "--", "./no-such-program"));
        assertEquals(143, status("lock", "/ls/local/l", "--", "sh", "-c", "kill -TERM $$"));
    }

    @Test
    void theCommandCanProveThatItHoldsTheLock() throws Exception {
        Process process = jar(
                "lock",
                "/ls/local/l",
                "--",
                "sh",
                "-c",
                "echo $LOCKSERVICE_TOKEN; echo $LOCKSERVICE_SEQUENCER; echo $LOCKSERVICE_LOCK; read wait");
        BufferedReader lines = lines(process);
        long token = Long.parseLong(lines.readLine());
        String sequencer = lines.readLine();
        assertEquals("/ls/test/l", lines.readLine());
        assertTrue(here("locks").done().out().contains("/ls/test/l  exclusive  " + token));
        Ran.of(cell.urls(), "fenced", "put", "--sequencer", sequencer, "/ls/local/f")
                .done();
        here("lock", "--wait", "0", "/ls/local/l", "--", "true").failed(1, "held by lockctl of");
        process.getOutputStream().close();
        assertNotEquals(-1, process.waitFor());
        here("lock", "--wait", "0", "/ls/local/l", "--", "true").done();
        here("put", "--sequencer", sequencer, "/ls/local/f").failed(1, "sequencer-invalid");
    }

    @Test
    void aCommandThatOutlivesALostLeaseIsKilledBeforeItsEnd() throws Exception {
        long leaseMs = 6_000;
        Process process = jar(
                "lock",
                "/ls/local/l",
                "--lease",
                "6",
                "--grace",
                "1",
                "--",
                "sh",
                "-c",
                "trap 'echo told' TERM; sh -c 'trap \"\" TERM; echo begun; while :; do echo on; sleep 0.1; done' & echo $!; "
                        + "while :; do wait; done");
        BufferedReader lines = lines(process);
        long grandchild = 0;
        boolean begun = false;
        while (!begun || grandchild == 0) {
            String line = lines.readLine();
            begun |= line.equals("begun");
            grandchild = line.matches("\\d+") ? Long.parseLong(line) : grandchild;
        }
        ProcessHandle deaf = ProcessHandle.of(grandchild).orElseThrow();
        for (String url : cell.urls()) {
            cell.stop(url);
        }
        // No keep-alive can be answered from now on: the lease ends before this moment and its length.
        long stoppedNanos = System.nanoTime();
        long aliveNanos = stoppedNanos;
        boolean told = false;
        String line = String.valueOf(lines.readLine());
        while (!line.contains("could no longer be relied on; the command was ended with status 137")) {
            // Nobody can ask when it died, but hear for how long it was alive.
            aliveNanos = line.equals("on") ? System.nanoTime() : aliveNanos;
            told |= line.equals("told");
            line = Objects.requireNonNull(lines.readLine(), "the end without a word");
        }
        assertTrue(told);
        long aliveMs = TimeUnit.NANOSECONDS.toMillis(aliveNanos - stoppedNanos);
        assertTrue(aliveMs < leaseMs, "it lived for " + aliveMs + " ms after the last keep-alive");
        assertFalse(deaf.isAlive());
        assertEquals(137, process.waitFor());
    }

    @Test
    void whoeverIsToldToStopEndsItsCommandFirstAndReleases() throws Exception {
        Process process =
                jar("lock", "/ls/local/l", "--", "sh", "-c", "trap 'echo ended; exit 5' TERM; echo begun; read wait");
        BufferedReader lines = lines(process);
        assertEquals("begun", lines.readLine());
        process.toHandle().destroy();
        assertEquals("ended", line(lines, "ended"));
        assertEquals(143, process.waitFor());
        here("lock", "--wait", "0", "/ls/local/l", "--", "true").done();
    }

    @Test
    void whoeverIsToldToStopIsDeregisteredBeforeItsCommandEnds() throws Exception {
        Process process = jar(
                "register",
                "web",
                "1",
                "--address",
                "127.0.0.1",
                "--port",
                "80",
                "--grace",
                "60",
                "--",
                "sh",
                "-c",
                "trap 'java -jar " + JAR + " resolve web; exit 5' TERM; echo begun; while :; do sleep 0.1; done");
        BufferedReader lines = lines(process);
        assertEquals("begun", lines.readLine());
        while (here("resolve", "web").status() != 0) {
            assertTrue(process.isAlive());
        }
        process.toHandle().destroy();
        line(lines, "nobody offers web now");
        assertEquals(143, process.waitFor());
        assertEquals(
                0, here("sessions", "--json").done().json().path("sessions").size());
    }

    @Test
    void aLeaderRunsAgainAndAgainAndWithALargerTokenOnceItWasReplaced() throws Exception {
        Process process = jar("elect", "/ls/local/e", "--lease", "2", "--", "sh", "-c", "echo $LOCKSERVICE_TOKEN");
        BufferedReader lines = lines(process);
        long first = Long.parseLong(lines.readLine());
        assertTrue(lines.readLine().contains("the command ended with status 0; leading still, again in"));
        assertEquals(first, Long.parseLong(lines.readLine()));
        process.toHandle().destroy();
        assertEquals(143, process.waitFor());

        Process leader = jar(
                "elect", "/ls/local/e", "--lease", "2", "--", "sh", "-c", "echo $LOCKSERVICE_TOKEN; exec sleep 1000");
        BufferedReader said = lines(leader);
        long second = Long.parseLong(said.readLine());
        assertTrue(second > first);
        here("release", "--force", "/ls/local/e").done();
        line(said, "could no longer be relied on; the command was ended with status 143");
        assertTrue(Long.parseLong(said.readLine()) > second);
        List<ProcessHandle> children = leader.descendants().toList();
        leader.toHandle().destroy();
        assertEquals(143, leader.waitFor());
        assertFalse(children.stream().anyMatch(ProcessHandle::isAlive));
        here("lock", "--wait", "0", "/ls/local/e", "--", "true").done();
        assertEquals(
                0, here("sessions", "--json").done().json().path("sessions").size());
    }
}
