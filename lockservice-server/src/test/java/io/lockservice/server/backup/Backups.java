package io.lockservice.server.backup;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.replica.Checkpoint;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.storage.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A cell's state and its checkpoints, without the cell. */
final class Backups {
    static final String CELL = "test";
    static final CellConfig CONFIG = CellConfig.of(
            CELL,
            List.of(
                    new CellConfig.Member(1, "a", 1, 11),
                    new CellConfig.Member(2, "b", 2, 12),
                    new CellConfig.Member(3, "c", 3, 13)));
    private static final Configuration OLD = new Configuration(List.of(new Member(1, 77, true, "old", 1, 2)));

    final StateMachine state = new StateMachine(CELL, 1 << 18);
    private final CheckpointStore store;
    private long slot;

    Backups(Path directory) throws IOException {
        store = CheckpointStore.open(directory, CELL, 1 << 18);
    }

    /** Writes the file {@code greeting}. */
    void write(String content) {
        slot++;
        Request request = new Request.WriteFile(
                new Name("/ls/test/greeting"),
                new Content(content.getBytes(StandardCharsets.UTF_8)),
                Condition.NONE,
                false,
                false);
        state.apply(new Command.Client(state.epoch(), new Origin(1, 1, slot, slot), ClientCall.of(request)));
    }

    /** A checkpoint of all that was written. */
    CheckpointPort.Stored take() throws IOException {
        CheckpointName name = store.take(new Checkpoint(slot, OLD, state.snapshot()));
        return new CheckpointPort.Stored(name, store.fileOf(name), state.revision(), state.epoch());
    }
}
