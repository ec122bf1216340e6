package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.log.Configuration;
import io.lockservice.log.Configurations;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.LogWindow;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearnerTest {
    private static final ProposalNumber NUMBER = new ProposalNumber(1, 1);

    private final LogWindow log = new LogWindow(0);
    private final List<PaxosMessage> sent = new ArrayList<>();
    private final List<Integer> asked = new ArrayList<>();
    private final List<String> offered = new ArrayList<>();
    private final List<String> read = new ArrayList<>();
    private final Learner learner = new Learner(
            new Membership(1, 1, Configurations.ofVoters(List.of(1, 2, 3))), PaxosSettings.DEFAULT, new Host(), log);

    @Test
    void whatWasReadFromTheJournalBeforeItWasChosenIsNotPassedOn() {
        choose(1);
        choose(2);
        learner.serve(2, 1);
        assertEquals(List.of(), sent, "slot 1 is in the journal only");
        // Read while slot 3 was accepted with a value that was not chosen in the end.
        List<LogEntry> read = List.of(entry(1, Value.NO_OP), entry(2, Value.NO_OP), entry(3, other()));
        choose(3);
        learner.logRead(2, read);
        assertEquals(List.of(new PaxosMessage.ChosenEntries(read.subList(0, 2), 3)), sent);
    }

    @Test
    void anAnswerToNoQuestionIsDropped() {
        choose(1);
        learner.logRead(2, List.of(entry(1, Value.NO_OP)));
        assertEquals(List.of(), sent);
    }

    @Test
    void whatWasAcceptedUpToAPeersCheckpointIsNeverServed() {
        choose(1);
        log.accept(entry(2, other()));
        learner.installed(5, Configurations.ofVoters(List.of(1, 2, 3)), 0);
        choose(6);
        choose(7);
        learner.serve(2, 2);
        assertEquals(List.of("2 from 2"), offered, "the journal has another value for slot 2 than was chosen");
        assertEquals(List.of(), read);
        learner.serve(3, 6);
        assertEquals(List.of("3 from 6"), read);
    }

    /** Or it asked for ever whoever was in the cell when the checkpoint was taken, and may be gone. */
    @Test
    void theLeaderIsAskedThatThePeersCheckpointDoesNotKnow() {
        learner.installed(5, Configurations.ofVoters(List.of(1, 3)), 0);
        learner.chosenUpTo(2, NUMBER, 9, 0);
        assertEquals(List.of(2), asked);
        long retryNanos = PaxosSettings.DEFAULT.retransmitMs() * 1_000_000;
        for (int turn = 1; turn <= 3; turn++) {
            learner.tick(turn * retryNanos);
        }
        assertEquals(List.of(2, 3, 2, 3), asked, "any answer may be lost");
    }

    @Test
    void aRestartKnowsAgainWhatItMustNotServe() {
        log.startAt(5);
        learner.recoverInstalled(5);
        choose(6);
        choose(7);
        learner.serve(2, 5);
        assertEquals(List.of("2 from 5"), offered);
        assertEquals(List.of(), read);
    }

    @Test
    void whatTheJournalDroppedIsOfferedAsACheckpoint() {
        choose(1);
        choose(2);
        learner.serve(2, 1);
        learner.logRead(2, List.of());
        assertEquals(List.of("2 from 1"), offered);
        assertEquals(List.of(), sent);
    }

    @Test
    void withoutThatCheckpointNotesOfWhatIsChosenSayNothing() {
        choose(1);
        log.accept(entry(2, other()));
        learner.recoverInstalled(5);
        learner.recoverChosen(6);
        assertEquals(1, log.chosenSlot());
    }

    private void choose(long slot) {
        log.accept(entry(slot, Value.NO_OP));
        learner.chooseNext();
    }

    private static LogEntry entry(long slot, Value value) {
        return new LogEntry(slot, NUMBER, value);
    }

    private static Value other() {
        return Value.batch(List.of(new byte[] {1}));
    }

    private final class Host implements PaxosHost {
        @Override
        public void send(int to, PaxosMessage message) {
            sent.add(message);
            if (message instanceof PaxosMessage.CatchUp) {
                asked.add(to);
            }
        }

        @Override
        public void persist(LogRecord record) {}

        @Override
        public void whenDurable(Runnable action) {
            action.run();
        }

        @Override
        public long unsyncedBytes() {
            return 0;
        }

        @Override
        public void offerCheckpoint(int peer, long fromSlot) {
            offered.add(peer + " from " + fromSlot);
        }

        @Override
        public void reconfigured(Configuration configuration) {}

        @Override
        public boolean isFetchingCheckpoint() {
            return false;
        }

        @Override
        public void readLog(int peer, long fromSlot, int maxBytes) {
            read.add(peer + " from " + fromSlot);
        }

        @Override
        public void chosen(LogEntry entry) {}

        @Override
        public void startedLeading() {}

        @Override
        public void stoppedLeading() {}
    }
}
