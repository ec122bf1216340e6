package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.Configurations;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    /** An origin close to the overflow of the monotonic clock. */
    private static final long START = Math.subtractExact(Long.MAX_VALUE, 50);

    private final Rounds rounds =
            new Rounds(new Membership(1, 1, Configurations.ofVoters(List.of(1, 2, 3))), 1, 1_000, START);

    @Test
    void withoutAnswersNothingIsConfirmed() {
        rounds.at(START + 10);
        assertTrue(rounds.confirmedNanos() - START < 0);
    }

    @Test
    void anAnswerConfirmsTheMomentOfSendingNotOfHearing() {
        long first = rounds.at(START + 10);
        rounds.at(START + 60);
        rounds.answered(2, first);
        assertEquals(START + 10, rounds.confirmedNanos());
    }

    @Test
    void anAnswerToAnEarlierRoundTakesNothingBack() {
        long first = rounds.at(START + 10);
        long second = rounds.at(START + 60);
        rounds.answered(2, second);
        rounds.answered(2, first);
        assertEquals(START + 60, rounds.confirmedNanos());
    }

    @Test
    void whatIsSentAtOneMomentIsOneRound() {
        assertEquals(rounds.at(START + 10), rounds.at(START + 10));
        assertNotEquals(rounds.at(START + 10), rounds.at(START + 11));
    }

    @Test
    void anAnswerToARoundThatNeverWasOrIsTooOldCountsForNothing() {
        long old = rounds.at(START);
        rounds.at(START + 2_000);
        rounds.answered(2, old);
        rounds.answered(3, 99);
        assertTrue(rounds.confirmedNanos() - START < 0);
    }

    @Test
    void aStrangersAnswerCountsForNothing() {
        rounds.answered(9, rounds.at(START + 10));
        assertTrue(rounds.confirmedNanos() - START < 0);
    }
}
