package io.lockservice.server.storage.checkpoint;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.replica.Checkpoint;
import java.util.List;

/** Checkpoints to store and send. */
final class CheckpointFixture {
    static final String CELL = "test";
    static final Configuration ALONE = new Configuration(List.of(new Member(1, 77, true, "localhost", 7401, 7301)));

    private CheckpointFixture() {}

    /** One of a state with so many files of 100 bytes. */
    static Checkpoint checkpoint(long slot, int files) {
        StateMachine state = new StateMachine(CELL, 1 << 20);
        for (int call = 1; call <= files; call++) {
            write(state, call);
        }
        return new Checkpoint(slot, ALONE, state.snapshot());
    }

    /** Writes another file; {@code call} counts from 1. */
    static void write(StateMachine state, long call) {
        Request request = new Request.WriteFile(
                new Name("/ls/test/f" + call), new Content(new byte[100]), Condition.NONE, false, false);
        state.apply(new Command.Client(
                state.epoch(), new Origin(1, 1, call, call), new ClientCall(request, "anonymous", null, null, null)));
    }
}
