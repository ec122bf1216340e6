package io.lockservice.server.storage.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.cell.StateMachine;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.replica.Checkpoint;
import io.lockservice.server.driver.CheckpointPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {
    private static final Configuration ALONE =
            new Configuration(List.of(new Member(1, 77, true, "localhost", 7401, 7301)));

    @TempDir
    private Path directory;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final StateMachine state = new StateMachine("test", 1_000);

    @Test
    void eachIsAnsweredOnceAndTheNewestIsKnown() throws IOException {
        try (CheckpointWriter writer = writer()) {
            take(writer, 4);
            take(writer, 9);
        }
        assertEquals(List.of("taken 4", "taken 9"), told);
        CheckpointPort.Stored newest = writer().newest();
        assertEquals(9, newest == null ? 0 : newest.slot());
    }

    /** Or a backup would be served from it that lacks what the journal had after it. */
    @Test
    void theOneThatIsFoundIsAsOldAsItsFileWhileTheStateGoesOn() throws IOException {
        try (CheckpointWriter writer = writer()) {
            state.riseTo(9);
            take(writer, 9);
        }
        CheckpointStore store = CheckpointStore.open(directory, "test", 1_000);
        CheckpointStore.Recovered recovered = store.recover();
        Objects.requireNonNull(recovered.newest()).state().riseTo(12);
        try (CheckpointWriter restarted = new CheckpointWriter(store, "test", recovered, Runnable::run)) {
            CheckpointPort.Stored found = Objects.requireNonNull(restarted.newest());
            assertEquals(9, found.revision());
            assertEquals(9, found.epoch());
        }
    }

    @Test
    void whatBecameOfThemIsCounted() throws IOException {
        CheckpointWriter writer = writer();
        assertEquals(new CheckpointCounters(0, 0, 0, -1, 0, 0), writer.counters());
        try (writer) {
            take(writer, 4);
            take(writer, 9);
        }
        CheckpointCounters counters = writer.counters();
        assertEquals(2, counters.taken());
        assertEquals(0, counters.refused());
        assertEquals(9, counters.newestSlot());
        assertEquals(Files.size(directory.resolve("checkpoint-0000000000000000009")), counters.newestBytes());
        assertTrue(counters.lastNanos() > 0, counters.toString());

        CheckpointCounters restarted = writer().counters();
        assertEquals(
                new CheckpointCounters(0, 0, 0, -1, 9, counters.newestBytes()), restarted, "found, not taken again");
    }

    @Test
    void anOldOneThatCannotBeDeletedIsNoRefusalOfTheNewOne() throws IOException {
        // A directory that is not empty cannot be deleted, whoever runs the test.
        Files.createDirectories(
                directory.resolve("checkpoint-0000000000000000001").resolve("stuck"));
        try (CheckpointWriter writer = new CheckpointWriter(
                CheckpointStore.open(directory, "test", 1_000),
                "test",
                new CheckpointStore.Recovered(List.of(), null, 0, 0, List.of()),
                Runnable::run)) {
            take(writer, 4);
            take(writer, 5);
        }
        assertEquals(List.of("taken 4", "taken 5"), told);
    }

    @Test
    void oneThatCannotBeWrittenIsRefusedOnceAndTheNextMayBeTaken() throws IOException {
        // Where the unfinished file is to be, there is something that cannot be replaced.
        CheckpointWriter refusing = writer();
        try (CheckpointWriter writer = refusing) {
            Path inTheWay = directory.resolve("checkpoint.new").resolve("stuck");
            Files.createDirectories(inTheWay);
            take(writer, 4);
        }
        assertEquals(List.of("refused 4"), told);
        assertEquals(new CheckpointCounters(0, 1, 0, -1, 0, 0), refusing.counters());
    }

    private CheckpointWriter writer() throws IOException {
        CheckpointStore store = CheckpointStore.open(directory, "test", 1_000);
        return new CheckpointWriter(store, "test", store.recover(), Runnable::run);
    }

    private void take(CheckpointWriter writer, long slot) {
        writer.take(
                new Checkpoint(slot, ALONE, state.snapshot()),
                stored -> told.add("taken " + stored.slot()),
                (refusedSlot, reason) -> told.add("refused " + refusedSlot));
    }
}
