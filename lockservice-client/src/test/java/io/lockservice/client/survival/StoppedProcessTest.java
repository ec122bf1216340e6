package io.lockservice.client.survival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.fencing.FencingPolicy;
import io.lockservice.client.fencing.TokenGuard;
import io.lockservice.client.fencing.VertxSequencerFilter;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A leader whose process is stopped beyond its lease by SIGSTOP, and goes on: a real process with all its threads. */
class StoppedProcessTest extends CellTest {
    static final String ELECTION = "/ls/test/office";
    static final long LEASE_MS = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        TestCell.await(vertx.close());
    }

    @Test
    void itsLeadershipIsOverBeforeItRunsAnotherStepAndItsWriteIsRefused() throws Exception {
        TokenGuard guard = TokenGuard.inMemory();
        HttpServer guarded = TestCell.await(vertx.createHttpServer()
                .requestHandler(VertxSequencerFilter.before(
                        request -> request.body().onSuccess(request.response()::end),
                        FencingPolicy.forWrites(guard, ELECTION)))
                .listen(0, "127.0.0.1"));
        Process candidate = candidate("http://127.0.0.1:" + guarded.actualPort() + "/plan");
        long token = Long.parseLong(next("elected ").substring("elected ".length()));
        next("step");
        signal(candidate, "STOP");
        LockServiceClient other = client();
        HeldLock lock = TestCell.await(other.openSession(SessionOptions.named("other"))
                .compose(session -> DistributedLock.of(session).acquire(ELECTION, LockOptions.exclusive())));
        assertTrue(lock.token() > token);
        guard.admit(ELECTION, lock.token());
        // Its pipe has been empty for long: what comes now is said after it goes on.
        said.clear();
        signal(candidate, "CONT");
        int steps = 0;
        String line = next("");
        while (line.equals("step")) {
            steps++;
            line = next("");
        }
        assertTrue(steps <= 1, steps + " steps, of which only one can have been checked before it was stopped");
        assertEquals("over", line);
        assertEquals("late write: 412", next("late"));
        assertEquals(lock.token(), guard.largest(ELECTION).orElseThrow());
    }

    private Process candidate(String guardedUrl) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StoppedCandidate.class.getName(),
                guardedUrl));
        command.addAll(Arrays.asList(cell.urls()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        Thread reader = new Thread(() -> read(process), "what the candidate says");
        reader.setDaemon(true);
        reader.start();
        return process;
    }

    private void read(Process process) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
            }
        } catch (IOException e) {
            said.add("broken: " + e.getMessage());
        }
    }

    /** The next line that begins with {@code words}. */
    private String next(String words) throws InterruptedException {
        while (true) {
            String line = said.poll(60, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("the candidate did not say '" + words + "'");
            } else if (line.startsWith(words)) {
                return line;
            }
        }
    }

    private static void signal(Process process, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertEquals(0, kill.waitFor());
    }
}
