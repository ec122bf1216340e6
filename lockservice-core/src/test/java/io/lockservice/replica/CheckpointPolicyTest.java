package io.lockservice.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.check.InvariantViolation;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.LogEntry;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CheckpointPolicyTest {
    private static final long SECOND = 1_000_000_000;

    private final CheckpointPolicy policy =
            new CheckpointPolicy(new CheckpointSettings(1 << 30, 100, 1), List.of(), new SplittableRandom(1));

    @Test
    void nothingIsDueBeforeThreeQuartersAndSomethingIsAtTheWhole() {
        applied(1, 74);
        assertFalse(policy.isDue(0));
        applied(75, 100);
        assertTrue(policy.isDue(0));
    }

    @Test
    void oneAtATimeAndTheNextCountsFromTheLast() {
        applied(1, 100);
        policy.started(0);
        applied(101, 400);
        assertFalse(policy.isDue(0), "one is under way");
        policy.taken(name(100));
        assertEquals(name(100), policy.newest());
        assertTrue(policy.isDue(0));
        policy.started(0);
        policy.taken(name(400));
        assertFalse(policy.isDue(0));
    }

    @Test
    void bytesCountToo() {
        CheckpointPolicy small = new CheckpointPolicy(
                new CheckpointSettings(10, 1_000_000, 1), List.of(name(5)), new SplittableRandom(1));
        assertFalse(small.isDue(0));
        for (int slot = 6; slot <= 15; slot++) {
            small.applied(new LogEntry(slot, ProposalNumber.NONE, Value.NO_OP));
        }
        assertTrue(small.isDue(0));
    }

    @Test
    void whatIsWantedIsDueAtOnceUnlessNothingIsNew() {
        policy.want();
        assertFalse(policy.isDue(0), "nothing was applied");
        applied(1, 1);
        assertTrue(policy.isDue(0));
        policy.started(0);
        policy.taken(name(1));
        assertFalse(policy.isDue(0));
    }

    @Test
    void aRefusedOneIsTriedAgainLater() {
        applied(1, 100);
        policy.started(0);
        policy.refused(100, 5 * SECOND);
        assertFalse(policy.isDue(6 * SECOND));
        assertTrue(policy.isDue(15 * SECOND));
    }

    @Test
    void nobodyWaitsAnyMoreForWhatWasRefused() {
        applied(1, 100);
        policy.started(0);
        policy.want();
        policy.refused(100, 5 * SECOND);
        assertFalse(policy.isDue(6 * SECOND));
    }

    @Test
    void aRefusalOfAnotherOneIsNotAboutThisOne() {
        applied(1, 100);
        policy.started(0);
        policy.taken(name(100));
        applied(101, 200);
        policy.started(0);
        policy.refused(100, 0);
        policy.taken(name(200));
        assertEquals(name(200), policy.newest());
    }

    @Test
    void oneThatNobodyAskedForIsABrokenInvariant() {
        applied(1, 100);
        policy.started(0);
        assertThrows(InvariantViolation.class, () -> policy.taken(name(99)));
    }

    @Test
    void oneIsLateOnceTheLogGrowsByAPartOfWhatCallsForTheNext() {
        applied(1, 100);
        assertFalse(policy.becomesLate(), "none is written");
        policy.started(0);
        applied(101, 111);
        assertFalse(policy.becomesLate());
        applied(112, 112);
        assertTrue(policy.becomesLate());
        assertFalse(policy.becomesLate(), "said once");
        policy.taken(name(100));
        policy.started(0);
        assertFalse(policy.becomesLate(), "the next one begins with the log as it is then");
        policy.cramped(true);
        assertTrue(policy.becomesLate());
    }

    @Test
    void theLogIsDroppedOnlyBehindTheOneBeforeTheNewest() {
        assertEquals(0, policy.droppableSlot());
        applied(1, 100);
        policy.started(0);
        policy.taken(name(100));
        assertEquals(0, policy.droppableSlot(), "should this one turn out to be damaged, the log is all there is");
        applied(101, 200);
        policy.started(0);
        policy.taken(name(200));
        assertEquals(100, policy.droppableSlot());
    }

    @Test
    void whatAPeerGaveCountsAndItsOwnOneUnderWayMayStillCome() {
        applied(1, 100);
        policy.started(0);
        policy.installed(name(5_000));
        assertEquals(name(5_000), policy.newest());
        policy.taken(name(100));
        assertEquals(name(5_000), policy.newest());
        assertEquals(100, policy.droppableSlot());
        applied(5_001, 5_074);
        assertFalse(policy.isDue(0));
        applied(5_075, 5_100);
        assertTrue(policy.isDue(0));
    }

    private void applied(long from, long to) {
        for (long slot = from; slot <= to; slot++) {
            policy.applied(new LogEntry(slot, ProposalNumber.NONE, Value.NO_OP));
        }
    }

    private static CheckpointName name(long slot) {
        return new CheckpointName(slot, 1, 1);
    }
}
