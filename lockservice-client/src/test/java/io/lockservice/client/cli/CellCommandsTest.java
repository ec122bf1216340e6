package io.lockservice.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CellCommandsTest extends CommandTest {
    @Test
    void leadershipMovesAndTheStatusShowsIt() {
        JsonNode before = run("status", "--json").done().json();
        int leader = before.path("leader").asInt();
        int next = leader % 3 + 1;
        assertEquals(
                "replica " + next + " leads\n",
                run("transfer", Integer.toString(next)).done().out());
        String status = run("status").done().out();
        assertTrue(status.contains("leader    replica " + next + "\n"), status);
        assertTrue(status.contains("may fail  1 more\n"), status);
        int another = run("--json", "transfer").done().json().path("leader").asInt();
        assertTrue(another != next && another > 0);
        run("transfer", "9").failed(1, "not-found");
        assertTrue(run("status", "--stale", "--json")
                        .done()
                        .json()
                        .path("replicas")
                        .size()
                == 3);
    }

    @Test
    void replicasComeAndGo() {
        assertEquals(
                3,
                run("members", "list", "--json").done().json().path("replicas").size());
        // Nobody listens on these ports, and nobody has to: a learner is waited for.
        oneChangeAtATime("members", "add", "4", "--host", "127.0.0.1", "--bus", "1", "--http", "2");
        run("members", "add", "4", "--host", "127.0.0.1", "--bus", "1", "--http", "3")
                .failed(1, "replica-exists");
        JsonNode added =
                run("members", "list", "--json").done().json().path("replicas").path(3);
        assertEquals(
                "4 learner 2",
                added.path("id").asText() + " " + added.path("role").asText() + " "
                        + added.path("http").asText());
        assertTrue(run("members", "list").done().out().contains("4   learner "));
        oneChangeAtATime("members", "remove", "4");
        run("members", "remove", "4").failed(1, "not-found");
    }

    /** A leader that has just begun, as another test makes one, first finishes what its predecessor may have begun. */
    private void oneChangeAtATime(String... arguments) {
        Ran ran = run(arguments);
        for (int i = 0; i < 100 && ran.err().contains("change-in-progress"); i++) {
            ran = run(arguments);
        }
        ran.done();
    }

    @Test
    void aBackupIsWholeOrNotThere() throws Exception {
        run("put", "/ls/local/x").done();
        Path file = Files.writeString(directory.resolve("cell.checkpoint"), "an older one");
        long bytes = run("backup", "--json", file.toString())
                .done()
                .json()
                .path("bytes")
                .asLong();
        assertEquals(Files.size(file), bytes);
        assertTrue(bytes > 10_000);
        run("backup", directory.resolve("none/x").toString()).failed(1, "no backup was written to");
        assertFalse(Files.exists(directory.resolve("cell.checkpoint.part")));
    }

    @Test
    void locksAndSessionsAreListedAndReleasedByForce() {
        try (LockServiceClient client = LockServiceClient.connect(cell.urls())) {
            Session session = TestCell.await(client.openSession(SessionOptions.named("nightly")));
            HeldLock lock = TestCell.await(DistributedLock.of(session)
                    .acquire("/ls/local/job", LockOptions.exclusive().withNote("on host a")));
            String locks = run("locks").done().out();
            assertTrue(locks.contains("/ls/test/job  exclusive  " + lock.token()), locks);
            assertTrue(locks.contains("nightly  on host a"), locks);
            assertTrue(run("sessions").done().out().contains(session.id() + "  12 s"));
            assertTrue(run("sessions", session.id()).done().out().contains(lock.sequencer()));
            run("sessions", "s0").failed(1, "session-expired");
            run("lock", "/ls/local/job", "--wait", "0", "--", "true").failed(1, "held by nightly (on host a) for");
            run("lock", "/ls/local/job", "--wait", "0.1", "--", "true")
                    .failedAfterWaiting(1, "the lock is held by nightly");
            String released = run("release", "--force", "/ls/local/job").done().out();
            assertEquals("released, was held by nightly with token " + lock.token() + "\n", released);
            assertFalse(TestCell.await(lock.check()));
            run("lock", "/ls/local/job", "--wait", "0", "--", "true").done();
            assertEquals(0, run("locks", "--json").done().json().path("locks").size());
            run("release", "--force", "/ls/local/job").failed(1, "no-such-node");
        }
    }

    @Test
    void aMeasurementLeavesNothingBehind() {
        Ran ran = run("bench", "--clients", "2", "--seconds", "0.3", "--warm", "0", "--json")
                .done();
        List<JsonNode> results = ran.json().findValues("operations");
        assertEquals(3, results.size());
        results.forEach(operations -> assertTrue(operations.asInt() > 0, ran::toString));
        assertEquals("", run("ls").done().out());
        Ran table = run("bench", "--workload", "READ", "--clients", "1", "--seconds", "0.1", "--warm", "0");
        assertTrue(table.out().startsWith("WORKLOAD  CLIENTS  PER SECOND"), table::toString);
    }
}
