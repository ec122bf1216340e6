package io.lockservice.server.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.replica.CheckpointSettings;
import io.lockservice.server.storage.journal.JournalSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Much more is written than may stay: many small segments and checkpoints, and the disk holds a bounded part of it. */
class BoundedSpaceTest {
    private static final Logger LOG = System.getLogger(BoundedSpaceTest.class.getName());
    private static final int SEGMENT_BYTES = 64 << 10;
    private static final int LOG_BYTES = 256 << 10;
    private static final int CONTENT_BYTES = 1_000;
    private static final int AT_ONCE = 50;
    private static final int ROUNDS = 300;

    /** The log behind the older checkpoint, twice what triggers one, and three segments in the making. */
    private static final long MOST_JOURNAL_BYTES = 2 * LOG_BYTES + 4 * SEGMENT_BYTES;

    @Test
    void theDiskHoldsABoundedPartOfAllThatWasEverWritten(@TempDir Path directory) throws Exception {
        LoopCell.Sizes sizes = new LoopCell.Sizes(
                new JournalSettings(SEGMENT_BYTES, SEGMENT_BYTES, SEGMENT_BYTES, SEGMENT_BYTES / 4),
                new CheckpointSettings(LOG_BYTES, 1_000_000_000, 1_000));
        Path data = directory.resolve("data-1");
        long mostBytes = 0;
        try (LoopCell cell = new LoopCell(directory, 1, sizes, journal -> journal)) {
            LoopCell.await("it leads", () -> cell.leader() == 1);
            for (int round = 0; round < ROUNDS; round++) {
                write(cell);
                mostBytes = Math.max(mostBytes, bytes(data.resolve("journal")));
                assertTrue(
                        count(data.resolve("checkpoints")) <= 4, "two kept, one more before the oldest goes, one new");
                if (round % 10 == 9) {
                    // A checkpoint is written beside the load and may be behind it: it comes up with it.
                    LoopCell.await(
                            "the log is dropped",
                            () -> bytes(data.resolve("journal")) <= MOST_JOURNAL_BYTES + behind());
                }
            }
            assertEquals(List.of(), cell.failures());
        }
        long writtenBytes = (long) ROUNDS * AT_ONCE * CONTENT_BYTES;
        LOG.log(
                Level.INFO,
                "{0} bytes of content were written; the journal took at most {1} bytes, in the end {2}",
                writtenBytes,
                mostBytes,
                bytes(data.resolve("journal")));
        assertTrue(mostBytes < writtenBytes / 3, "the journal took " + mostBytes + " of " + writtenBytes);
        assertTrue(count(data.resolve("checkpoints")) <= 2);
    }

    /** What ten rounds write. */
    private static long behind() {
        return 10L * AT_ONCE * CONTENT_BYTES;
    }

    private static void write(LoopCell cell) throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            Request request = new Request.WriteFile(
                    new Name("/ls/test/f" + i), new Content(new byte[CONTENT_BYTES]), Condition.NONE, false, false);
            answers.add(cell.call(1, ClientCall.of(request)));
        }
        for (CompletableFuture<Answer> answer : answers) {
            assertInstanceOf(
                    Reply.Written.class, answer.get(30, TimeUnit.SECONDS).reply());
        }
    }

    private static long bytes(Path directory) {
        long bytes = 0;
        for (Path file : files(directory)) {
            try {
                bytes += Files.size(file);
            } catch (NoSuchFileException dropped) {
                // It went between the two looks.
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }
        return bytes;
    }

    private static int count(Path directory) {
        return files(directory).size();
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
