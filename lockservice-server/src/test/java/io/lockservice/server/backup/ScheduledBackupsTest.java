package io.lockservice.server.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.LogLines;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.driver.ReplicaPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduledBackupsTest {
    private static final long EVERY_MS = 600_000;
    private static final long START = Instant.parse("2026-11-25T10:00:00Z").toEpochMilli();

    private final Path target;
    private final Cell cell;
    private long nowMs = START;

    ScheduledBackupsTest(@TempDir Path temporary) throws IOException {
        target = Files.createDirectory(temporary.resolve("backups"));
        cell = new Cell(new Backups(temporary.resolve("checkpoints")));
    }

    /** A replica that gives a checkpoint at once. */
    private static final class Cell implements ReplicaPort {
        private final Backups backups;
        private int leader = 1;
        private boolean refuses;
        private int asked;

        Cell(Backups backups) {
            this.backups = backups;
            backups.write("first");
        }

        @Override
        public Runnable call(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer) {
            throw new AssertionError("backups call nothing");
        }

        @Override
        public Runnable whenApplied(long revision, Runnable then) {
            throw new AssertionError("backups wait for nothing");
        }

        @Override
        public Runnable watch(Request.ReadEvents what, Runnable happened) {
            throw new AssertionError("backups watch nothing");
        }

        @Override
        public void checkpoint(long revision, Consumer<CheckpointPort.@Nullable Stored> taken) {
            asked++;
            assertEquals(backups.state.revision(), revision);
            try {
                taken.accept(refuses ? null : backups.take());
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public ReplicaStatus status() {
            return new ReplicaStatus(
                    "leader",
                    leader,
                    leader != 0,
                    "",
                    1,
                    1,
                    backups.state.revision(),
                    1,
                    new Reply.CellState(List.of(), 1, 0, 0, 0));
        }
    }

    /** A replica that was started now. */
    private final class Started {
        private final BackupDirectory directory;
        private final ScheduledBackups scheduled;

        Started(int replicaId, int keep) {
            directory = new BackupDirectory(target, Backups.CELL, replicaId);
            scheduled = new ScheduledBackups(
                    new CellConfig.Backup(target, EVERY_MS, keep),
                    "backup-test-" + replicaId,
                    replicaId,
                    cell,
                    directory,
                    new ScheduledBackups.Clocks(() -> nowMs, () -> (nowMs - START) * 1_000_000));
        }

        void look() {
            scheduled.look(directory, Runnable::run);
        }

        BackupStatus status() {
            return scheduled.status();
        }
    }

    @Test
    void oneForEachPeriodAndTheOldestGo() throws IOException {
        Started replica = new Started(1, 3);
        for (int i = 0; i < 50; i++) {
            cell.backups.write("content " + i);
            replica.look();
            nowMs += EVERY_MS / 10;
        }
        assertEquals(5, cell.asked);
        assertEquals(
                List.of(
                        "test-22-20261125T102000Z.checkpoint",
                        "test-32-20261125T103000Z.checkpoint",
                        "test-42-20261125T104000Z.checkpoint"),
                names());
        assertEquals(new BackupStatus(START + 4 * EVERY_MS, 0, ""), replica.status());
        int n = 0;
        for (String each : names()) {
            Path data = target.resolveSibling("restored-" + n++);
            Restoration.of(target.resolve(each), Backups.CONFIG, 1, data, System.currentTimeMillis());
        }
    }

    @Test
    void onlyTheLeaderWritesAndItsSuccessorGoesOn() throws IOException {
        Started first = new Started(1, 5);
        Started second = new Started(2, 5);
        for (int i = 0; i < 30; i++) {
            cell.leader = i == 15 ? 2 : i == 14 ? 0 : cell.leader;
            first.look();
            second.look();
            nowMs += EVERY_MS / 10;
        }
        assertEquals(3, names().size());
        assertEquals(START + EVERY_MS, first.status().lastSuccessUnixMs());
        assertEquals(START + 2 * EVERY_MS, second.status().lastSuccessUnixMs());
    }

    @Test
    void aRestartBringsNoneEarly() throws IOException {
        new Started(1, 5).look();
        for (int i = 1; i < 10; i++) {
            nowMs += EVERY_MS / 10;
            Started again = new Started(1, 5);
            again.look();
            assertEquals(1, names().size());
            assertEquals(START, again.status().lastSuccessUnixMs());
        }
        nowMs += EVERY_MS / 10;
        new Started(1, 5).look();
        assertEquals(2, names().size());
    }

    @Test
    void aClockThatWasWrongHoldsUpNothingAndBringsNoStorm() throws IOException {
        Files.createFile(target.resolve("test-1-20991231T235959Z.checkpoint"));
        Started replica = new Started(1, 50);
        for (int i = 0; i < 20; i++) {
            cell.backups.write("content " + i);
            replica.look();
            nowMs += EVERY_MS / 10;
        }
        assertEquals(3, names().size());
        nowMs -= EVERY_MS / 2;
        replica.look();
        assertEquals(3, names().size(), "a clock that was set back a little brings none");
    }

    @Test
    void whatFailsIsSaidIsTriedAgainLaterAndLaterAndHeals() throws IOException {
        Files.delete(target);
        try (LogLines log = new LogLines(ScheduledBackups.class.getName())) {
            Started replica = new Started(1, 5);
            for (int i = 0; i < 120; i++) {
                replica.look();
                nowMs += 10_000;
            }
            // At once, and after 1, 3, 7, 15 minutes.
            assertEquals(5, replica.status().failures());
            assertEquals(5, log.containing("make it, or mount the disk").size());
            assertEquals(0, cell.asked);

            Files.createDirectory(target);
            nowMs += EVERY_MS;
            cell.refuses = true;
            replica.look();
            assertEquals(6, replica.status().failures());
            assertEquals(1, log.containing("no checkpoint could be written").size());
            cell.refuses = false;
            nowMs += EVERY_MS;
            replica.look();
            assertEquals(new BackupStatus(nowMs, 0, ""), replica.status());
            assertEquals(1, names().size());
        }
    }

    @Test
    void aFileWhereTheDirectoryShouldBeIsSaidToo() throws IOException {
        Files.delete(target);
        Files.createFile(target);
        Started replica = new Started(1, 5);
        replica.look();
        assertTrue(
                replica.status().problem().contains("there is no directory"),
                replica.status().problem());
    }

    /** On its own thread, with the clocks of this machine. */
    @Test
    void itLooksByItself() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        ReplicaPort port = new ReplicaPort() {
            @Override
            public Runnable call(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer) {
                return cell.call(call, timeoutMs, maxStaleMs, answer);
            }

            @Override
            public Runnable watch(Request.ReadEvents what, Runnable happened) {
                return cell.watch(what, happened);
            }

            @Override
            public Runnable whenApplied(long revision, Runnable then) {
                return cell.whenApplied(revision, then);
            }

            @Override
            public void checkpoint(long revision, Consumer<CheckpointPort.@Nullable Stored> taken) {
                cell.checkpoint(revision, taken);
                asked.countDown();
            }

            @Override
            public ReplicaStatus status() {
                return cell.status();
            }
        };
        try (ScheduledBackups scheduled =
                new ScheduledBackups(new CellConfig.Backup(target, 100, 2), Backups.CELL, 1, port)) {
            scheduled.start();
            assertTrue(asked.await(30, TimeUnit.SECONDS));
        }
        try (ScheduledBackups off = new ScheduledBackups(new CellConfig.Backup(null, 100, 2), Backups.CELL, 1, port)) {
            off.start();
            assertEquals(BackupStatus.NONE, off.status());
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.map(each -> String.valueOf(each.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
