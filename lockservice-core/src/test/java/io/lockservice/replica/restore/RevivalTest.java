package io.lockservice.replica.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.check.InvariantViolation;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.replica.CheckpointCodec;
import io.lockservice.replica.RestoredCheckpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RevivalTest {
    private static final long NOW = Instant.parse("2026-11-25T10:00:00Z").toEpochMilli();
    private static final Configuration OLD = new Configuration(List.of(new Member(1, 5, true, "old", 1, 2)));
    private static final Configuration NEW =
            new Configuration(List.of(new Member(1, 7, true, "a", 1, 2), new Member(2, 0, false, "b", 1, 2)));

    private long calls;

    @Test
    void everythingGoesToOneNumberAndTheBackupSaysWhatItWas() {
        StateMachine state = new StateMachine("test", 1_000);
        write(state, new Request.OpenSession("s", "client", 9_000, Map.of()), null);
        write(state, new Request.OpenSession("t", "client", 7_000, Map.of()), null);
        write(state, acquire("l"), "s");
        write(state, acquire("m"), "s");
        long revision = state.revision();
        Revival revival = Revival.of(new RestoredCheckpoint(44, OLD, state), NEW, NOW);

        long number = Revival.numberAt(NOW);
        assertEquals(
                List.of(
                        new Revival.Rise("revision", revision, number),
                        new Revival.Rise("epoch", 0, number),
                        new Revival.Rise("token", 2, number),
                        new Revival.Rise("place in a queue", 0, number),
                        new Revival.Rise("slot of the log", 44, number)),
                revival.rises());
        assertEquals(2, revival.endedSessions());
        assertEquals(2, revival.freedLocks());
        assertEquals(9_000, revival.longestLeaseMs());
        assertEquals(number, revival.checkpoint().slot());
        assertEquals(NEW, revival.checkpoint().configuration());
        RestoredCheckpoint read = read(revival);
        assertEquals(number, read.state().revision());
        assertEquals(number, read.state().epoch());
        assertEquals(0, read.state().sessionCount());
    }

    @Test
    void theNumberIsAboveWhatAnyCellIssuesAndFitsAnyJsonParser() {
        assertEquals(0, Revival.numberAt(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli()));
        assertTrue(Revival.numberAt(NOW + 1_000) - Revival.numberAt(NOW) > 1_000_000, "a million a second");
        assertTrue(Revival.numberAt(Instant.parse("2304-01-01T00:00:00Z").toEpochMilli()) < 1L << 53);
    }

    /** Whichever backup is taken, in whatever order, and however little the cell did in between. */
    @Test
    void everyLaterRestoreGoesOnHigher() {
        StateMachine first = new StateMachine("test", 1_000);
        Revival once = Revival.of(new RestoredCheckpoint(1, OLD, first), NEW, NOW);
        RestoredCheckpoint backupOfIt = read(once);
        assertTrue(NOW + 1 >= Revival.earliestUnixMs(backupOfIt));
        for (long laterMs : new long[] {1, 2, 60_000}) {
            Revival fromOld =
                    Revival.of(new RestoredCheckpoint(1, OLD, new StateMachine("test", 1_000)), NEW, NOW + laterMs);
            Revival fromNew = Revival.of(read(once), NEW, NOW + laterMs);
            assertTrue(fromOld.checkpoint().slot() > once.checkpoint().slot());
            assertEquals(fromOld.checkpoint().slot(), fromNew.checkpoint().slot());
        }
    }

    @Test
    void aClockBehindTheBackupIsRefused() {
        StateMachine state = new StateMachine("test", 1_000);
        RestoredCheckpoint restored = read(Revival.of(new RestoredCheckpoint(1, OLD, state), NEW, NOW));
        assertEquals(NOW + 1, Revival.earliestUnixMs(restored));
        assertThrows(InvariantViolation.class, () -> Revival.of(restored, NEW, NOW));
        RestoredCheckpoint early = new RestoredCheckpoint(1, OLD, new StateMachine("test", 1_000));
        assertThrows(InvariantViolation.class, () -> Revival.of(early, NEW, 0));
    }

    private void write(StateMachine state, Request.Write request, @Nullable String session) {
        calls++;
        state.apply(new Command.Client(
                state.epoch(),
                new Origin(1, 1, calls, 1),
                session == null ? ClientCall.of(request) : ClientCall.of(request, session)));
    }

    private static Request.Acquire acquire(String name) {
        return new Request.Acquire(
                new Name("/ls/test/" + name), LockMode.EXCLUSIVE, 0, false, LockCreation.PERMANENT, "");
    }

    private static RestoredCheckpoint read(Revival revival) {
        List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
        CheckpointCodec.write("test", revival.checkpoint(), (key, value) -> records.add(Map.entry(key, value)));
        return CheckpointCodec.read("test", 1_000, records.iterator());
    }
}
