package io.lockservice.digest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lockservice.check.InvariantViolation;
import io.lockservice.log.Configuration;
import io.lockservice.log.Configurations;
import io.lockservice.log.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Replica 1 compares behind every tenth slot. */
class DigestComparisonTest {
    private static final long GOOD = 0xa;
    private static final long BAD = 0xb;

    private final Around around = new Around();
    private final DigestComparison comparison = new DigestComparison(1, 10, around);

    @Test
    void aFollowerTellsTheLeaderWhatItHasBehindThoseSlotsAlone() {
        around.leader = 2;
        apply(25);
        assertEquals(List.of("tell 2: 10 a", "tell 2: 20 a"), around.told());
    }

    @Test
    void whereNoLeaderIsKnownNobodyIsTold() {
        around.leader = 0;
        apply(10);
        assertEquals(List.of(), around.told());
    }

    @Test
    void theLeaderProposesWhatAMajorityOfTheVotersHasOnce() {
        apply(10);
        assertEquals(List.of(), around.told());
        comparison.told(3, 10, GOOD);
        comparison.told(2, 10, GOOD);
        assertEquals(List.of("propose 10 a"), around.told());
    }

    @Test
    void theLeaderProposesTheOthersDigestWhereItsOwnDiffers() {
        around.digest = BAD;
        apply(10);
        comparison.told(3, 10, GOOD);
        assertEquals(List.of(), around.told());
        comparison.told(2, 10, GOOD);
        assertEquals(List.of("propose 10 a"), around.told());
    }

    @Test
    void theOthersMayBeAheadOfTheLeader() {
        comparison.told(3, 10, GOOD);
        comparison.told(2, 10, GOOD);
        assertEquals(List.of("propose 10 a"), around.told());
    }

    @Test
    void ofFiveTwoAreNoMajority() {
        around.configuration = Configurations.ofVoters(List.of(1, 2, 3, 4, 5));
        apply(10);
        comparison.told(2, 10, GOOD);
        comparison.told(3, 10, BAD);
        comparison.told(4, 10, BAD);
        assertEquals(List.of(), around.told());
        comparison.told(5, 10, GOOD);
        assertEquals(List.of("propose 10 a"), around.told());
    }

    @Test
    void oneThatTellsTwiceCountsOnce() {
        apply(9);
        comparison.told(2, 10, GOOD);
        comparison.told(2, 10, GOOD);
        assertEquals(List.of(), around.told());
    }

    @Test
    void whoDoesNotVoteDoesNotCount() {
        around.configuration = around.configuration.with(new Member(4, 0, false, "replica-4", 1, 1));
        apply(10);
        comparison.told(4, 10, GOOD);
        comparison.told(9, 10, GOOD);
        assertEquals(List.of(), around.told());
    }

    @Test
    void whereAllDifferTheOperatorIsToldAndNobodyIsStopped() {
        apply(10);
        comparison.told(2, 10, BAD);
        assertEquals(List.of(), around.told());
        comparison.told(3, 10, 0xc);
        assertEquals(List.of("disagree 10 {1=10, 2=11, 3=12}"), around.told());
    }

    @Test
    void whereTheThirdNeverTellsTheOperatorHearsOfTheOtherTwoAfterAWhile() {
        apply(10);
        comparison.told(2, 10, BAD);
        apply(39);
        comparison.told(2, 30, GOOD);
        assertEquals(List.of("propose 30 a"), around.told());
        apply(60);
        assertEquals(List.of("disagree 10 {1=10, 2=11}"), around.told(), "and once");
    }

    @Test
    void whereTheOthersTellNothingNothingIsWrong() {
        apply(1_000);
        assertEquals(List.of(), around.told());
    }

    @Test
    void whatCouldNotBeProposedIsProposedLater() {
        around.isFull = true;
        apply(10);
        comparison.told(2, 10, GOOD);
        assertEquals(List.of("propose 10 a"), around.told());
        around.isFull = false;
        comparison.told(3, 10, GOOD);
        comparison.told(3, 10, GOOD);
        assertEquals(List.of("propose 10 a"), around.told());
    }

    @Test
    void whoMayNotProposeCountsNothing() {
        around.mayPropose = false;
        apply(10);
        comparison.told(2, 10, GOOD);
        comparison.told(3, 10, BAD);
        assertEquals(List.of(), around.told());
    }

    @Test
    void whoHasAnotherDigestThanTheMajorityIsDistrusted() {
        apply(12);
        comparison.compared(10, GOOD);
        assertEquals(List.of(), around.told());
        comparison.compared(10, BAD);
        assertEquals(
                List.of("distrust behind slot 10 the state of this replica has digest a, that of a majority b"),
                around.told());
    }

    @Test
    void withoutANoteNothingIsCompared() {
        apply(12);
        comparison.compared(20, BAD);
        comparison.compared(5, BAD);
        assertEquals(List.of(), around.told());
    }

    @Test
    void theStateBeforeAPeersCheckpointSaysNothingAboutTheOneAfterIt() {
        apply(12);
        comparison.forget();
        comparison.compared(10, BAD);
        assertEquals(List.of(), around.told());
    }

    @Test
    void onlyTheLastNotesAreKept() {
        around.leader = 2;
        apply(10 * DigestComparison.KEPT + 10);
        around.told();
        comparison.compared(10, BAD);
        assertEquals(List.of(), around.told());
        comparison.compared(20, BAD);
        assertEquals(1, around.told().size());
    }

    @Test
    void slotsThatAreNotComparedOrFarAwayAreNotCounted() {
        for (int voter = 2; voter <= 3; voter++) {
            comparison.told(voter, 0, GOOD);
            comparison.told(voter, 15, GOOD);
            comparison.told(voter, Long.MAX_VALUE / 10 * 10, GOOD);
            comparison.told(voter, 10 * (DigestComparison.KEPT + 1), GOOD);
        }
        assertEquals(List.of(), around.told());
    }

    @Test
    void comparingIsNotAllThatTheLogIsFor() {
        assertThrows(InvariantViolation.class, () -> new DigestComparison(1, 1, around));
    }

    private void apply(long throughSlot) {
        while (around.appliedSlot < throughSlot) {
            around.appliedSlot++;
            comparison.applied(around.appliedSlot);
        }
    }

    private static final class Around implements DigestHost {
        private Configuration configuration = Configurations.ofVoters(List.of(1, 2, 3));
        private long digest = GOOD;
        private long appliedSlot;
        private int leader = 1;
        private boolean mayPropose = true;
        private boolean isFull;
        private List<String> told = new ArrayList<>();

        List<String> told() {
            List<String> taken = told;
            told = new ArrayList<>();
            return taken;
        }

        @Override
        public long digest() {
            return digest;
        }

        @Override
        public long appliedSlot() {
            return appliedSlot;
        }

        @Override
        public int leader() {
            return leader;
        }

        @Override
        public boolean mayPropose() {
            return mayPropose;
        }

        @Override
        public Configuration configuration() {
            return configuration;
        }

        @Override
        public void tell(int to, long slot, long mine) {
            told.add("tell " + to + ": " + slot + " " + Long.toHexString(mine));
        }

        @Override
        public boolean propose(long slot, long majority) {
            told.add("propose " + slot + " " + Long.toHexString(majority));
            return !isFull;
        }

        @Override
        public void disagree(long slot, SortedMap<Integer, Long> digests) {
            told.add("disagree " + slot + " " + digests);
        }

        @Override
        public void distrust(String reason) {
            told.add("distrust " + reason);
        }
    }
}
