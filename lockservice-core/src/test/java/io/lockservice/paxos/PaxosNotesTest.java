package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.Configuration;
import io.lockservice.log.Configurations;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.LogWindow;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The claims of the Paxos notes which this product implements, one test each. */
final class PaxosNotesTest {
    private static final PaxosSettings NO_LEASE =
            new PaxosSettings(0, 100, 2, 150, 200, 1, 8, 1 << 18, 1 << 18, 1 << 20, 1 << 20);

    /** An acceptor alone, whose answers a test can look at. */
    private static final class LoneAcceptor implements PaxosHost {
        final List<PaxosMessage> answers = new ArrayList<>();
        final List<LogRecord> journal = new ArrayList<>();
        final Acceptor acceptor = new Acceptor(9, NO_LEASE, this, new LogWindow(1 << 20));

        PaxosMessage ask(int from, PaxosMessage message) {
            answers.clear();
            if (message instanceof PaxosMessage.Prepare prepare) {
                acceptor.prepare(from, prepare, 0);
            } else if (message instanceof PaxosMessage.Accept accept) {
                acceptor.accept(from, accept, 0);
            }
            assertEquals(1, answers.size(), "one answer to " + message);
            return answers.get(0);
        }

        @Override
        public void send(int to, PaxosMessage message) {
            answers.add(message);
        }

        @Override
        public void persist(LogRecord record) {
            journal.add(record);
        }

        @Override
        public void whenDurable(Runnable action) {
            action.run();
        }

        @Override
        public long unsyncedBytes() {
            return 0;
        }

        @Override
        public void offerCheckpoint(int peer, long fromSlot) {}

        @Override
        public void reconfigured(Configuration configuration) {}

        @Override
        public boolean isFetchingCheckpoint() {
            return false;
        }

        @Override
        public void readLog(int peer, long fromSlot, int maxBytes) {}

        @Override
        public void chosen(LogEntry entry) {}

        @Override
        public void startedLeading() {}

        @Override
        public void stoppedLeading() {}
    }

