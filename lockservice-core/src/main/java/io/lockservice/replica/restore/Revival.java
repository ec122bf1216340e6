package io.lockservice.replica.restore;

import io.lockservice.cell.StateMachine;
import io.lockservice.cell.table.Session;
import io.lockservice.check.Check;
import io.lockservice.log.Configuration;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.RestoredCheckpoint;
import java.util.List;

/**
 * What a cell begins with that goes on from a backup. Revisions, epochs, tokens, slots and all other numbers of the cell are
 * promised to grow for ever, and nobody knows how far they had got when the old cell was lost. So all of them go to one
 * number that follows from the clock alone: {@value #PER_MS} for each millisecond since 2026 began. No cell issues numbers
 * at such a rate for long, so at any moment the number of that moment is above everything issued before, whichever backup
 * is taken, and however often it was restored already: restored again a millisecond later, it goes on higher again.
 *
 * <p>The slot goes up with them: a replica of the old cell that is started by mistake, with its old data, finds itself far
 * behind and fetches this checkpoint, instead of putting its own log in the place of this one.
 *
 * <p>All sessions end. A client may have released a lock after the backup, or acquired another one, with the session it
 * still has: alive again, that session would hold what its client has given up, and not hold what its client relies on.
 * Ended, it tells its client at the next keep-alive to start anew.
 *
 * @param checkpoint what the first replica starts from
 * @param rises what went up
 * @param endedSessions how many sessions were alive in the backup
 * @param freedLocks how many locks they held or waited for
 * @param longestLeaseMs the longest of their leases in milliseconds, 0 where there were none: so long after it last heard
 *     from the old cell a client may believe that it holds a lock
 */
public record Revival(Checkpoint checkpoint, List<Rise> rises, int endedSessions, int freedLocks, long longestLeaseMs) {
    /** Numbers for each millisecond; so that they stay below 2<sup>53</sup>, which any JSON parser reads, until 2304. */
    public static final long PER_MS = 1 << 10;

    /** 2026-01-01T00:00:00Z. */
    private static final long START_UNIX_MS = 1_767_225_600_000L;

    /** A counter, {@code from} in the backup, goes on above {@code to}. */
    public record Rise(String counter, long from, long to) {}

    /**
     * The number from which a backup that is restored at a time goes on.
     *
     * @param unixMs wall clock, milliseconds since 1970
     */
    public static long numberAt(long unixMs) {
        return (unixMs - START_UNIX_MS) * PER_MS;
    }

    /** The first millisecond whose {@link #numberAt} is above all numbers in {@code backup}. */
    public static long earliestUnixMs(RestoredCheckpoint backup) {
        return START_UNIX_MS + Math.floorDiv(highestNumber(backup), PER_MS) + 1;
    }

    private static long highestNumber(RestoredCheckpoint backup) {
        return Math.max(backup.slot(), backup.state().highestNumber());
    }

    /**
     * Makes {@code backup}, whose state must not be used any more, one to go on from.
     *
     * @param configuration the members of the cell that begins with it
     * @param unixMs the time, not before {@link #earliestUnixMs}
     */
    public static Revival of(RestoredCheckpoint backup, Configuration configuration, long unixMs) {
        Check.that(
                unixMs >= earliestUnixMs(backup),
                "a cell goes on above what is in its backup",
                unixMs,
                earliestUnixMs(backup));
        long number = numberAt(unixMs);
        StateMachine state = backup.state();
        List<Rise> rises = List.of(
                new Rise("revision", state.revision(), number),
                new Rise("epoch", state.epoch(), number),
                new Rise("token", state.lastToken(), number),
                new Rise("place in a queue", state.lastTicket(), number),
                new Rise("slot of the log", backup.slot(), number));
        int sessions = state.sessionCount();
        int locks = state.lockCount();
        long leaseMs =
                state.sessions().stream().mapToLong(Session::leaseMs).max().orElse(0);
        state.riseTo(number);
        return new Revival(new Checkpoint(number, configuration, state.snapshot()), rises, sessions, locks, leaseMs);
    }
}
