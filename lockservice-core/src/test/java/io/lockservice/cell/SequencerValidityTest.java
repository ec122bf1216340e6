package io.lockservice.cell;

import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockMode;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.cell.table.EndedHolds;
import io.lockservice.cell.table.Lock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SequencerValidityTest {
    private final TestCell cell = new TestCell();

    @BeforeEach
    void aFileAndSessions() {
        cell.startEpoch();
        cell.open("a", "b");
        cell.write("f", "");
    }

    @Test
    void itIsValidWhileThatVeryGrantIsHeld() {
        Sequencer sequencer = cell.exclusive("a", "f").sequencer();
        assertEquals(new Reply.SequencerState(sequencer, null), cell.check(sequencer));
    }

    @Test
    void afterReleaseItIsReleased() {
        Sequencer sequencer = cell.exclusive("a", "f").sequencer();
        cell.release("a", "f");
        assertReason(InvalidSequencer.RELEASED, sequencer);
    }

    @Test
    void afterAForcedReleaseItIsReleased() {
        Sequencer sequencer = cell.exclusive("a", "f").sequencer();
        cell.call(new Request.ForceRelease(name("f")));
        assertReason(InvalidSequencer.RELEASED, sequencer);
    }

    @Test
    void afterANewGrantItIsSuperseded() {
        Sequencer sequencer = cell.exclusive("a", "f").sequencer();
        cell.release("a", "f");
        cell.exclusive("a", "f");
        assertReason(InvalidSequencer.SUPERSEDED, sequencer);
    }

    @Test
    void afterItsSessionEndedItSaysSo() {
        Sequencer sequencer = cell.exclusive("a", "f").sequencer();
        cell.expire("a");
        assertReason(InvalidSequencer.SESSION_ENDED, sequencer);
    }

    @Test
    void ofALockThatWasThereForItsHolderAloneItSaysHowTheHoldEnded() {
        Sequencer released = cell.exclusive("a", "l1").sequencer();
        Sequencer forced = cell.exclusive("a", "l2").sequencer();
        Sequencer expired = cell.exclusive("b", "l3").sequencer();
        cell.release("a", "l1");
        cell.call(new Request.ForceRelease(TestCell.name("l2")));
        cell.expire("b");
        assertFalse(cell.exists("l1") || cell.exists("l2") || cell.exists("l3"));
        assertReason(InvalidSequencer.RELEASED, released);
        assertReason(InvalidSequencer.RELEASED, forced);
        assertReason(InvalidSequencer.SESSION_ENDED, expired);
        cell.exclusive("a", "l1");
        assertReason(InvalidSequencer.RELEASED, released);
    }

    @Test
    void suchEndsAreRememberedForTheLastOnesOnly() {
        Sequencer oldest = cell.exclusive("a", "l").sequencer();
        cell.release("a", "l");
        for (int i = 1; i < EndedHolds.KEPT; i++) {
            cell.exclusive("a", "l");
            cell.release("a", "l");
        }
        assertReason(InvalidSequencer.RELEASED, oldest);
        cell.exclusive("a", "l");
        cell.release("a", "l");
        assertReason(InvalidSequencer.NODE_DELETED, oldest);
        assertEquals(cell.machine.recomputedDigest(), cell.machine.digest());
    }

    @Test
    void onceTheNodeIsDeletedItStaysInvalidAlsoWhenTheNameExistsAgain() {
        Sequencer sequencer = cell.exclusive("a", "f").sequencer();
        cell.delete("f", false);
        assertReason(InvalidSequencer.NODE_DELETED, sequencer);
        cell.write("f", "");
        cell.exclusive("a", "f");
        assertReason(InvalidSequencer.NODE_DELETED, sequencer);
    }

    @Test
    void sharedGrantsOfOneGenerationEndEachForItsOwnReason() {
        Sequencer first = cell.shared("a", "f").sequencer();
        Sequencer second = cell.shared("b", "f").sequencer();
        cell.open("c");
        Sequencer third = cell.shared("c", "f").sequencer();
        cell.release("a", "f");
        cell.expire("b");
        assertReason(InvalidSequencer.RELEASED, first);
        assertReason(InvalidSequencer.SESSION_ENDED, second);
        assertNull(cell.check(third).reason());
    }

    @Test
    void howASharedGrantEndedIsRememberedForTheLastOnesOnly() {
        cell.shared("a", "f");
        cell.open("first");
        Sequencer oldest = cell.shared("first", "f").sequencer();
        cell.expire("first");
        for (int i = 0; i < Lock.ENDED_KEPT; i++) {
            assertReason(InvalidSequencer.SESSION_ENDED, oldest);
            cell.open("s" + i);
            Sequencer each = cell.shared("s" + i, "f").sequencer();
            cell.expire("s" + i);
            assertReason(InvalidSequencer.SESSION_ENDED, each);
        }
        assertReason(InvalidSequencer.RELEASED, oldest);
    }

    @Test
    void aSequencerThatWasNeverIssuedIsNotValid() {
        Sequencer real = cell.exclusive("a", "f").sequencer();
        assertReason(
                InvalidSequencer.RELEASED,
                new Sequencer(real.name(), LockMode.SHARED, real.instance(), real.lockGeneration(), real.token()));
        assertReason(
                InvalidSequencer.RELEASED,
                new Sequencer(real.name(), real.mode(), real.instance(), real.lockGeneration() + 1, real.token()));
        assertReason(
                InvalidSequencer.NODE_DELETED,
                new Sequencer("/ls/other/f", real.mode(), real.instance(), real.lockGeneration(), real.token()));
    }

    @Test
    void aFencedWriteHappensOnlyWhileTheSequencerIsValid() {
        Sequencer sequencer = cell.exclusive("a", "f").sequencer();
        ClientCall fenced = new ClientCall(TestCell.file("g", "1"), ClientCall.ANONYMOUS, null, null, sequencer);
        assertInstanceOf(Reply.Written.class, cell.call(fenced));
        cell.release("a", "f");
        cell.delete("g", false);
        long revision = cell.machine.revision();
        Problem problem = assertFailed(ProblemCode.SEQUENCER_INVALID, cell.call(fenced));
        assertEquals(new Problem.Invalid(InvalidSequencer.RELEASED), problem.extras());
        assertFalse(cell.exists("g"));
        assertEquals(revision, cell.machine.revision());
    }

    private void assertReason(InvalidSequencer reason, Sequencer sequencer) {
        assertEquals(reason, cell.check(sequencer).reason());
    }
}