    private static Value value(String text) {
        return Value.batch(List.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static ProposalNumber number(long sequence, int replica) {
        return new ProposalNumber(sequence, replica);
    }

    private static PaxosMessage.Prepare prepare(ProposalNumber number) {
        return new PaxosMessage.Prepare(number, 1);
    }

    private static PaxosMessage.Accept accept(ProposalNumber number, long slot, String text) {
        return new PaxosMessage.Accept(number, 1, slot, value(text), 0);
    }

    @Test
    void proposalNumbersAreUniqueAndTotallyOrdered() {
        Set<ProposalNumber> issued = new HashSet<>();
        ProposalNumber highest = ProposalNumber.NONE;
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            ProposalNumber seen = random.nextBoolean() ? highest : ProposalNumber.NONE.next(3);
            ProposalNumber next = (seen.isAbove(highest) ? seen : highest).next(1 + random.nextInt(5));
            assertTrue(issued.add(next), "issued twice: " + next);
            assertTrue(next.isAbove(highest));
            assertFalse(highest.isAbove(next));
            highest = next;
        }
        assertNotEquals(highest.next(1), highest.next(2));
        assertTrue(highest.next(2).isAbove(highest.next(1)), "the replica id decides between equal sequences");
    }

    @Test
    void aNumberIsUsedForOneCampaignEvenIfTheCandidateCrashesInBetween() {
        PaxosFixture cell = new PaxosFixture(3);
        Set<ProposalNumber> prepared = new HashSet<>();
        for (int life = 0; life < 5; life++) {
            PaxosFixture.Node leader = cell.elect();
            Set<ProposalNumber> inThisLife = new HashSet<>();
            for (PaxosFixture.Sent sent : cell.sent) {
                if (sent.from() == leader.id && sent.message() instanceof PaxosMessage.Prepare prepare) {
                    inThisLife.add(prepare.number());
                }
            }
            cell.sent.clear();
            for (ProposalNumber each : inThisLife) {
                assertTrue(prepared.add(each), "used again after a restart: " + each);
            }
            cell.crash(leader.id);
            cell.restart(leader.id);
        }
        assertTrue(prepared.size() >= 5);
    }

    @Test
    void theAcceptorKeepsTheLargestNumberSeen() {
        LoneAcceptor lone = new LoneAcceptor();
        lone.ask(1, prepare(number(3, 1)));
        lone.ask(2, prepare(number(5, 2)));
        lone.ask(1, prepare(number(4, 1)));
        assertEquals(number(5, 2), lone.acceptor.promised());
        lone.ask(3, accept(number(6, 3), 1, "v"));
        assertEquals(number(6, 3), lone.acceptor.promised(), "an accepted number is seen, too");
    }

    @Test
    void theLargestNumberSeenSurvivesARestart() {
        LoneAcceptor before = new LoneAcceptor();
        before.ask(2, prepare(number(5, 2)));
        LoneAcceptor after = new LoneAcceptor();
        for (LogRecord each : before.journal) {
            after.acceptor.recoverPromise(((LogRecord.Promised) each).number());
        }
        assertEquals(new PaxosMessage.Rejected(number(4, 1), number(5, 2)), after.ask(1, prepare(number(4, 1))));
    }

    @Test
    void lowerNumbersAreRejectedInBothPhasesAndToldTheLargest() {
        LoneAcceptor lone = new LoneAcceptor();
        lone.ask(2, prepare(number(5, 2)));
        assertEquals(new PaxosMessage.Rejected(number(4, 1), number(5, 2)), lone.ask(1, prepare(number(4, 1))));
        assertEquals(
                new PaxosMessage.Rejected(number(4, 1), number(5, 2)), lone.ask(1, accept(number(4, 1), 1, "late")));
        assertTrue(lone.journal.stream().noneMatch(LogRecord.Accepted.class::isInstance), "nothing was accepted");
    }

    @Test
    void theAcceptedNumberAndValueComeBack() {
        LoneAcceptor lone = new LoneAcceptor();
        lone.ask(1, prepare(number(1, 1)));
        lone.ask(1, accept(number(1, 1), 1, "first"));
        lone.ask(1, accept(number(1, 1), 2, "second"));
        PaxosMessage.Promise promise = (PaxosMessage.Promise) lone.ask(2, prepare(number(2, 2)));
        assertEquals(
                List.of(new LogEntry(1, number(1, 1), value("first")), new LogEntry(2, number(1, 1), value("second"))),
                promise.accepted());
    }

    @Test
    void theProposerPlaysFairAndProposesTheValueItGotBack() {
        Configuration three = Configurations.ofVoters(List.of(1, 2, 3));
        Proposer proposer = new Proposer(three, number(9, 3), 1);
        LogEntry older = new LogEntry(1, number(2, 1), value("older"));
        LogEntry newer = new LogEntry(1, number(4, 2), value("newer"));
        LogEntry third = new LogEntry(3, number(2, 1), value("third"));
        assertTrue(proposer.promise(1, new PaxosMessage.Promise(number(9, 3), 1, List.of(newer), 0, 0)));
        assertFalse(proposer.isPrepared());
        assertTrue(proposer.promise(2, new PaxosMessage.Promise(number(9, 3), 1, List.of(older, third), 0, 0)));
        assertTrue(proposer.isPrepared());
        assertEquals(value("newer"), proposer.valueFor(1), "the value with the highest number");
        assertEquals(Value.NO_OP, proposer.valueFor(2), "a gap is filled with nothing");
        assertEquals(value("third"), proposer.valueFor(3), "one acceptor is enough: it may have been chosen");
    }

    @Test
    void aValueThatOneAcceptorHoldsIsCompletedByTheNextLeader() {
        PaxosFixture cell = new PaxosFixture(3);
        PaxosFixture.Node first = cell.elect();
        int witness = cell.other((id, node) -> id != first.id).id;
        cell.deliverOnly(sent -> !(sent.message() instanceof PaxosMessage.Accept) || sent.to() == witness);
        cell.deliverOnly(sent -> !(sent.message() instanceof PaxosMessage.Accepted)
                && (!(sent.message() instanceof PaxosMessage.Accept) || sent.to() == witness));
        assertTrue(first.propose("orphan"));
        cell.deliver();
        cell.crash(first.id);
        cell.deliverOnly(sent -> true);
        PaxosFixture.Node second = cell.elect();
        assertNotEquals(first.id, second.id);
        assertEquals(List.of("orphan"), second.applied());
    }

    @Test
    void oneProposerAtATimeAvoidsFailedProposalsWhileTwoDuel() {
        int alone = rejections(1, 100);
        int duel = rejections(2, 50);
        System.Logger log = System.getLogger(PaxosNotesTest.class.getName());
        log.log(System.Logger.Level.INFO, "100 values: rejected with one proposer {0}, with two {1}", alone, duel);
        assertEquals(0, alone);
        assertTrue(duel > 50, "two proposers reject each other often, here " + duel);
    }

    @Test
    void clientsThatEachEmbedAProposerCauseRetriesAndMoreSoTheMoreTheyAre() {
        int two = rejections(2, 24);
        int eight = rejections(8, 6);
        assertTrue(eight > 2 * two, "48 values by 2 clients: " + two + " rejections, by 8: " + eight);
    }

    /** Brings {@code each} values through per proposer, all at once in random turns; returns how often one was refused. */
    private static int rejections(int proposers, int each) {
        Configuration three = Configurations.ofVoters(List.of(1, 2, 3));
        List<LoneAcceptor> acceptors = List.of(new LoneAcceptor(), new LoneAcceptor(), new LoneAcceptor());
        EmbeddedProposer.Acceptors ask = (from, message) ->
                acceptors.stream().map(lone -> lone.ask(from, message)).toList();
        List<EmbeddedProposer> clients = new ArrayList<>();
        for (int id = 1; id <= proposers; id++) {
            clients.add(new EmbeddedProposer(id, three, ask, each));
        }
        SplittableRandom random = new SplittableRandom(7);
        for (int turns = 0; clients.stream().anyMatch(client -> !client.isDone()); turns++) {
            assertTrue(turns < 1_000_000, "they get nowhere");
            EmbeddedProposer next = clients.get(random.nextInt(clients.size()));
            if (!next.isDone()) {
                next.turn();
            }
        }
        assertEquals(
                proposers * each,
                clients.stream().mapToInt(client -> client.done).sum());
        return clients.stream().mapToInt(client -> client.rejections).sum();
    }

    @Test
    void theDistinguishedProposerSeesNoRejectionInSteadyWork() {
        PaxosFixture cell = new PaxosFixture(3);
        PaxosFixture.Node leader = cell.elect();
        for (int i = 0; i < 100; i++) {
            assertTrue(leader.propose("command " + i));
            cell.deliver();
        }
        cell.run(2_000);
        assertEquals(0, cell.count(PaxosMessage.Rejected.class));
        assertEquals(100, leader.applied().size());
    }

    @Test
    void aBackupTakesOver() {
        PaxosFixture cell = new PaxosFixture(3);
        PaxosFixture.Node first = cell.elect();
        assertTrue(first.propose("before"));
        cell.deliver();
        cell.crash(first.id);
        long crashNanos = cell.nowNanos;
        PaxosFixture.Node second = cell.elect();
        assertNotEquals(first.id, second.id);
        long gapMs = (cell.nowNanos - crashNanos) / 1_000_000;
        assertTrue(gapMs < 2_000, "took " + gapMs + " ms");
        assertTrue(second.propose("after"));
        cell.deliver();
        assertEquals(List.of("before", "after"), second.applied());
        PaxosFixture.Node back = cell.restart(first.id);
        cell.run(500);
        assertEquals(List.of("before", "after"), back.applied(), "the old leader comes back as a backup");
        assertFalse(back.leading);
    }

    @Test
    void acceptorsAcknowledgeTheLeaderDirectlyWithoutLearners() {
        PaxosFixture cell = new PaxosFixture(3);
        PaxosFixture.Node leader = cell.elect();
        cell.deliver();
        cell.sent.clear();
        assertTrue(leader.propose("one"));
        cell.deliver();
        assertEquals(List.of("one"), leader.applied(), "the leader knows after one round trip");
        assertEquals(2, cell.count(PaxosMessage.Accept.class));
        assertEquals(2, cell.count(PaxosMessage.Accepted.class));
        assertEquals(4, cell.sent.size(), "nothing else was said");
        assertTrue(cell.sent.stream()
                .filter(sent -> sent.message() instanceof PaxosMessage.Accepted)
                .allMatch(sent -> sent.to() == leader.id));
    }
}
