package io.lockservice.server.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.replica.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told is as old as the last question to the cell whose answer is known here. */
final class FreshnessTest {
    private static final long MAX_STALE_MS = 2_000;

    private final ScriptedPort port = new ScriptedPort();
    private final List<Runnable> unseen = new ArrayList<>();
    private boolean sees = true;
    private long askedRevision;
    private long nanos = 5_000_000_000L;
    private long wallMs = 1_700_000_000_000L;
    private final Freshness freshness = new Freshness(
            port, Name.root("paris").child("services"), this::whenSeen, MAX_STALE_MS, () -> nanos, () -> wallMs);

    private void whenSeen(long revision, Runnable then) {
        askedRevision = revision;
        if (sees) {
            then.run();
        } else {
            unseen.add(then);
        }
    }

    private void pass(long ms) {
        nanos += TimeUnit.MILLISECONDS.toNanos(ms);
        wallMs += ms;
    }

    @ParameterizedTest
    @CsvSource({
        ", true",
        "NO_SUCH_NODE, true",
        "PERMISSION_DENIED, true",
        "NOT_A_DIRECTORY, true",
        "TOO_STALE, false",
        "OVERLOADED, false",
        "NO_LEADER, false"
    })
    void itIsFreshAfterAnAnswerOfTheCell(ProblemCode refusal, boolean fresh) {
        assertFalse(freshness.isFresh(), "nothing is known yet");
        port.refuse(refusal);
        freshness.tick();
        assertEquals(fresh, freshness.isFresh());
        assertEquals(Input.Called.LINEARIZABLE, port.maxStaleMs(), "what it knows itself says nothing");
    }

    @Test
    void itIsTooOldAfterItsTime() {
        freshness.tick();
        port.refuse(ProblemCode.NO_LEADER);
        pass(MAX_STALE_MS);
        freshness.tick();
        assertTrue(freshness.isFresh());
        pass(1);
        assertFalse(freshness.isFresh());
        freshness.tick();
        assertFalse(freshness.isFresh());
        port.refuse(null);
        freshness.tick();
        assertTrue(freshness.isFresh());
    }

    @Test
    void itCountsFromTheQuestionNotFromTheAnswer() {
        port.hold();
        freshness.tick();
        pass(MAX_STALE_MS - 1);
        port.answer();
        assertTrue(freshness.isFresh());
        pass(2);
        assertFalse(freshness.isFresh());
    }

    /** Stopped while the answer was on its way: it is there when this goes on, and says nothing of now. */
    @Test
    void anAnswerThatWaitedForAProgramThatWasStoppedIsOld() {
        port.hold();
        freshness.tick();
        pass(60_000);
        port.answer();
        assertFalse(freshness.isFresh());
        freshness.tick();
        assertTrue(freshness.isFresh());
    }

    @Test
    void whoWasStoppedKnowsNothingWhenItGoesOn() {
        freshness.tick();
        pass(MAX_STALE_MS + 1);
        assertFalse(freshness.isFresh());
    }

    @Test
    void aSuspendedMachineHasOneClockThatGoesOn() {
        freshness.tick();
        wallMs += MAX_STALE_MS + 1;
        assertFalse(freshness.isFresh());
        freshness.tick();
        assertTrue(freshness.isFresh());
        wallMs -= 3_600_000;
        assertTrue(freshness.isFresh(), "the clock was set back");
        pass(MAX_STALE_MS + 1);
        assertFalse(freshness.isFresh());
    }

    @Test
    void servicesThatWereNotReadSoFarAreNotKnown() {
        sees = false;
        port.revision(77);
        freshness.tick();
        assertEquals(77, askedRevision);
        assertFalse(freshness.isFresh());
        pass(100);
        freshness.tick();
        assertEquals(1, port.calls(), "one after the other");
        unseen.get(0).run();
        assertTrue(freshness.isFresh());
        pass(MAX_STALE_MS - 99);
        assertFalse(freshness.isFresh(), "they are as old as the question");
    }

    @Test
    void itLooksAgainLongBeforeItIsTooOld() {
        freshness.tick();
        pass(MAX_STALE_MS / 4);
        freshness.tick();
        assertEquals(1, port.calls());
        pass(1);
        freshness.tick();
        assertEquals(2, port.calls());
    }
}
